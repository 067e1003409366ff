"""The mark: the newest signed checkpoint, which is to outlast the ledger's own storage."""

import os
from collections.abc import Iterator
from pathlib import Path

from svx_ledger.eventlog.open import sqlite_file
from svx_ledger.publishing.guard import KnownHead
from svx_ledger.publishing.state.opening import mark_path
from svx_ledger.settings import Settings

from .finding import Finding, ok, warning
from .places import is_closed

_OTHER_STORAGE = (
    "Keep the mark on other storage than the ledger, SVX_MARK: copy the one there is, or the "
    "newest published checkpoint, to its place (docs/publishing.md)."
)
_NO_FOLDER = "Make it, on other storage than the ledger, or name another place: SVX_MARK."
_WRITABLE_MARK = "Let whoever publishes write it, or name another place: SVX_MARK."


def room(settings: Settings) -> Iterator[Finding]:
    """Whether the first publication finds the place of its mark, where one is named."""
    if settings.mark is not None:
        yield from _closed(Path(settings.mark))


def mark(settings: Settings, known: list[KnownHead]) -> Iterator[Finding]:
    """Whether the mark knows what the state knows, is elsewhere, and can be written."""
    path = mark_path(settings.ledger, settings.mark)
    if path is None:
        yield warning("mark", "no mark tells what was signed", _OTHER_STORAGE)
        return
    closed = list(_closed(path))
    if closed:
        yield from closed
    elif len({head.checkpoint for head in known}) != 1 or len(known) == 1:
        remedy = "Publish once more, `svx-ledger publish`, with the same SVX_MARK as always."
        yield warning("mark", f"{path} and the state know different heads", remedy)
    elif _is_beside(path, settings.ledger):
        yield warning("mark", f"{path} lies beside the ledger", _OTHER_STORAGE)
    else:
        yield ok("mark", f"{known[0].checkpoint.size} records, in {path}")


def _closed(path: Path) -> Iterator[Finding]:
    """What keeps this user from writing a mark: a new file takes the place of the old one."""
    if not os.access(path.parent, os.F_OK):
        yield warning("mark", f"the folder of {path} is not there", _NO_FOLDER)
    elif is_closed(path.parent):
        yield warning("mark", f"{path} cannot be written by this user", _WRITABLE_MARK)


def _is_beside(path: Path, url: str) -> bool:
    """Whether a file is restored with the ledger: in its folder, or in its log's."""
    file = sqlite_file(url)
    return file is not None and path.resolve().is_relative_to(file.resolve().parent)
