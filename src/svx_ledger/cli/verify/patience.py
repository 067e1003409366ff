"""Asking again where a log says: later (RFC 9110, Retry-After with 429 or 503).

Whoever reads a whole log asks for thousands of files, and a service answers so many a minute.
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import sleep
from typing import Final

from svx_ledger.cli.output import say
from svx_ledger.cli.session import Usage
from svx_ledger.proofs.files.published_log import CHECKPOINT, GetFile, PublishedLog
from svx_ledger.proofs.finding import Code, Refused

LATER: Final = (429, 503)
"""Statuses with which a server says that it would answer another time."""
UNSAID_SECONDS: Final = 5
"""How long to wait for a server that does not say."""
SHORTEST_SECONDS: Final = 1
LONGEST_SECONDS: Final = 120
"""The longest single wait, whatever a server says."""
FILE_SECONDS: Final = 300
"""How long one file is waited for."""
ALL_SECONDS: Final = 3600
"""How long the files of one check are waited for: 18,000 of them, of a service of our own."""


class Later(Refused):
    """A file is withheld for now (SVX401): the server would have it asked for again."""

    def __init__(self, name: str, status: int, after: str | None) -> None:
        super().__init__(Code.WITHHELD, f"{name}: the log answers {status}")
        self.status = status
        self.seconds = _bounded(after)


def patiently(log: PublishedLog) -> PublishedLog:
    """The same log, each file asked for again while it is Later, and there is time left.

    The wait is in the thread that wants the file. So threads that read ahead ask once each, and
    go on when it has got its file.
    """
    return PublishedLog(_Patience(log.get).get)


class _Patience:
    """How long was waited, for all files of a log together."""

    def __init__(self, get: GetFile) -> None:
        self._get = get
        self._waited = 0

    def get(self, name: str, most: int) -> bytes | None:
        """Take a file. Raises what `get` raises; Later once it was waited for too long.

        A checkpoint that does not come raises Usage then.
        """
        ends = min(self._waited + FILE_SECONDS, ALL_SECONDS)
        while True:
            try:
                return self._get(name, most)
            except Later as later:
                if self._waited + later.seconds > ends:
                    if name == CHECKPOINT:  # nothing was shown that could be withheld
                        raise Usage(f"no checkpoint: the log answers {later.status}") from None
                    raise
                self._wait(later)

    def _wait(self, later: Later) -> None:
        if not self._waited:
            say(
                f"the log answers {later.status}: waiting as long as it says, "
                f"{FILE_SECONDS // 60} minutes a file and {ALL_SECONDS // 60} in all at most",
                err=True,
            )
        self._waited += later.seconds
        sleep(later.seconds)


def _bounded(after: str | None) -> int:
    said = _seconds(after or "")
    return min(max(said, SHORTEST_SECONDS), LONGEST_SECONDS)


def _seconds(after: str) -> int:
    """Read a Retry-After: seconds, or a date."""
    if after.isascii() and after.isdecimal():
        return int(after[:9])
    try:
        date = parsedate_to_datetime(after)
        return int(
            (date.replace(tzinfo=date.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
        )
    except (ValueError, OverflowError):
        return UNSAID_SECONDS
