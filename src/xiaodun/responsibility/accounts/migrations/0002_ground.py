from django.db import migrations

from xiaodun.foundation.operations import closed_to_reader


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("sessions", "0001_initial")]
    operations = [
        closed_to_reader("accounts_account"),
        closed_to_reader("accounts_devicetoken"),
        closed_to_reader("django_session"),
    ]
