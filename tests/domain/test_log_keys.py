"""The rules of the keys that sign the published log, each on either side of its boundary."""

from dataclasses import replace

import pytest

from svx_ledger.domain.book import Book, RevokeLogKey
from svx_ledger.domain.book.published import log_key
from svx_ledger.eventlog.malformed import Malformed
from svx_ledger.eventlog.shapes import shape_of
from svx_ledger.proofs.notes.keys import VerifierKey, parse_verifier_key

from .cast import BUYER
from .outcome import NOON, OPERATOR, World, outcome
from .published import LEDGER, ORIGIN, add, added, key, opened, revoked, with_keys
from .worked_example import facts

REVOKE = RevokeLogKey(ledger_id=LEDGER, verifier_key=key("a"), reason="Lost")
ELSEWHERE = "ledger.example/other"


def test_the_operator_adds_a_key() -> None:
    assert outcome(given=opened(), when=add(key("a"))) == [added("a")]
    assert outcome(given=opened(), when=add(key("a")), by=BUYER) == "role-not-allowed"
    assert facts(opened(), add(key("a")), BUYER, NOON) == {
        "allowed": "operator",
        "role": "authority.buyer",
    }


def test_its_name_is_the_origin_of_the_log() -> None:
    of_another = add(key("a", ELSEWHERE))

    assert outcome(given=opened(ELSEWHERE), when=of_another) == [added("a", ELSEWHERE)]
    assert outcome(given=opened(), when=of_another) == "log-key-name"
    assert facts(opened(), of_another, OPERATOR, NOON) == {"name": ELSEWHERE, "origin": ORIGIN}


def test_its_key_id_is_that_of_its_name_and_key() -> None:
    wrong = key("a", key_id="00000000")

    assert outcome(given=opened(), when=add(wrong)) == "log-key-id"
    assert facts(opened(), add(wrong), OPERATOR, NOON) == {
        "key_id": "00000000",
        "due": log_key(key("a")).key_id,
    }


def test_the_rules_and_the_proofs_know_the_same_key_ids() -> None:
    verifier = VerifierKey(ORIGIN, 1, bytes(range(32)))

    assert log_key(verifier.text).due_key_id == verifier.key_id.hex()
    assert parse_verifier_key(key("a")).text == key("a")


def test_a_key_is_added_beside_those_in_force() -> None:
    given = with_keys(added("a"), added("b"))
    book = World(given).streams[LEDGER]

    assert isinstance(book, Book)
    assert book.log_keys == (key("a"), key("b"))
    assert outcome(given=given, when=add(key("c"))) == [added("c")]


@pytest.mark.parametrize("given", [with_keys(added("a")), with_keys(added("a"), revoked("a"))])
def test_it_never_signed_for_this_ledger_before(given: list[tuple[str, object]]) -> None:
    assert outcome(given=given, when=add(key("a"))) == "log-key-twice"  # type: ignore[arg-type]
    assert facts(given, add(key("a")), OPERATOR, NOON) == {  # type: ignore[arg-type]
        "key_id": log_key(key("a")).key_id
    }


def test_the_operator_revokes_a_key_that_is_in_force() -> None:
    given = with_keys(added("a"), added("b"))

    assert outcome(given=given, when=REVOKE) == [revoked("a")]
    assert outcome(given=given, when=REVOKE, by=BUYER) == "role-not-allowed"
    assert facts(given, REVOKE, BUYER, NOON) == {
        "allowed": "operator",
        "role": "authority.buyer",
    }
    assert outcome(given=with_keys(added("b")), when=REVOKE) == "log-key-not-in-force"
    assert outcome(given=[*given, (LEDGER, revoked("a"))], when=REVOKE) == (
        "log-key-not-in-force"
    )
    assert facts(with_keys(added("b")), REVOKE, OPERATOR, NOON) == {
        "key_id": log_key(key("a")).key_id,
        "in_force": 1,
    }


def test_the_last_key_may_be_revoked_and_another_added() -> None:
    given = with_keys(added("a"), revoked("a"))
    book = World(given).streams[LEDGER]

    assert isinstance(book, Book)
    assert (book.log_keys, book.past_log_keys) == ((), (key("a"),))
    assert outcome(given=given, when=add(key("b"))) == [added("b")]


def test_what_is_no_ed25519_verifier_key_is_malformed() -> None:
    encode = shape_of(type(REVOKE)).encode
    name, key_id, public = key("a").split("+", 2)

    assert encode(REVOKE)["verifier_key"] == key("a")
    for wrong in (
        f"{name}+{key_id}+B{public[1:]}",  # of another type
        f"{name}+{key_id}+{public}A",
        f"{name}+{key_id}+{public[:-1]}",
        f"{name}+{key_id.upper()}x+{public}",
        f"{name} x+{key_id}+{public}",
        f"+{key_id}+{public}",
        f"{'n' * 209}+{key_id}+{public}",
        f"{name}\n+{key_id}+{public}",
    ):
        with pytest.raises(Malformed):
            encode(replace(REVOKE, verifier_key=wrong))
    longest = key("a", "n" * 208)
    assert encode(replace(REVOKE, verifier_key=longest))["verifier_key"] == longest
