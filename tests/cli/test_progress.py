"""The bar for people who wait: it changes nothing of what passes."""

import io
import sys

import pytest

from svx_ledger.cli import progress


class Terminal(io.StringIO):
    """A standard error that somebody watches."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("patience", [0.0, 60.0])
@pytest.mark.parametrize("count", [0, 1, 5])
def test_what_is_watched_passes_unchanged(
    monkeypatch: pytest.MonkeyPatch, patience: float, count: int
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(progress, "PATIENCE_SECONDS", patience)

    assert list(progress.watched(range(count), count)) == list(range(count))
    assert ("reading" in terminal.getvalue()) == (patience == 0.0 and count > 0)
