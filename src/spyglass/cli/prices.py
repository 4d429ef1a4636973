"""`spyglass prices`: what an operator's price list would do, before a server uses it."""

import sys
from pathlib import Path

import click

from spyglass.cli.options import say
from spyglass.core.errors import Invalid
from spyglass.ingest.catalogue import Catalogue
from spyglass.ingest.price_list import MOST_BYTES

EXIT_FAILED = 1


@click.group()
def prices() -> None:
    """Check price lists (SPYGLASS_CATALOGUE__FILE, SPYGLASS_CATALOGUE__URL)."""


@prices.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """Whether a server would take this price list, and what it has."""
    catalogue = Catalogue()
    try:
        with file.open("rb") as opened:
            found = catalogue.parse(opened.read(MOST_BYTES + 1))
    except Invalid as error:
        say(f"{file}: {error.message}")
        sys.exit(EXIT_FAILED)
    replaced = sum(1 for id_ in found.ids if catalogue.by_id(id_) is not None)
    say(
        f"{file}: prices of {len(found.ids)} models as of {found.as_of}; {replaced} take the place of built-in ones"
    )
