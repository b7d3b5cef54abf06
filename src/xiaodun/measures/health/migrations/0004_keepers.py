from django.db import migrations

from xiaodun.foundation.operations import row_security


class Migration(migrations.Migration):
    dependencies = [("health", "0003_people")]
    operations = [
        # Who was followed before people could move is followed where the illness began.
        migrations.RunSQL(
            "ALTER TABLE health_followup NO FORCE ROW LEVEL SECURITY;"
            "UPDATE health_followup SET keeper_school_id = school_id, keeper_class_id = class_id"
            " WHERE keeper_school_id = 0;"
            "ALTER TABLE health_followup FORCE ROW LEVEL SECURITY;",
            migrations.RunSQL.noop,
        ),
        row_security(
            "health_followup",
            school=("school_id", "keeper_school_id"),
            klass=("class_id", "keeper_class_id", "dorm_id", "bus_id"),
            person="person_id",
            health=True,
        ),
    ]
