"""Private texts in messages: given with a salt, recorded as a commitment, never mixed up."""

import hashlib
from dataclasses import dataclass, replace
from typing import Any

import pytest

from svx_ledger.domain.award.events import RepresentationRecorded
from svx_ledger.domain.book import LedgerOpened
from svx_ledger.domain.kind import Event
from svx_ledger.domain.organisation import (
    Identifier,
    OrganisationRegistered,
    RegisterOrganisation,
)
from svx_ledger.domain.pledge.events import DeliveryClaimed
from svx_ledger.domain.pledge.outcomes import DeliveryDisputed
from svx_ledger.domain.private import Private, SubjectErased
from svx_ledger.domain.procurement import InterestDeclared
from svx_ledger.domain.vocabulary import COMMANDS
from svx_ledger.eventlog.commands import command_bytes, read_command
from svx_ledger.eventlog.malformed import Malformed
from svx_ledger.eventlog.private_fields import (
    Altered,
    PrivateRow,
    commitment_of,
    private_fields,
    sealed,
    stands_apart,
    text_of,
)
from svx_ledger.eventlog.shapes import shape_of
from svx_ledger.eventlog.types import TYPES

STREAM = "organisation-brightway"
SALT = bytes(range(32))
TEXT = "Ask for the treasurer (fictional)"
GIVEN = Private(text=TEXT, salt=SALT.hex())
RECORDED = Private(commitment="c0" * 32)
IDENTIFIERS = (Identifier(scheme="GB-COH", id="01234567"),)
REGISTER = RegisterOrganisation(
    organisation_id=STREAM,
    name="Brightway (fictional)",
    side="supplier",
    identifiers=IDENTIFIERS,
    contact=GIVEN,
)
REGISTERED = OrganisationRegistered(
    name="Brightway (fictional)", side="supplier", identifiers=IDENTIFIERS, contact=GIVEN
)


def test_the_private_fields_are_these() -> None:
    found = {cls: names for cls in TYPES.values() if (names := private_fields(cls))}

    assert found == {
        OrganisationRegistered: ("contact",),
        InterestDeclared: ("details",),
        RepresentationRecorded: ("content",),
        DeliveryClaimed: ("note",),
        DeliveryDisputed: ("details",),
    }
    assert {name for name, cls in COMMANDS.items() if private_fields(cls)} == {
        "RegisterOrganisation",
        "DeclareInterest",
        "RecordRepresentation",
        "ClaimDelivery",
        "DisputeDelivery",
    }


def test_only_what_has_such_fields_or_erases_them_stands_apart() -> None:
    assert stands_apart(OrganisationRegistered)
    assert stands_apart(SubjectErased)
    assert not stands_apart(LedgerOpened)
    assert {cls for cls in TYPES.values() if stands_apart(cls)} == {
        SubjectErased,
        *(cls for cls in TYPES.values() if private_fields(cls)),
    }


def test_the_commitment_is_as_published() -> None:
    preimage = (
        b"svx/pd/1\0"
        + SALT
        + b"\x00\x16organisation-brightway"
        + b"\x00\x00\x00\x00\x00\x00\x01\x02"
        + b"contact"
        + b"T\xc5\xb7 Gwyn"
    )
    payload = "Tŷ Gwyn".encode()
    made = commitment_of(STREAM, 258, "contact", salt=SALT, payload=payload)

    assert made == hashlib.sha256(preimage).hexdigest()
    assert made == "9209573b8d7c6b79dc216c042852e8b87f4e1630ce9872724338af19fc3d5140"


def test_sealing_takes_the_text_out() -> None:
    event, [row] = sealed(REGISTERED, STREAM, 1)

    assert isinstance(event, OrganisationRegistered)
    assert event == replace(REGISTERED, contact=Private(commitment=row.commitment))
    assert row[1:] == (STREAM, 1, "contact", SALT, TEXT.encode())
    assert row.commitment == commitment_of(*row[1:4], salt=SALT, payload=TEXT.encode())
    assert text_of(row) == TEXT


def test_what_has_no_text_is_sealed_as_it_is() -> None:
    without = replace(REGISTERED, contact=None)

    event, rows = sealed(without, STREAM, 1)

    assert event is without
    assert rows == []


def test_what_is_recorded_already_is_not_sealed_again() -> None:
    with pytest.raises(Malformed, match="wrong-type"):
        sealed(replace(REGISTERED, contact=RECORDED), STREAM, 1)


@pytest.mark.parametrize(
    "changed",
    [
        {"stream": "organisation-brightwaz"},
        {"version": 2},
        {"field": "details"},
        {"salt": bytes(32)},
        {"payload": b"Ask for the treasurer"},
    ],
)
def test_a_row_that_was_altered_gives_no_text(changed: dict[str, Any]) -> None:
    _, [row] = sealed(REGISTERED, STREAM, 1)

    with pytest.raises(Altered) as altered:
        text_of(row._replace(**changed))
    assert "treasurer" not in str(altered.value)


def test_a_command_has_the_text_and_an_event_the_commitment() -> None:
    recorded = replace(REGISTERED, contact=RECORDED)

    asked = shape_of(RegisterOrganisation).encode(REGISTER)
    said = shape_of(OrganisationRegistered).encode(recorded)

    assert asked["contact"] == {"salt": SALT.hex(), "text": TEXT}
    assert said["contact"] == {"commitment": "c0" * 32}
    assert shape_of(OrganisationRegistered).decode(said) == recorded
    assert read_command(command_bytes(REGISTER)) == REGISTER


@pytest.mark.parametrize(
    ("value", "contact", "wrong"),
    [
        (REGISTER, RECORDED, "wrong-type at /contact"),
        (REGISTER, replace(GIVEN, commitment="c0" * 32), "wrong-type at /contact"),
        (REGISTER, Private(text=TEXT), "wrong-type at /contact/salt"),
        (REGISTER, Private(salt=SALT.hex()), "wrong-type at /contact/text"),
        (REGISTER, replace(GIVEN, text=""), "bad-length at /contact/text"),
        (REGISTER, replace(GIVEN, text="x" * 2001), "bad-length at /contact/text"),
        (REGISTER, replace(GIVEN, text="two\nlines"), "bad-text at /contact/text"),
        (REGISTER, replace(GIVEN, text=" x"), "bad-text at /contact/text"),
        (REGISTER, replace(GIVEN, salt="AB" * 32), "bad-form at /contact/salt"),
        (REGISTER, replace(GIVEN, salt="ab" * 16), "bad-form at /contact/salt"),
        (REGISTER, TEXT, "wrong-type at /contact"),
        (REGISTERED, GIVEN, "wrong-type at /contact"),
        (REGISTERED, replace(RECORDED, text=TEXT), "wrong-type at /contact"),
        (REGISTERED, Private(), "wrong-type at /contact/commitment"),
        (REGISTERED, Private(commitment="c0"), "bad-form at /contact/commitment"),
    ],
)
def test_nothing_else_is_written(value: Any, contact: Any, wrong: str) -> None:
    with pytest.raises(Malformed) as fault:
        shape_of(type(value)).encode(replace(value, contact=contact))

    assert str(fault.value) == wrong


@pytest.mark.parametrize(
    ("cls", "contact", "wrong"),
    [
        (RegisterOrganisation, {"commitment": "c0" * 32}, "unknown-field at /contact"),
        (RegisterOrganisation, {"text": TEXT}, "missing-field at /contact/salt"),
        (RegisterOrganisation, {"salt": SALT.hex()}, "missing-field at /contact/text"),
        (RegisterOrganisation, TEXT, "wrong-type at /contact"),
        (RegisterOrganisation, None, "wrong-type at /contact"),
        (
            OrganisationRegistered,
            {"salt": SALT.hex(), "text": TEXT},
            "unknown-field at /contact",
        ),
        (OrganisationRegistered, {}, "missing-field at /contact/commitment"),
        (OrganisationRegistered, "c0" * 32, "wrong-type at /contact"),
    ],
)
def test_nothing_else_is_read(cls: type[Any], contact: Any, wrong: str) -> None:
    complete = (
        REGISTER if cls is RegisterOrganisation else replace(REGISTERED, contact=RECORDED)
    )
    plain = shape_of(cls).encode(complete) | {"contact": contact}

    with pytest.raises(Malformed) as fault:
        shape_of(cls).decode(plain)

    assert str(fault.value) == wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """A part of a message, in which no private text can be found again."""

    name: Private | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside(Event):
    """An event with such a part."""

    many: tuple[Private, ...]


@pytest.mark.parametrize("cls", [Inside, Outside, Private])
def test_a_private_text_stands_in_a_command_or_event_itself(cls: type[Any]) -> None:
    with pytest.raises(TypeError, match="private text stands"):
        shape_of(cls)


def test_a_row_is_never_printed() -> None:
    _, [row] = sealed(REGISTERED, STREAM, 1)

    assert isinstance(row, PrivateRow)
    assert "treasurer" not in repr(row)
    assert SALT.hex() not in repr(row)
    assert "treasurer" not in repr(REGISTER)
