from django.db import migrations

# Who shares a home, as numbers: a school's judging sees no other school's rows and must still know that two brothers at two
# schools are one household. Nothing but three numbers leaves this function; names and health stay behind the policies,
# which it opens for itself alone and closes again.
_MAKE = """
CREATE FUNCTION household_members(asked bigint[], besides bigint)
RETURNS TABLE (household bigint, person_id bigint, school_id bigint)
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    before text := coalesce(current_setting('xiaodun.schools', true), '');
    schools text := (SELECT coalesce('{' || string_agg(id::text, ',') || '}', '') FROM orgs_org WHERE level = 'school');
BEGIN
    PERFORM set_config('xiaodun.schools', schools, true);
    RETURN QUERY
        SELECT person.household, person.id, person.school_id FROM roster_person AS person
        WHERE person.household = ANY (asked) AND person.school_id <> besides AND person.merged_into_id IS NULL;
    PERFORM set_config('xiaodun.schools', before, true);
END
$$;
REVOKE ALL ON FUNCTION household_members(bigint[], bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION household_members(bigint[], bigint) TO xiaodun_app;
"""


class Migration(migrations.Migration):
    dependencies = [("checks", "0006_scopes"), ("roster", "0004_scopes"), ("orgs", "0003_first_periods")]
    operations = [
        migrations.RunSQL(_MAKE, "DROP FUNCTION household_members(bigint[], bigint)"),
    ]
