from django.db import migrations

from xiaodun.foundation.operations import row_security


class Migration(migrations.Migration):
    dependencies = [("checks", "0005_sessions")]
    operations = [
        row_security("checks_leavenotice", person="person_id", health=True),
    ]
