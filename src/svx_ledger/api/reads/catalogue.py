"""Every read of views and log, by its name."""

from collections.abc import Mapping
from typing import Final

from . import auctions, leverage, lists, records, register, replays, reports, states, things
from .asking import Read

READS: Final[Mapping[str, Read]] = {
    read.name: read
    for room in (
        *(auctions, register, records, lists, states, things, replays),
        *(leverage, reports),
    )
    for read in room.READS
}
