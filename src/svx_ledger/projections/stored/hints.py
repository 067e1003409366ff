"""What may tell a follower sooner than its own asking that there is news."""

from typing import Protocol


class Hints(Protocol):
    """Something that may know of news before the log is asked again."""

    def wait(self, seconds: float) -> None:
        """Return when there may be news, at the latest after so long. Raises nothing."""

    def close(self) -> None:
        """Let go of what it listens on."""
