"""`key log`: keys of the published log are made, kept apart, shown, rotated and revoked."""

import stat
from pathlib import Path

import pytest

from svx_ledger.cli.log.keeping import log_keys
from svx_ledger.eventlog.store import OutcomeUnknown
from svx_ledger.ledger import Ledger
from svx_ledger.proofs.notes.keys import SigningKey, parse_signing_key, parse_verifier_key
from tests.domain.published import key

from .conftest import Run

ORIGIN = "ledger.example/test"


def private(file: Path = Path("svx.log/key")) -> list[SigningKey]:
    """The keys in the key file."""
    return [parse_signing_key(line) for line in file.read_text("ascii").splitlines()]


def in_force(svx: Run) -> list[str]:
    return svx("key", "log", "show", "--vkey").out.splitlines()


def test_a_key_is_made_kept_and_put_on_record(opened: Run) -> None:
    said = opened("key", "log", "make")

    (kept,) = private()
    assert said.out.splitlines() == [kept.verifier.text] == in_force(opened)
    assert kept.name == ORIGIN
    assert stat.S_IMODE(Path("svx.log/key").stat().st_mode) == 0o600
    assert stat.S_IMODE(Path("svx.log").stat().st_mode) == 0o700
    assert kept.text not in said.out + said.err


def test_a_log_that_nobody_named_is_told_so_before_it_has_a_key(
    svx: Run, opened: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = opened("key", "log", "make")
    monkeypatch.setenv("SVX_LEDGER", "sqlite:///unnamed.db")
    svx("init")
    unnamed = svx("key", "log", "make")

    assert "for ever" not in named.err
    assert unnamed.code == 0
    assert "The log is local/ledger-" in unnamed.err
    assert "`svx-ledger init --origin NAME`" in unnamed.err


def test_a_repeat_makes_no_second_key(opened: Run) -> None:
    first = opened("key", "log", "make", "--json").json
    again = opened("key", "log", "make", "--json").json

    assert again == first
    assert first == {
        "verifier_key": in_force(opened)[0],
        "key_id": parse_verifier_key(first["verifier_key"]).key_id.hex(),
        "position": 2,
        "file": "svx.log/key",
    }
    assert len(private()) == 1


def test_what_was_interrupted_between_file_and_ledger_is_finished(
    opened: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object, **__: object) -> None:
        raise OutcomeUnknown("the reply was lost")

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "execute", lost)
        said = opened("key", "log", "make")
    (kept,) = private()

    assert said.code == 1
    assert "--command-id" not in said.err
    assert in_force(opened) == []
    assert opened("key", "log", "show", "--json").json["state"] == "not-added"
    assert opened("key", "log", "make").out.strip() == kept.verifier.text
    assert len(private()) == 1


def test_the_setting_says_where_the_key_is(
    opened: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVX_LOG_KEY", "elsewhere/deep/log.key")
    opened("key", "log", "make")

    assert len(private(Path("elsewhere/deep/log.key"))) == 1
    assert not Path("svx.log").exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_key_file_that_others_may_use_is_refused(opened: Run, mode: int) -> None:
    opened("key", "log", "make")
    Path("svx.log/key").chmod(mode)

    for verb in ("make", "show", "rotate"):
        said = opened("key", "log", verb)
        assert said.code == 1
        assert "chmod 600" in said.err
    assert len(private()) == 1


def test_without_a_place_for_it_no_key_is_made(
    svx: Run, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVX_LEDGER", postgres_url)
    monkeypatch.setenv("SVX_ACTOR", "operator:/person-op")
    svx("init", "--origin", ORIGIN)
    without = svx("key", "log", "make")
    monkeypatch.setenv("SVX_LOG_KEY", "log.key")

    assert without.code == 2
    assert "SVX_LOG_KEY" in without.err
    assert svx("key", "log", "make").out.strip() == private(Path("log.key"))[0].verifier.text


def test_who_may_not_add_a_key_leaves_none_behind(opened: Run) -> None:
    said = opened("key", "log", "make", "--actor", "auditor:organisation-aud1/person-a")

    assert said.code == 6
    assert "role-not-allowed" in said.err
    assert not Path("svx.log/key").exists()


def test_a_ledger_with_simulated_time_gets_no_key_by_hand(svx: Run) -> None:
    svx("init", "--simulated", "--origin", ORIGIN)
    said = svx("key", "log", "make", "--actor", "operator:/person-op")

    assert said.code == 5
    assert not Path("svx.log").exists()


def test_rotating_adds_a_key_and_revoking_ends_the_first(opened: Run) -> None:
    none_yet = opened("key", "log", "rotate")
    first = opened("key", "log", "make").out.strip()
    second = opened("key", "log", "rotate").out.strip()
    both = in_force(opened)
    third = opened("key", "log", "rotate")
    key_id = parse_verifier_key(first).key_id.hex()
    revoked = opened("key", "log", "revoke", key_id, "--reason", "Rotated")
    listed = opened("key", "log", "show", "--json").lines

    assert none_yet.code == 2
    assert "key log make" in none_yet.err
    assert both == [first, second]
    assert third.code == 2
    assert key_id in third.err
    assert revoked.code == 0
    assert in_force(opened) == [second]
    assert [(one["state"], one["here"], one["added_at_position"]) for one in listed] == [
        ("revoked", True, 2),
        ("in-force", True, 3),
    ]
    assert listed[0]["ended_at_position"] == 4
    assert "ended_at_position" not in listed[1]
    assert len(private()) == 2


def test_a_key_is_revoked_by_its_verifier_key_too_and_only_once(opened: Run) -> None:
    made = opened("key", "log", "make").out.strip()
    revoked = opened("key", "log", "revoke", made, "--reason", "Stolen")
    again = opened("key", "log", "revoke", made, "--reason", "Stolen")

    assert revoked.code == 0
    assert "nothing is published" in revoked.err
    assert again.code == 4
    assert in_force(opened) == []


def test_after_the_last_key_was_revoked_another_is_made(opened: Run) -> None:
    first = opened("key", "log", "make").out.strip()
    opened("key", "log", "revoke", first, "--reason", "Stolen")
    second = opened("key", "log", "make").out.strip()

    assert in_force(opened) == [second]
    assert [one.verifier.text for one in private()] == [first, second]


def test_a_key_that_is_made_elsewhere_is_added_by_its_public_half(opened: Run) -> None:
    text = key("a", ORIGIN)
    said = opened("key", "log", "add", "--verifier-key", text)
    here = opened("key", "log", "show", "--json").json["here"]
    make = opened("key", "log", "make")

    assert said.code == 0
    assert in_force(opened) == [text]
    assert not here
    assert make.code == 2
    assert "rotate" in make.err


def test_the_group_alone_shows_the_keys(opened: Run) -> None:
    made = opened("key", "log", "make").out.strip()

    assert opened("key", "log", "--vkey").out.strip() == made
    assert opened("key", "log", "--json").json["verifier_key"] == made
    assert opened("key", "log", "--vkey", "--json").json == {"verifier_key": made}
    assert opened("key", "log").out == opened("key", "log", "show").out


def test_a_log_whose_name_can_be_no_keys_is_told_so(svx: Run) -> None:
    said = svx("init", "--origin", "two words")

    assert said.code == 2
    assert "letters, digits" in said.err


def test_two_keys_with_one_key_id_are_told_apart_by_hand(
    opened: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened("key", "log", "make")
    opened("key", "log", "rotate")

    def alike(session: object) -> object:
        keys = log_keys(session)  # type: ignore[arg-type]
        listed = tuple(one._replace(key_id="00000000") for one in keys.listed)
        return type(keys)(keys.ledger_id, keys.book, keys.file, keys.at_hand, listed)

    monkeypatch.setattr("svx_ledger.cli.log.keys.log_keys", alike)
    said = opened("key", "log", "revoke", "00000000", "--reason", "Lost")

    assert said.code == 2
    assert "whole verifier key" in said.err
