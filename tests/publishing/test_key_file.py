"""The key file: keys are added to it, none is ever lost, and nobody else reads it."""

import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from svx_ledger.proofs.notes.checkpoint import Checkpoint
from svx_ledger.proofs.notes.keys import ED25519, SigningKey
from svx_ledger.publishing.keys.key_file import add_key, keys_at_hand
from svx_ledger.publishing.keys.signing import KeysAtHand, key_shown, read_keys
from svx_ledger.publishing.state.database import NotPublished

ORIGIN = "ledger.example/tests"


def key() -> SigningKey:
    return SigningKey.generate(ORIGIN, ED25519)


def test_without_a_file_no_key_is_at_hand(tmp_path: Path) -> None:
    assert keys_at_hand(tmp_path / "log" / "key") == ()
    assert not (tmp_path / "log").exists()


def test_keys_stand_in_the_order_in_which_they_were_added(tmp_path: Path) -> None:
    file, keys = tmp_path / "log" / "key", [key(), key(), key()]
    for one in keys:
        add_key(file, one)

    assert keys_at_hand(file) == tuple(keys)
    assert [path.name for path in file.parent.iterdir()] == ["key"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_somebody_wrote_into_the_file_stays(tmp_path: Path) -> None:
    file, first, second = tmp_path / "key", key(), key()
    file.write_text(f"# of this machine\n{first.text}", "ascii")
    file.chmod(0o600)
    add_key(file, second)

    assert file.read_text("ascii") == f"# of this machine\n{first.text}\n{second.text}\n"


@pytest.mark.parametrize("lie", [Path.touch, lambda part: part.symlink_to("seen")])
def test_what_lies_where_the_file_is_written_gets_no_key(
    tmp_path: Path, lie: Callable[[Path], None]
) -> None:
    """A leftover that others may read, or a link to such a file."""
    file, seen = tmp_path / "key", tmp_path / "seen"
    seen.touch(mode=0o644)
    lie(tmp_path / ".key.part")
    add_key(file, key())

    assert seen.read_bytes() == b""
    assert not file.is_symlink()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_link_to_the_file_stays_one(tmp_path: Path) -> None:
    file, link = tmp_path / "elsewhere" / "key", tmp_path / "key"
    link.symlink_to(file)
    add_key(link, key())

    assert link.is_symlink()
    assert len(keys_at_hand(file)) == 1


def test_whatever_stops_it_the_earlier_keys_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    file, first = tmp_path / "key", key()
    add_key(file, first)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(NotPublished, match="No space left"):
            add_key(file, key())

    assert keys_at_hand(file) == (first,)


@pytest.mark.parametrize("content", ["", "PRIVATE+KEY+x", "no key\n"])
def test_a_file_that_holds_something_else_is_left_alone(tmp_path: Path, content: str) -> None:
    file = tmp_path / "key"
    file.write_text(content, "ascii")
    file.chmod(0o600)

    with pytest.raises(NotPublished):
        add_key(file, key())
    assert file.read_text("ascii") == content


def test_many_who_add_keys_at_once_lose_none(tmp_path: Path) -> None:
    file, keys = tmp_path / "key", [key() for _ in range(16)]
    adding = [threading.Thread(target=add_key, args=(file, one)) for one in keys]
    for thread in adding:
        thread.start()
    for thread in adding:
        thread.join()

    assert {one.text for one in keys_at_hand(file)} == {one.text for one in keys}


def test_keys_that_were_read_go_on_to_sign_where_their_file_is_gone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file, first, other = tmp_path / "key", key(), key()
    add_key(file, first)
    at_hand = KeysAtHand(lambda: read_keys(file))
    file.unlink()
    body = Checkpoint(ORIGIN, 1, bytes(32)).body
    in_force = (first.verifier.text, other.verifier.text)
    missing = [at_hand.missing(in_force) for _ in range(2)]

    assert missing == [(key_shown(other.verifier.text),)] * 2
    assert at_hand.signed(body, in_force) is not None
    (told,) = caplog.messages
    assert told.endswith("signed with the keys that were read before")
    with pytest.raises(NotPublished, match="no log key"):
        at_hand.missing((other.verifier.text,))

    add_key(file, other)
    assert at_hand.missing((other.verifier.text,)) == ()
