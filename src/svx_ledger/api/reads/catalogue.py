"""Every read of views and log, by its name."""

from collections.abc import Mapping
from typing import Final

from . import auctions, leverage, records, register, reports, things
from .asking import Read

READS: Final[Mapping[str, Read]] = {
    read.name: read
    for room in (auctions, register, records, things, leverage, reports)
    for read in room.READS
}
