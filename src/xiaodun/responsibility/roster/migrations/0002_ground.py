from django.db import migrations

from xiaodun.foundation.operations import row_security


class Migration(migrations.Migration):
    dependencies = [("roster", "0001_initial")]
    operations = [
        row_security("roster_person"),
        row_security("roster_enrolment"),
    ]
