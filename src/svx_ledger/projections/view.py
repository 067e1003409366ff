"""One moment of the views: rows that belong together, and what they belong to."""

from datetime import datetime
from typing import NamedTuple

from .table import Rows


class View(NamedTuple):
    """The rows of all projections up to one log position, and the ledger's own time.

    Every query takes these; which backend holds the rows makes no difference to it.
    """

    rows: Rows
    position: int
    now: datetime
