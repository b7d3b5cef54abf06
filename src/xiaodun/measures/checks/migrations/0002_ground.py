from django.db import migrations

from xiaodun.foundation.operations import partition_by_month, row_security


class Migration(migrations.Migration):
    dependencies = [("checks", "0001_initial")]
    operations = [
        partition_by_month("checks_classcheck"),
        partition_by_month("checks_checksubmission"),
        partition_by_month("checks_finding"),
        row_security("checks_checksubmission"),
        row_security("checks_finding"),
    ]
