from django.db import migrations

from xiaodun.foundation.operations import row_security


class Migration(migrations.Migration):
    dependencies = [("roster", "0003_people")]
    operations = [
        row_security("roster_person", klass=("class_id", "dorm_id", "bus_id"), person="id"),
        row_security("roster_enrolment", person="person_id"),
        row_security("roster_guardian", person="person_id"),
    ]
