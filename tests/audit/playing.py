"""Planting a breach and auditing what came of it; each history and each breach once."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

from svx_ledger.audit import Audit, audit
from svx_ledger.eventlog.open import open_store

from . import breaches
from .breach import BREACHES, Breach, position
from .forging import Draft
from .history import Fact, Honest
from .honest import STORIES
from .tables import write_tables

COMMANDS_AFTER = 40
"""So many go on after a breach: the first finding must be the breach, not what follows."""
_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - nothing to keep

assert breaches.__all__, "importing them declares them"


class Caught(NamedTuple):
    """What an audit said of a planted breach, and where the breach is."""

    position: int
    audit: Audit


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for a ledger, gone afterwards."""
    made = Path(tempfile.mkdtemp(prefix="svx-audit-", dir=_MEMORY))
    try:
        yield made
    finally:
        shutil.rmtree(made)


@cache
def honest(story: str) -> Honest:
    """An honest history, played once."""
    with folder() as place:
        return Honest(STORIES[story](place))


@cache
def caught(name: str) -> Caught:
    """Plant this breach in a ledger file and audit it."""
    with folder() as place:
        return caught_in(BREACHES[name], f"sqlite:///{place / 'forged.db'}")


def caught_in(breach: Breach, url: str) -> Caught:
    """Plant a breach in an empty store and audit it."""
    draft = Draft(honest(breach.story))
    place = breach.plant(draft)
    if isinstance(place, Fact):
        draft.cut(place, COMMANDS_AFTER)
    write_tables(url, draft.press())
    return Caught(position(place), audited(url))


def audited(url: str) -> Audit:
    """Audit a ledger."""
    with closing(open_store(url)) as store:
        store.check()
        return audit(store)
