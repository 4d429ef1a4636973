"""Writes a new revision of the metadata schema from the difference between the tables and the migrations.

`make migration name="prompts"` - read what it wrote before you commit it.
"""

import re
import sys
import tempfile
from pathlib import Path

from alembic import command

from spyglass.stores.meta import Config, connect_meta
from spyglass.stores.meta.migrate import alembic_config, migrate


def main() -> int:
    name = re.sub(r"\W+", "_", " ".join(sys.argv[1:])).strip("_").lower()
    if not name:
        print('usage: make migration name="what changes"', file=sys.stderr)
        return 2
    config = alembic_config()
    versions = Path(str(config.get_main_option("script_location"))) / "versions"
    number = f"{len(list(versions.glob('[0-9]*.py'))) + 1:04d}"
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    with tempfile.TemporaryDirectory() as folder:
        meta = connect_meta(Config(), Path(folder))
        if number != "0001":
            migrate(meta, print)
        with meta.connect() as connection:
            config.attributes["connection"] = connection
            command.revision(config, message=name, rev_id=number, autogenerate=True)
        meta.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
