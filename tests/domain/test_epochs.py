"""What may follow a restore, each rule on either side of its boundary."""

from dataclasses import replace

import pytest

from svx_ledger.domain.book import Book, EpochStarted, StartEpoch
from svx_ledger.domain.book.published import (
    MOST_SIGNATURES,
    as_recorded,
    epoch_of,
    faulty_line,
    log_key,
    origin_of,
)
from svx_ledger.eventlog.malformed import Malformed
from svx_ledger.eventlog.shapes import shape_of
from svx_ledger.proofs.notes.checkpoint import Checkpoint, sign_checkpoint
from svx_ledger.proofs.notes.keys import SigningKey

from .cast import BUYER, Past
from .outcome import NOON, OPERATOR, World, outcome
from .published import (
    LEDGER,
    ORIGIN,
    ROOT,
    add,
    added,
    checkpoint,
    key,
    opened,
    signed,
    with_keys,
)
from .worked_example import facts

SECOND, THIRD = f"{ORIGIN}/2", f"{ORIGIN}/3"
START = StartEpoch(
    ledger_id=LEDGER,
    epoch=2,
    checkpoint=checkpoint(),
    verifier_key=key("b", SECOND),
    reason="Restored from a copy",
)
STARTED = EpochStarted(
    epoch=2,
    checkpoint=checkpoint(),
    verifier_key=key("b", SECOND),
    reason="Restored from a copy",
)
GIVEN = with_keys(added("a"))
IN_SECOND: Past = [*GIVEN, (LEDGER, STARTED)]
NEXT = replace(
    START, epoch=3, checkpoint=checkpoint(origin=SECOND), verifier_key=key("c", THIRD)
)


def test_the_operator_starts_an_epoch() -> None:
    assert outcome(given=GIVEN, when=START) == [STARTED]
    assert outcome(given=GIVEN, when=START, by=BUYER) == "role-not-allowed"
    assert facts(GIVEN, START, BUYER, NOON) == {
        "allowed": "operator",
        "role": "authority.buyer",
    }


def test_from_then_on_the_log_has_another_name_and_only_the_new_key() -> None:
    book = World(IN_SECOND).streams[LEDGER]

    assert book == Book(
        first_origin=ORIGIN,
        epoch=2,
        clock="real",
        log_keys=(key("b", SECOND),),
        past_log_keys=(key("a"),),
    )
    assert book.origin == SECOND
    assert outcome(given=IN_SECOND, when=add(key("c", SECOND))) == [added("c", SECOND)]
    assert outcome(given=IN_SECOND, when=add(key("c"))) == "log-key-name"


def test_the_next_epoch_is_named_after_the_first_origin() -> None:
    given = [*IN_SECOND, *World(IN_SECOND).execute(NEXT, OPERATOR, NOON)]  # type: ignore[misc]
    book = World(given).streams[LEDGER]

    assert isinstance(book, Book)
    assert (book.epoch, book.origin) == (3, THIRD)
    assert book.past_log_keys == (key("a"), key("b", SECOND))


def test_a_ledger_whose_log_nobody_signed_yet_can_go_on_too() -> None:
    assert outcome(given=opened(), when=START) == [STARTED]


WRONG_LINES = [
    (1, ("", *checkpoint()[1:])),
    (1, ("ledger.example/a+b", *checkpoint()[1:])),
    (1, (signed(), *checkpoint()[1:])),
    (2, checkpoint(size="0")),
    (2, checkpoint(size="0700")),
    (2, checkpoint(size="+700")),
    (2, checkpoint(size="1" + "0" * 16)),
    (3, (ORIGIN, "700", ROOT[:-2] + "B=", "", signed())),
    (3, (ORIGIN, "700", ROOT[:-1], "", signed())),
    (3, (ORIGIN, "700", "A" + ROOT, "", signed())),
    (4, (ORIGIN, "700", ROOT, signed(), signed())),
    (4, (ORIGIN, "700", ROOT, "extension", "", signed())),
    (5, checkpoint("text")),
    (5, checkpoint(signed()[:-2] + "B=")),
    (5, checkpoint(signed()[:-1])),
    (6, checkpoint(signed(), "")),
    (6, checkpoint(signed("witness.example/w1"))),
    (6, checkpoint(signed(bytes_long=76))),
]


@pytest.mark.parametrize(("line", "wrong"), WRONG_LINES)
def test_what_it_gives_as_the_last_checkpoint_is_one_that_its_log_signed(
    line: int, wrong: tuple[str, ...]
) -> None:
    command = replace(START, checkpoint=wrong)

    assert outcome(given=GIVEN, when=command) == "checkpoint-unreadable"
    assert facts(GIVEN, command, OPERATOR, NOON) == {"line": line}


def test_a_checkpoint_may_have_signatures_of_others_too() -> None:
    cosigned = signed("witness.example/w1", bytes_long=76)

    for signatures in ((cosigned, signed()), (signed(), signed(), cosigned)):
        given = replace(START, checkpoint=checkpoint(*signatures))
        assert isinstance(outcome(given=GIVEN, when=given), list)
    largest = replace(START, checkpoint=checkpoint(size="9" * 16))
    assert isinstance(outcome(given=GIVEN, when=largest), list)


def test_what_a_publisher_signs_is_a_checkpoint() -> None:
    signing = SigningKey.generate(ORIGIN, 1)
    note = sign_checkpoint(Checkpoint(ORIGIN, 700, bytes(32)), [signing])

    assert faulty_line(tuple(note.decode().splitlines())) is None


def test_the_checkpoint_is_of_this_ledger() -> None:
    for origin in ("ledger.example/other", f"{ORIGIN}/1", f"{ORIGIN}/02", f"{ORIGIN}/x"):
        command = replace(START, checkpoint=checkpoint(origin=origin))

        assert outcome(given=GIVEN, when=command) == "checkpoint-elsewhere"
        assert facts(GIVEN, command, OPERATOR, NOON) == {"of": origin, "origin": ORIGIN}


def test_the_checkpoint_is_of_no_epoch_before_the_one_it_is_in() -> None:
    before = replace(START, verifier_key=key("c", SECOND))

    assert isinstance(outcome(given=IN_SECOND, when=NEXT), list)
    assert outcome(given=IN_SECOND, when=before) == "checkpoint-elsewhere"
    assert facts(IN_SECOND, before, OPERATOR, NOON) == {"of": ORIGIN, "origin": SECOND}


def test_the_checkpoint_may_be_of_an_epoch_that_was_lost() -> None:
    assert isinstance(outcome(given=GIVEN, when=NEXT), list)


@pytest.mark.parametrize("epoch", [1, 3])
def test_the_epoch_is_the_next_after_that_of_the_checkpoint(epoch: int) -> None:
    command = replace(START, epoch=epoch, verifier_key=key("b", origin_of(ORIGIN, epoch)))

    assert outcome(given=GIVEN, when=command) == "epoch-not-next"
    assert facts(GIVEN, command, OPERATOR, NOON) == {"stated": epoch, "next": 2}


def test_the_key_is_named_as_the_origin_of_the_new_epoch() -> None:
    for name in (ORIGIN, THIRD):
        command = replace(START, verifier_key=key("b", name))

        assert outcome(given=GIVEN, when=command) == "log-key-name"
        assert facts(GIVEN, command, OPERATOR, NOON) == {"name": name, "origin": SECOND}


def test_the_key_of_an_epoch_has_its_key_id() -> None:
    command = replace(START, verifier_key=key("b", SECOND, key_id="00000000"))

    assert outcome(given=GIVEN, when=command) == "log-key-id"


def test_the_key_of_an_epoch_never_signed_for_this_ledger_before() -> None:
    for given, command in (
        (GIVEN, replace(START, verifier_key=key("a", SECOND))),
        (IN_SECOND, replace(NEXT, verifier_key=key("a", THIRD))),
        (IN_SECOND, replace(NEXT, verifier_key=key("b", THIRD))),
    ):
        assert outcome(given=given, when=command) == "log-key-twice"
    assert facts(GIVEN, replace(START, verifier_key=key("a", SECOND)), OPERATOR, NOON) == {
        "key_id": log_key(key("a", SECOND)).key_id
    }


def test_every_epoch_has_a_name_and_no_other_log_has_it() -> None:
    for epoch in (1, 2, 3, 10, 999_999, 10**6):
        assert epoch_of(ORIGIN, origin_of(ORIGIN, epoch)) == epoch
    for name in ("", "/2", f"{ORIGIN}/", f"{ORIGIN}/0", f"{ORIGIN}/2/2", f"{ORIGIN}/1000001"):
        assert epoch_of(ORIGIN, name) is None


def test_a_checkpoint_has_lines_of_visible_characters_and_not_too_many() -> None:
    encode = shape_of(StartEpoch).encode
    most = checkpoint(*[signed()] * 20)

    assert len(encode(replace(START, checkpoint=most))["checkpoint"]) == 24
    for wrong in (
        (*most, signed()),
        checkpoint()[:4],
        checkpoint(signed(), "— x"),
        checkpoint(signed(), "two words"),
        checkpoint(signed(), "a\tb"),
        (ORIGIN + "é", *checkpoint()[1:]),
    ):
        with pytest.raises(Malformed):
            encode(replace(START, checkpoint=wrong))


def test_a_record_holds_a_checkpoint_with_the_signatures_that_fit() -> None:
    cosigned = [signed(f"witness.example/{n}", bytes_long=76) for n in range(30)]
    few = checkpoint(*cosigned[:19], signed())
    many = checkpoint(*cosigned, signed())
    other_kinds = checkpoint(signed(), signed("w!tness"), signed("witness", bytes_long=255))
    verified = {signed()}

    assert as_recorded(few, verified) == few
    assert as_recorded(many, verified) == few
    assert len(few) == 4 + MOST_SIGNATURES
    assert as_recorded(other_kinds, verified) == checkpoint(signed())
    for one in (few, many, other_kinds):
        lines = as_recorded(one, verified)
        started = replace(STARTED, checkpoint=lines)
        assert outcome(given=GIVEN, when=replace(START, checkpoint=lines)) == [started]


def test_the_log_s_own_signatures_fit_before_any_other() -> None:
    own = (signed(), signed().replace("AAEC", "BAEC"))
    cosigned = [signed(f"witness.example/{n}", bytes_long=76) for n in range(25)]
    known = cosigned[20:]
    whole = checkpoint(*cosigned, *own)

    assert as_recorded(whole, own) == checkpoint(*cosigned[:18], *own)
    assert as_recorded(whole, {*own, *known}) == checkpoint(*cosigned[:13], *known, *own)
    assert as_recorded(whole, {*own, *cosigned}) == checkpoint(*cosigned[:18], *own)


def test_a_line_in_the_log_s_name_that_nobody_verified_is_not_recorded() -> None:
    junk = [signed().replace("AAEC", f"A{n:03}") for n in range(30)]
    long = signed(bytes_long=76)
    cosigned = [signed(f"witness.example/{n}", bytes_long=76) for n in range(3)]
    stranger = signed("witness.example/w1")
    given = checkpoint(*junk, long, stranger, *[cosigned[0]] * 30, *cosigned, signed())

    assert as_recorded(given, {signed()}) == checkpoint(*cosigned, signed())
