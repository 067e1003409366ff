"""A witness's key lies in a file that nobody else reads."""

from pathlib import Path

import pytest

from svx_ledger.witness.key_file import read_key, write_key
from svx_ledger.witness.private_file import Unfit

from .logs import LOG_KEY, WITNESS_KEY


def test_a_key_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_key(tmp_path / "key", WITNESS_KEY)

    assert read_key(tmp_path / "key") == WITNESS_KEY
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_a_key_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    write_key(tmp_path / "key", WITNESS_KEY)

    with pytest.raises(Unfit, match="there already"):
        write_key(tmp_path / "key", LOG_KEY)

    assert read_key(tmp_path / "key") == WITNESS_KEY


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_key_that_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    write_key(tmp_path / "key", WITNESS_KEY)
    (tmp_path / "key").chmod(mode)

    with pytest.raises(Unfit, match="chmod 600"):
        read_key(tmp_path / "key")


def test_the_key_of_a_log_is_refused(tmp_path: Path) -> None:
    write_key(tmp_path / "key", LOG_KEY)

    with pytest.raises(Unfit, match="key of a log"):
        read_key(tmp_path / "key")


@pytest.mark.parametrize("content", [b"", b"\xff", b"PRIVATE+KEY+x", b"canary\n" * 10_000])
def test_another_file_is_no_key_and_its_content_is_not_told(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "key").write_bytes(content)
    (tmp_path / "key").chmod(0o600)

    with pytest.raises(Unfit, match="no signing key") as refused:
        read_key(tmp_path / "key")

    assert "canary" not in str(refused.value)


def test_a_key_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unfit, match="No such file"):
        read_key(tmp_path / "key")
