from django.db import migrations

from xiaodun.foundation.operations import row_security


class Migration(migrations.Migration):
    dependencies = [("consents", "0001_initial")]
    operations = [
        row_security("consents_consent", person="person_id"),
        row_security("consents_rostercorrection", person="person_id"),
        row_security("consents_healthcorrection", person="person_id", health=True),
    ]
