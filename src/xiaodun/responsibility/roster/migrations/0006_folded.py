from django.db import migrations

from xiaodun.foundation.operations import row_security

OPEN = "SELECT set_config('xiaodun.schools', (SELECT '{' || coalesce(string_agg(id::text, ','), '') || '}' FROM orgs_org WHERE level = 'school'), true)"


def fold_names(apps, schema_editor):
    """Names enrolled before there was a folded form get theirs, a thousand at a time."""
    from xiaodun.responsibility.roster.naming import fold, initials, sort_key

    person = apps.get_model("roster", "Person")
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(OPEN)
    while rows := list(person._base_manager.filter(name_folded="")[:1000]):
        for row in rows:
            row.name_folded, row.name_sort, row.initials = fold(row.name) or "?", sort_key(row.name), initials(row.name)
        person._base_manager.bulk_update(rows, ["name_folded", "name_sort", "initials"])


class Migration(migrations.Migration):
    dependencies = [("roster", "0005_batches"), ("orgs", "0003_first_periods")]
    operations = [
        row_security("roster_rosterbatch", klass=None),
        row_security("roster_exportrequest", klass=None),
        row_security("roster_duplicatepair", school=("school_id", "other_school_id"), klass=None),
        migrations.RunPython(fold_names, migrations.RunPython.noop),
    ]
