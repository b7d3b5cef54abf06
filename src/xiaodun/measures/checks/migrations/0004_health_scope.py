from django.db import migrations

from xiaodun.foundation.operations import row_security


class Migration(migrations.Migration):
    dependencies = [("checks", "0003_people")]
    operations = [
        row_security("checks_checksubmission", health=True),
        row_security("checks_finding", person="person_id", health=True),
    ]
