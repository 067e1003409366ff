"""What is not known is answered with what is: the fields of that place, the list of types."""

import json
from typing import Any

import pytest

from svx_ledger.cli.failing import Exit

from .conftest import Run

ORGANISATION = {
    "organisation_id": "organisation-abcd",
    "name": "X",
    "side": "supplier",
    "identifiers": [{"scheme": "GB-COH", "id": "1"}],
}
CANARY = {"canary": "canary"}
FIELDS = "organisation_id, name, side, identifiers, unincorporated, host_id, contact"


@pytest.mark.parametrize(
    ("message", "pointer", "known"),
    [
        ({"command": "RegisterOrganisation", "data": {}} | CANARY, "", "command, data"),
        ({"command": "RegisterOrganisation", "data": ORGANISATION | CANARY}, "/data", FIELDS),
        (
            {
                "command": "RegisterOrganisation",
                "data": ORGANISATION
                | {"identifiers": [{"scheme": "GB-COH", "id": "1"}, {"scheme": "x"} | CANARY]},
            },
            "/data/identifiers/1",
            "scheme, id",
        ),
    ],
)
def test_a_message_names_the_fields_that_there_are(
    opened: Run, message: dict[str, Any], pointer: str, known: str
) -> None:
    said = opened("do", "-", "--json", stdin=json.dumps(message))

    assert said.code == Exit.USAGE
    assert said.problem["type"] == "/problems/unknown-field"
    assert said.problem["errors"][0]["pointer"] == pointer
    assert said.problem["facts"] == {"known": known.split(", ")}
    assert "canary" not in said.err


@pytest.mark.parametrize(
    "identifier", ["canary=canary", '{"scheme": "GB-COH", "id": "1", "canary": "canary"}']
)
def test_an_option_names_the_fields_that_there_are(opened: Run, identifier: str) -> None:
    line = ("organisation", "register", "--name", "X", "--side", "supplier", "--identifier")
    said = opened(*line, identifier)

    assert said.code == Exit.USAGE
    assert "unknown-field at /identifiers" in said.err
    assert "  known: scheme, id\n" in said.err
    assert "canary" not in said.err


def test_another_fault_of_form_is_told_as_it_was(opened: Run) -> None:
    message = {"command": "RegisterOrganisation", "data": ORGANISATION | {"name": 1}}
    said = opened("do", "-", stdin=json.dumps(message))

    assert said.code == Exit.USAGE
    assert "wrong-type at /data/name" in said.err
    assert "known:" not in said.err


def test_an_unknown_type_says_where_types_are_listed(opened: Run) -> None:
    said = opened("do", "-", stdin='{"command": "Frobnicate", "data": {}}')

    assert said.code == Exit.USAGE
    assert "unknown-type at /command" in said.err
    assert "docs/cli.md" in said.err


def test_of_the_whole_message_no_place_is_named(opened: Run) -> None:
    said = opened("do", "-", stdin=json.dumps({"command": "X", "data": {}} | CANARY))

    assert said.code == Exit.USAGE
    assert said.err.startswith("unknown-field: A message has the documented fields only")
