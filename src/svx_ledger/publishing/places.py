"""Where a publisher puts what it has signed."""

from typing import NamedTuple

from svx_ledger.publishing.cosigning.quorum import Quorum
from svx_ledger.publishing.outside.directory import Directory
from svx_ledger.publishing.outside.mark import Mark


class Places(NamedTuple):
    """The mark, the folder and the witnesses; each may be missing."""

    mark: Mark | None = None
    directory: Directory | None = None
    quorum: Quorum | None = None
