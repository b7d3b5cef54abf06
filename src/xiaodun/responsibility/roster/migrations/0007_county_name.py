from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("roster", "0006_folded")]
    operations = [
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["county_id", "name_folded", "birth_on"], name="person_county_name"),
        ),
    ]
