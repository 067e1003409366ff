"""`verify script`: the verifier as one file, without the ledger."""

from pathlib import Path
from typing import Annotated

import typer

from svx_ledger.cli.output import say
from svx_ledger.cli.session import Session

from .ending import end


def script(
    session: Session,
    *,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="A file, not standard output.")
    ] = None,
) -> None:
    """Print verify.py: one file that checks a log with Python and cryptography alone."""
    from svx_ledger.proofs.script.joining import joined

    def write() -> None:
        if out is None:
            say(joined().removesuffix("\n"))
        else:
            out.write_text(joined(), encoding="utf-8")

    end(session, write)
