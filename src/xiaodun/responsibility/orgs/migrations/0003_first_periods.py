from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orgs", "0002_people")]
    operations = [
        # Units founded before there was a history begin it with what they are.
        migrations.RunSQL(
            "INSERT INTO orgs_orgperiod (org_id, from_day, to_day, name, code, parent_id, school_id, county_id, city_id,"
            " stage, grade_number, class_number)"
            " SELECT id, from_day, to_day, name, code, parent_id, school_id, county_id, city_id, stage, grade_number,"
            " class_number FROM orgs_org WHERE id NOT IN (SELECT org_id FROM orgs_orgperiod)",
            migrations.RunSQL.noop,
        ),
    ]
