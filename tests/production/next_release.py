"""A next version: the same code and one migration more, of the kind that the rules allow (docs/deployment.md)."""

import re
from pathlib import Path

MIGRATION = """from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "{last}")]
    operations = [
        migrations.AddField("message", "next_release", models.IntegerField(null=True)),
        migrations.AddIndex("message", models.Index(fields=["session", "next_release"], name="message_next_release")),
    ]
"""


def add_migration(release: Path) -> str:
    """Its name."""
    folder = release / "messaging" / "migrations"
    last = max(path.stem for path in folder.glob("[0-9]*.py"))
    name = f"{int(re.sub(r'_.*', '', last)) + 1:04}_next_release"
    (folder / f"{name}.py").write_text(MIGRATION.format(last=last))
    return name
