from django.db import migrations

from xiaodun.foundation.operations import row_security

SCHOOL, KLASS = ("school_id", "keeper_school_id"), ("class_id", "keeper_class_id")


class Migration(migrations.Migration):
    dependencies = [("health", "0005_absence_to_return")]
    operations = [
        *(
            row_security(f"health_{table}", school=SCHOOL, klass=KLASS, person="person_id", health=True)
            for table in ("visit", "holdingstay", "isolation", "tracing", "contact", "clearance")
        ),
        # The photo of a certificate is for the school's desk alone.
        row_security("health_certificatephoto", school=SCHOOL, klass=None, person="person_id", health=True),
    ]
