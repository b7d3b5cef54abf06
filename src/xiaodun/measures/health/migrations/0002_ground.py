from django.db import migrations

from xiaodun.foundation.operations import row_security


class Migration(migrations.Migration):
    dependencies = [("health", "0001_initial")]
    operations = [
        row_security("health_followup"),
    ]
