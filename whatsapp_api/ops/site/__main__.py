"""`python -m whatsapp_api.ops.site [site|postman]`: `make docs` and `make postman`. Needs no network."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from whatsapp_api.core.paths import REPOSITORY

TARGET = REPOSITORY / "build" / "docs"
COLLECTION = REPOSITORY / "docs" / "postman.json"


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="wa-site-") as scratch:
        prepare_django(Path(scratch))
        if arguments == ["postman"]:
            from .openapi import document
            from .postman import collection

            COLLECTION.write_text(collection(document()))
            return 0
        return build(TARGET)


def prepare_django(data_dir: Path) -> None:
    """Settings want a place for keys; the description of the API reads no database."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "whatsapp_api.settings", "DATA_DIR": str(data_dir)}
    os.environ["SESSIONS_DIR"] = str(data_dir / "sessions")
    import django

    django.setup()


def build(target: Path) -> int:
    """The site in `target`/html; mkdocs' exit code, which is not 0 for dead links, unknown anchors, any warning."""
    from .openapi import document
    from .source import assemble

    shutil.rmtree(target, ignore_errors=True)
    assemble(target / "source", document())
    (target / "mkdocs.yml").write_text(_configuration(target / "source"))
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", "mkdocs.yml"]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    code = subprocess.run(command, cwd=target, env=environment, check=False).returncode
    if code == 0:
        print(f"The documentation is in {target / 'html' / 'index.html'}")
    return code


def _configuration(source: Path) -> str:
    """docs/mkdocs.yml; an entry of its navigation that ends in `/` becomes all pages of that folder."""

    def expanded(entry: re.Match[str]) -> str:
        indent, title, folder = entry.groups()
        pages = sorted((source / folder).glob("*.md"), key=lambda page: (page.name != "index.md", page.name))
        return "\n".join([f"{indent}- {title}:", *(f"{indent}    - {folder}/{page.name}" for page in pages)])

    text = (REPOSITORY / "docs" / "mkdocs.yml").read_text()
    return re.sub(r"^( *)- (.+): (\w+)/$", expanded, text, flags=re.MULTILINE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
