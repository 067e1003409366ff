"""Importing 360Giving: organisations first, projects and needs once somebody verified them."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.need import Need
from svx_ledger.domain.organisation import Identifier, Organisation, VerifyOrganisation
from svx_ledger.domain.place import Place
from svx_ledger.domain.project import Project
from svx_ledger.domain.rule import ROLE_NOT_ALLOWED
from svx_ledger.intake import recipients
from svx_ledger.intake.areas import Areas
from svx_ledger.intake.exact import Faulty
from svx_ledger.intake.granting import Terms, import_grants
from svx_ledger.intake.grants import read_grant
from svx_ledger.intake.naming import named
from svx_ledger.intake.tally import Tally
from svx_ledger.ledger import Ledger, Sequenced

from .conftest import OPERATOR, Write, watch

PLACE = Place(police_force="E23999901", local_authority="E07999901")
TERMS = Terms(areas=Areas(PLACE), needed_by=date(2030, 1, 1))
VERIFYING = replace(TERMS, verify_basis="Checked against its register (fictional)")


def grant(**other: Any) -> dict[str, Any]:
    """A grant to a fictional charity."""
    return {
        "id": "360G-demo-1",
        "title": "Lanterns",
        "description": "Evening hubs\nfor young people",
        "currency": "GBP",
        "amountAwarded": 3239,
        "awardDate": "2026-01-01",
        "plannedDates": [{"endDate": "03/10/2014"}],
        "recipientOrganization": [
            {"id": "GB-CHC-999901", "name": "Lantern (fictional)", "charityNumber": "999901"}
        ],
        "fundingOrganization": [{"name": "Quay Fund (fictional)"}],
        "beneficiaryLocation": [{"name": "Marchgate", "geoCode": "E07999902"}],
    } | other


def imported(
    ledger: Ledger, paths: Sequence[Path], terms: Terms = TERMS, actor: Actor = OPERATOR
) -> Tally:
    """Import, and check that everything that was read is accounted for."""
    tally = import_grants(ledger, actor, paths, terms, watch=watch)
    done = tally.imported + tally.unchanged
    assert tally.read == done + len(tally.rejected) + len(tally.waiting)
    return tally


def counts(tally: Tally) -> tuple[int, int, int, int]:
    return tally.imported, tally.unchanged, len(tally.waiting), len(tally.rejected)


def test_a_grant_waits_until_its_recipient_is_verified(ledger: Ledger, write: Write) -> None:
    path = write("g.jsonl", [grant()])
    first = imported(ledger, [path])
    recipient = named("organisation", "identifier:GB-CHC/999901")
    basis = "Checked against its register (fictional)"
    verify = VerifyOrganisation(organisation_id=recipient, basis=basis)

    assert counts(first) == (0, 0, 1, 0)
    assert first.waiting[0].reason == f"{recipient} is not verified"
    assert first.more["organisations"] == {"registered": 1, "verified": 0}
    assert isinstance(ledger.execute(verify, OPERATOR), Sequenced)
    assert counts(imported(ledger, [path])) == (1, 0, 0, 0)
    assert counts(imported(ledger, [path])) == (0, 1, 0, 0)


def test_a_grant_becomes_a_project_and_a_need_in_pounds(ledger: Ledger, write: Write) -> None:
    tally = imported(ledger, [write("g.jsonl", [grant()])], VERIFYING)
    need = ledger.state(Need, named("need", "360G-demo-1"))
    project = ledger.state(Project, named("project", "360G-demo-1"))
    organisation = ledger.state(Organisation, named("organisation", "identifier:GB-CHC/999901"))

    assert counts(tally) == (1, 0, 0, 0)
    assert need is not None
    assert (need.measure, need.unit, need.quantity) == ("cash", "£", Decimal(3239))
    assert need.needed_by == date(2030, 1, 1)
    assert need.place == replace(PLACE, name="Marchgate")
    assert project is not None
    assert project.title == "Lanterns"
    assert organisation is not None
    assert (organisation.name, organisation.side) == ("Lantern (fictional)", "community")
    assert organisation.verified


def test_the_same_grant_in_two_files_is_unchanged(ledger: Ledger, write: Write) -> None:
    files = [
        write("a.jsonl", [grant()]),
        write("b.json", {"grants": [grant(), grant(id="360G-demo-2")]}),
        write("c.jsonl", [[grant(title="Said otherwise")]]),
    ]

    assert counts(imported(ledger, files, VERIFYING)) == (2, 2, 0, 0)
    assert counts(imported(ledger, files, VERIFYING)) == (0, 4, 0, 0)


def test_the_same_grant_with_another_amount_is_rejected(ledger: Ledger, write: Write) -> None:
    imported(ledger, [write("a.jsonl", [grant()])], VERIFYING)
    tally = imported(ledger, [write("b.jsonl", [grant(amountAwarded=1)])])

    assert counts(tally) == (0, 0, 0, 1)
    assert tally.rejected[0].reason == "a grant of this id was imported with another amount"


def test_a_recipient_is_known_by_any_of_its_numbers_however_spelled(
    ledger: Ledger, write: Write
) -> None:
    both = {"id": "GB-CHC-999901", "name": "Lantern (fictional)", "companyNumber": "12345"}
    company = {"id": "GB-COH-00012345", "name": "LANTERN LTD"}
    grants = [
        grant(recipientOrganization=[both]),
        grant(id="360G-demo-2", recipientOrganization=[company]),
    ]
    tally = imported(ledger, [write("a.jsonl", grants)])

    assert tally.more["organisations"]["registered"] == 1
    assert len({wait.reason for wait in tally.waiting}) == 1


def test_what_the_rules_do_not_allow_yet_waits_with_the_reason(
    ledger: Ledger, write: Write
) -> None:
    path = write("a.jsonl", [grant()])
    unplaced = replace(VERIFYING, areas=Areas())
    undated = replace(TERMS, needed_by=None)

    assert imported(ledger, [path], unplaced).waiting[0].reason.startswith("it states no place")
    assert imported(ledger, [path], undated).waiting[0].reason.startswith("its planned dates")
    assert counts(imported(ledger, [path])) == (1, 0, 0, 0)


def test_planned_dates_that_are_not_past_say_by_when_it_is_needed(
    ledger: Ledger, write: Write
) -> None:
    planned = [{"endDate": "2099-01-31T00:00:00+00:00"}, {"endDate": "31 March 2098"}]
    path = write("a.jsonl", [grant(plannedDates=planned)])
    tally = imported(ledger, [path], replace(VERIFYING, needed_by=None))
    need = ledger.state(Need, named("need", "360G-demo-1"))

    assert counts(tally) == (1, 0, 0, 0)
    assert need is not None
    assert need.needed_by == date(2099, 1, 31)


def test_a_need_in_the_past_is_refused_with_the_rule(ledger: Ledger, write: Write) -> None:
    path = write("a.jsonl", [grant()])
    past = replace(VERIFYING, needed_by=date(2020, 1, 1))
    tally = imported(ledger, [path], past)

    assert counts(tally) == (0, 0, 0, 1)
    assert tally.rejected[0].reason.startswith("needed-in-the-past: ")
    assert counts(imported(ledger, [path])) == (1, 0, 0, 0)


def test_places_come_from_tables_of_areas(write: Write) -> None:
    areas = Areas()
    areas.add(
        write(
            "councils.csv",
            "local_authority_code,gss_code,pfa_code\nMAR,E07999902,E23999902\n",
        )
    )
    areas.add(write("small.csv", "lsoa,local-authority-code\nE01999999,MAR\n"))
    known = Place(police_force="E23999902", local_authority="E07999902", name="Quay")

    assert areas.place(["E99999999", "E07999902"], "Quay") == known
    assert areas.place(["E01999999"], None) == replace(known, name=None)
    assert areas.place(["E99999999"], "Quay") is None
    with pytest.raises(Faulty, match="no table of areas"):
        areas.add(write("other.csv", "a,b\n1,2\n"))


def test_a_table_of_grants_in_either_sort_of_headings(ledger: Ledger, write: Write) -> None:
    flat = (
        "grant_id,title,amount,currency,recipient_id,recipient_name,charity_number\n"
        "360G-demo-1,Lanterns,3239.34,GBP,360G-x-1,Lantern (fictional),999901\n"
        "360G-demo-2,Hubs,ten,GBP,360G-x-1,Lantern (fictional),999901\n"
        "360G-demo-3,Hubs,10,EUR,360G-x-1,Lantern (fictional),999901\n"
        "360G-demo-4,Hubs,10,GBP,360G-x-1,,999901\n"
    )
    official = (
        "Identifier,Title,Amount Awarded,Currency,Recipient Org:Name,Recipient Org:Identifier\n"
        "360G-demo-5,Lanterns,12,GBP,Lantern (fictional),GB-CHC-999901\n"
    )
    tally = imported(
        ledger, [write("flat.csv", flat), write("official.csv", official)], VERIFYING
    )
    need = ledger.state(Need, named("need", "360G-demo-1"))

    assert counts(tally) == (2, 0, 0, 3)
    assert [(r.pointer, r.reason) for r in tally.rejected] == [
        ("line 3, column amount", "no number"),
        ("line 4, column currency", "not in GBP"),
        ("line 5, column recipient_name", "no name"),
    ]
    assert need is not None
    assert need.quantity == Decimal("3239.34")


@pytest.mark.parametrize(
    ("spoiled", "pointer", "reason"),
    [
        ({"id": None}, "", "no id"),
        ({"currency": "EUR"}, "/currency", "not in GBP"),
        ({"amountAwarded": "10"}, "/amountAwarded", "no number"),
        ({"amountAwarded": 0}, "/amountAwarded", "nothing was awarded"),
        ({"amountAwarded": -1}, "/amountAwarded", "nothing was awarded"),
        ({"amountAwarded": 10**12}, "/amountAwarded", "12 digits"),
        ({"recipientOrganization": []}, "/recipientOrganization", "a grant has one"),
        ({"recipientOrganization": [{"id": "x"}]}, "/recipientOrganization/0/name", "no name"),
        ({"title": 7}, "/title", "no text"),
        ({"title": None, "description": " "}, "", "neither a title nor a description"),
    ],
)
def test_what_cannot_be_taken_says_where_and_why(
    ledger: Ledger, write: Write, *, spoiled: dict[str, Any], pointer: str, reason: str
) -> None:
    lines = [grant() | spoiled, grant(id="360G-demo-2")]
    tally = imported(ledger, [write("g.jsonl", lines)], VERIFYING)

    assert counts(tally) == (1, 0, 0, 1)
    assert tally.rejected[0].pointer == f"line 1 {pointer or '/'}"
    assert tally.rejected[0].reason.startswith(reason)


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        ("1e1000000", "a number beyond all measure"),
        ("1e-999999999", "a number beyond all measure"),
        ("1e99", "an amount of more than 15 digits"),
        ("0e999999999", "nothing was awarded"),
        ("9" * 101, "a number of more than 100 digits"),
        ("NaN", "no number"),
        ("1_000", "no number"),
    ],
)
def test_a_number_that_would_fill_the_memory_is_rejected_unwritten(
    ledger: Ledger, write: Write, amount: str, reason: str
) -> None:
    flat = (
        "grant_id,title,amount,currency,recipient_id,recipient_name\n"
        f"360G-demo-1,Lanterns,{amount},GBP,GB-CHC-999901,Lantern (fictional)\n"
    )
    tally = imported(ledger, [write("flat.csv", flat)])

    assert tally.rejected[0].pointer == "line 2, column amount"
    assert tally.rejected[0].reason.startswith(reason)


def recipient(**numbers: str) -> dict[str, Any]:
    """The recipient of a grant by these numbers."""
    return {"recipientOrganization": [{"name": "Lantern (fictional)"} | numbers]}


def test_numbers_of_two_organisations_are_rejected_naming_both(
    ledger: Ledger, write: Write
) -> None:
    lines = [
        grant(**recipient(charityNumber="999901")),
        grant(id="2", **recipient(companyNumber="09999902")),
        grant(id="3", **recipient(charityNumber="999901", companyNumber="09999902")),
    ]
    tally = imported(ledger, [write("g.jsonl", lines)], VERIFYING)
    charity = named("organisation", "identifier:GB-CHC/999901")
    company = named("organisation", "identifier:GB-COH/09999902")

    assert counts(tally) == (2, 0, 0, 1)
    assert tally.rejected[0].reason == (
        "the numbers of its recipient belong to "
        f"{charity} (GB-CHC/999901) and {company} (GB-COH/09999902)"
    )


def test_a_further_number_of_a_known_recipient_is_noted_once(
    ledger: Ledger, write: Write
) -> None:
    more = recipient(charityNumber="999901", companyNumber="09999902")
    lines = [
        grant(**recipient(charityNumber="999901")),
        grant(id="2", **more),
        grant(id="3", **more),
    ]
    tally = imported(ledger, [write("g.jsonl", lines)], VERIFYING)
    charity = named("organisation", "identifier:GB-CHC/999901")

    assert counts(tally) == (3, 0, 0, 0)
    assert [(note.pointer, note.reason) for note in tally.notes] == [
        (
            "line 2 /",
            f"{charity} is not registered under GB-COH/09999902, which is stated too",
        )
    ]


def test_a_refused_registration_rejects_every_grant_of_that_recipient(
    ledger: Ledger, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = ROLE_NOT_ALLOWED.refuse(allowed="operator", role="supplier.bidder")
    monkeypatch.setattr(recipients, "give", lambda _, steps: [refusal for _ in steps])
    tally = imported(ledger, [write("g.jsonl", [grant(), grant(id="2")])])

    assert counts(tally) == (0, 0, 0, 2)
    assert {r.reason.partition(":")[0] for r in tally.rejected} == {"role-not-allowed"}


def test_a_refused_verification_is_why_a_grant_waits(ledger: Ledger, write: Write) -> None:
    lead = Actor(id="person-lead", role="community.lead", organisation="organisation-0ther")
    tally = imported(ledger, [write("g.jsonl", [grant()])], VERIFYING, lead)

    assert counts(tally) == (0, 0, 1, 0)
    assert " is not verified: role-not-allowed: " in tally.waiting[0].reason


def test_a_table_of_areas_has_codes(write: Write) -> None:
    with pytest.raises(Faulty, match="line 2: no code of an area"):
        Areas().add(write("x.csv", "gss_code,pfa_code\nE07999901,!!no code!!\n"))


def numbers(**recipient: str) -> list[str]:
    """The registration numbers that a recipient is known by."""
    found = read_grant(grant(recipientOrganization=[{"name": "X (fictional)"} | recipient]))
    return [identifier.key.removeprefix("identifier:") for identifier in found.identifiers]


@pytest.mark.parametrize(
    ("recipient", "known"),
    [
        ({"id": "GB-CHC-999901"}, ["GB-CHC/999901"]),
        ({"id": "GB-COH-4142000"}, ["GB-COH/04142000"]),
        ({"id": "GB-COH-IP28755R"}, ["GB-COH/IP28755R"]),
        ({"id": "casc-ch1234"}, ["casc/CH1234"]),
        ({"id": "360G-ocf-1", "charityNumber": "999901"}, ["GB-CHC/999901"]),
        ({"id": "360G-ocf-1", "charityNumber": "SC12345"}, ["GB-SC/SC012345"]),
        ({"id": "360G-ocf-1", "charityNumber": "NIC123456"}, ["GB-NIC/123456"]),
        (
            {"id": "GB-CHC-999901", "charityNumber": "999901", "companyNumber": "4270053"},
            ["GB-CHC/999901", "GB-COH/04270053"],
        ),
        ({"id": "360G-ocf-1", "charityNumber": "n/a", "companyNumber": "00000000"}, []),
        ({"id": "GB-EDU-1"}, []),
        ({"id": "GB-CHC-"}, []),
        ({"id": "SVX-1"}, []),
        ({}, []),
    ],
)
def test_a_recipient_is_known_by_the_numbers_that_it_states(
    recipient: dict[str, str], known: list[str]
) -> None:
    assert numbers(**recipient) == known


def test_a_recipient_without_a_number_is_rejected_not_invented(
    ledger: Ledger, write: Write
) -> None:
    nameless = grant(recipientOrganization=[{"id": "360G-x", "name": "Quay Group (fictional)"}])
    tally = imported(ledger, [write("g.jsonl", [nameless])])

    assert counts(tally) == (0, 0, 0, 1)
    assert "no number of a register" in tally.rejected[0].reason
    assert ledger.store.head().position == 1


def test_a_text_longer_than_its_field_ends_visibly() -> None:
    found = read_grant(grant(title="x" * 201, description="y" * 2001))

    assert found.title == "x" * 196 + " […]"
    assert len(found.use) == 2000
    assert Identifier(scheme="GB-CHC", id="999901") in found.identifiers


GRANTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from([*grant(), "name", "geoCode", "endDate"]), inner)
    ),
    max_leaves=20,
)


@given(GRANTS)
def test_any_value_at_all_is_a_grant_or_faulty(value: Any) -> None:
    for tried in (value, grant() | (value if isinstance(value, dict) else {})):
        with suppress(Faulty):
            assert read_grant(tried).amount > 0
