"""`export columns`: the closed part of the ledger as Parquet, and whether a copy is right."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import showing
from .failing import DivergenceFound, Exit, Stopped
from .output import say
from .progress import reached
from .session import UNREADABLE, Damaged, Session, Usage

if TYPE_CHECKING:
    from svx_ledger.exports.columns.source import Source

To = Annotated[
    Path | None,
    typer.Option("--to", metavar="FOLDER", help="Where; x.columns beside x.db unless given."),
]
Check = Annotated[
    bool, typer.Option("--check", help="Write nothing; hold what is there against the ledger.")
]
Size = Annotated[
    int | None,
    typer.Option(
        "--segment",
        metavar="N",
        help="Positions in a segment, a power of two, where a copy is begun; 65536 otherwise.",
        min=1,
        max=1 << 30,
    ),
]


def columns(
    session: Session, *, to: To = None, check: Check = False, segment: Size = None
) -> None:
    """Copy the closed part of the ledger, and the facts of leverage, into typed columns.

    What is closed is written once: run it again to add what was closed since. The copy is as
    confidential as the ledger. It needs the extra: pip install 'svx-ledger[columns]'.
    """
    from svx_ledger import open_views
    from svx_ledger.exports.columns.faults import (
        CopyBusy,
        CopyNotWritten,
        CopyRefused,
        NotInstalled,
    )
    from svx_ledger.exports.columns.source import columns_path, source_of

    url = session.settings.ledger
    folder = to or columns_path(url)
    if folder is None:
        raise Usage("say with --to FOLDER where the copy stands")
    if segment is not None and segment & (segment - 1):
        raise Usage("--segment is a power of two, such as 65536")
    with open_views(url) as views:
        source = source_of(url, views)
        try:
            if check:
                _check(session, folder, source)
            else:
                _write(session, folder, source, segment)
        except (CopyRefused, NotInstalled) as fault:
            raise Usage(str(fault)) from None
        except CopyBusy as fault:
            raise Stopped(f"{fault}: run it again when that has ended", Exit.CONFLICT) from None
        except CopyNotWritten as fault:
            again = "mend that, and run it again: it goes on"
            raise Stopped(f"{fault}; {again}", Exit.UNEXPECTED) from None
        except UNREADABLE as fault:
            raise Damaged.at("a record that is copied", fault) from None


def _write(session: Session, folder: Path, source: "Source", size: int | None) -> None:
    from svx_ledger.exports.columns.folder import Folder
    from svx_ledger.exports.columns.writing import write

    with closing(write(folder, source, size)) as positions:
        for _ in reached(positions, source.head(), "copying"):
            pass
    manifest = Folder(folder).manifest()
    assert manifest is not None
    if session.json:
        plain = {"folder": str(folder), "position": manifest.last, "root": manifest.root}
        showing.line(plain)
    else:
        size = manifest.segment_positions
        closed = f"positions 1 to {manifest.last}" if manifest.last else "nothing yet"
        say(f"{folder} has {closed} of {source.head()}")
        say(f"  a segment has {size} positions; Merkle root {manifest.root}")


def _check(session: Session, folder: Path, source: "Source") -> None:
    from svx_ledger.exports.columns.checking import check

    found = check(folder, source)
    for one in found:
        if session.json:
            showing.line(one._asdict())
        else:
            say(f"{one.file}: {one.reason}")
    if found:
        raise DivergenceFound
    if session.json:
        showing.line({"folder": str(folder), "whole": True})
    else:
        say(f"{folder}: every file is whole, and says what the ledger says")
