"""Where a publisher puts what it has signed."""

from typing import NamedTuple

from .directory import Directory
from .mark import Mark
from .quorum import Quorum


class Places(NamedTuple):
    """The mark, the folder and the witnesses; each may be missing."""

    mark: Mark | None = None
    directory: Directory | None = None
    quorum: Quorum | None = None
