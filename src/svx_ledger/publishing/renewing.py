"""When the newest checkpoint of an idle log is cosigned again."""

from typing import Final

from .cosigning.quorum import Quorum
from .state.database import NotPublished

RENEW_SECONDS: Final = 600
"""An idle log's newest checkpoint is cosigned again so often: that shows that it still is."""

RETRY_SECONDS: Final = 10
"""How long nobody is asked again after witnesses that would not cosign it."""


class Renewals:
    """Tells when it is time, and remembers what came of the last attempt."""

    def __init__(self) -> None:
        self._failed_at = 0.0
        self._fault: str | None = None

    def is_due(self, quorum: Quorum, served: bytes, now: float) -> bool:
        """Whether witnesses are to be asked about a head whose newest note this is.

        They are where it was cosigned long ago, and at once where the policy in force asks for
        more than the note has. Raises NotPublished while that failed a moment ago.
        """
        if quorum.has(served) and now - quorum.newest_time(served) < RENEW_SECONDS:
            self._fault = None
            return False
        if self._fault is not None and 0 <= now - self._failed_at < RETRY_SECONDS:
            raise NotPublished(self._fault)
        return True

    def failed(self, fault: str, now: float) -> None:
        """Remember that an attempt failed, and why."""
        self._failed_at, self._fault = now, fault
