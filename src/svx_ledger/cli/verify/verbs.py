"""The verbs of `verify`."""

import typer

from svx_ledger.cli.verb import add

from .bundle import bundle
from .consistency import consistency
from .database import database
from .epoch import epoch
from .log import log
from .receipt import receipt
from .script import script


def add_checks(group: typer.Typer) -> None:
    """Add the verbs of `verify`."""
    add(group, "log", log)
    add(group, "receipt", receipt)
    add(group, "consistency", consistency)
    add(group, "epoch", epoch)
    add(group, "bundle", bundle)
    add(group, "database", database)
    add(group, "script", script)
