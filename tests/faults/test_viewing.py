"""The processes that the loops on views start: they end without a word on standard error."""

from pathlib import Path

import pytest
from benchmarks.rebuilding import history

from .viewing import rebuilder


def test_a_rebuilder_that_is_ended_in_the_middle_of_a_build_ends_in_silence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    history(url, 500)
    capfd.readouterr()
    with rebuilder(url) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "built\n"

    assert child.returncode == 0
    assert capfd.readouterr().err == ""
