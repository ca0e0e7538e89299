from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("broadcasts", "0001_broadcasts"),
    ]

    operations = [
        migrations.AddField(
            model_name="broadcast",
            name="previews",
            field=models.JSONField(default=dict),
        ),
    ]
