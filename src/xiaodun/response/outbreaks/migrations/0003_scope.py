from django.db import migrations

from xiaodun.foundation.operations import row_security


class Migration(migrations.Migration):
    dependencies = [("outbreaks", "0002_one_page")]
    operations = [
        row_security("outbreaks_casemark", person="person_id", health=True),
    ]
