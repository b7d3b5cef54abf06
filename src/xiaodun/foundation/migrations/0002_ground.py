from django.db import migrations

from xiaodun.foundation.operations import append_only


class Migration(migrations.Migration):
    dependencies = [("foundation", "0001_initial")]
    operations = [
        append_only("foundation_journalrow"),
    ]
