"""Importing OCDS: every shape of it, once, with a place and a reason for what is not taken."""

import json
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.observation.events import (
    NoticeRecorded,
    ProcurementObserved,
    PublishedAwardRecorded,
)
from svx_ledger.domain.observation.stated import Stated, StatedMoney, StatedParty
from svx_ledger.domain.organisation import Identifier, RegisterOrganisation, VerifyOrganisation
from svx_ledger.domain.procurement import Lot, RegisterProcurement
from svx_ledger.eventlog.record import read_event
from svx_ledger.intake.exact import Faulty, parsed
from svx_ledger.intake.observing import import_ocds
from svx_ledger.intake.ocds import ReadRelease, read_release
from svx_ledger.intake.releases import releases_in
from svx_ledger.intake.tally import Tally
from svx_ledger.ledger import Ledger, Sequenced

from .conftest import OPERATOR, Write, package, release, watch


def imported(ledger: Ledger, *paths: Path, actor: Actor = OPERATOR) -> Tally:
    """Import, and check that everything that was read is accounted for."""
    tally = import_ocds(ledger, actor, paths, watch)
    assert tally.read == tally.imported + tally.unchanged + len(tally.rejected)
    return tally


def read(value: Any, file: str = "p.json", pointer: str = "/") -> ReadRelease:
    """Read the first release in a value as a file would have it."""
    found = next(releases_in(parsed(json.dumps(value).encode())))
    return read_release(found, file=file, pointer=pointer)


def counts(tally: Tally) -> tuple[int, int, int]:
    return tally.imported, tally.unchanged, len(tally.rejected)


def events(ledger: Ledger) -> list[object]:
    """Everything on the log after its opening."""
    return [read_event(row) for row in ledger.store.rows(after=1)]


def test_a_release_becomes_a_procurement_a_notice_and_its_awards(
    ledger: Ledger, write: Write
) -> None:
    tally = imported(ledger, write("p.json", package(release())))
    observed, notice, award = events(ledger)

    assert counts(tally) == (1, 0, 0)
    assert isinstance(observed, ProcurementObserved)
    assert isinstance(notice, NoticeRecorded)
    assert isinstance(award, PublishedAwardRecorded)
    assert observed.ocid == "ocds-demo00-lamps"
    assert observed.buyer == StatedParty(
        name=Stated(text="Fenmarsh Council (fictional)"), scheme="GB-LAE", id="FEN"
    )
    assert (notice.source.file, notice.source.pointer) == ("p.json", "/releases/0")
    assert notice.source.publisher == Stated(text="Fenmarsh Notices (fictional)")
    assert notice.value == StatedMoney(amount=Decimal("145017.8"), currency="GBP")
    assert notice.least_value == StatedMoney(amount=Decimal(0), currency="GBP")
    assert notice.tags == ("award",)
    assert notice.awards == 1
    assert [t.text for t in (notice.deadline, notice.starts, notice.ends) if t] == [
        "2020-10-16",
        "31 March 2014",
        "12 months",
    ]
    assert award.suppliers == (StatedParty(name=Stated(text="Glimmerfold (fictional)")),)
    assert award.released == notice.dated
    assert award.value is not None
    assert award.value.pence == 7_250_880


def test_the_same_file_again_writes_nothing(ledger: Ledger, write: Write) -> None:
    path = write("p.json", package(release("ocds-a"), release("ocds-b")))
    imported(ledger, path)
    head = ledger.store.head()
    again = imported(ledger, path)

    assert counts(again) == (0, 2, 0)
    assert ledger.store.head() == head
    assert again.more["decided_elsewhere"]["statements"] == 2


def test_the_same_release_in_another_file_or_form_is_unchanged(
    ledger: Ledger, write: Write
) -> None:
    one = release()
    tally = imported(
        ledger,
        write("p.json", package(one)),
        write("lines.jsonl", [one, one]),
        write("record.json", {"records": [{"ocid": one["ocid"], "releases": [one]}]}),
    )

    assert counts(tally) == (1, 3, 0)
    assert len(events(ledger)) == 3


def test_a_changed_release_of_the_same_id_is_a_further_statement(
    ledger: Ledger, write: Write
) -> None:
    later = release(date="2022-10-21T09:00:00Z")
    later["awards"][0]["value"] = {"amount": 10, "currency": "GBP"}
    tally = imported(ledger, write("p.json", package(later, release())))  # newest first
    sums = tally.more["decided_elsewhere"]

    assert counts(tally) == (2, 0, 0)
    assert (sums["statements"], sums["statements_pence"]) == (2, 7_251_880)
    assert (sums["merged"], sums["merged_pence"]) == (1, 1_000)
    assert len([e for e in events(ledger) if isinstance(e, ProcurementObserved)]) == 1


def test_an_import_that_was_cut_short_goes_on_from_there(ledger: Ledger, write: Write) -> None:
    path = write("p.json", package(release()))
    found = read(package(release()), pointer="/releases/0")
    ledger.execute(found.observe, OPERATOR)
    ledger.execute(found.notice, OPERATOR)

    assert counts(imported(ledger, path)) == (1, 0, 0)
    assert len(events(ledger)) == 3
    assert counts(imported(ledger, path)) == (0, 1, 0)


def test_a_refusal_of_an_earlier_run_is_not_held_against_the_next(
    ledger: Ledger, write: Write
) -> None:
    path = write("p.json", package(release()))
    buyer = Actor(id="person-buyer", role="authority.buyer")
    refused = imported(ledger, path, actor=buyer)

    assert counts(refused) == (0, 0, 1)
    assert refused.rejected[0].reason.startswith("role-not-allowed: ")
    assert counts(imported(ledger, path)) == (1, 0, 0)


def test_a_release_counts_once_in_the_sums_and_not_where_it_is_rejected(
    ledger: Ledger, write: Write
) -> None:
    one = release()
    buyer = Actor(id="person-buyer", role="authority.buyer")
    refused = imported(ledger, write("a.jsonl", [one, one]), actor=buyer)
    tally = imported(ledger, write("b.jsonl", [one, one]))

    assert counts(refused) == (0, 0, 2)
    assert refused.more["decided_elsewhere"]["statements"] == 0
    assert counts(tally) == (1, 1, 0)
    assert tally.more["decided_elsewhere"]["statements"] == 1
    assert tally.more["decided_elsewhere"]["statements_pence"] == 7_250_880


def test_where_dates_do_not_say_what_is_latest_that_is_noted(
    ledger: Ledger, write: Write
) -> None:
    days = [release(date=day) for day in ("2022-10-21", "2022-10-20T23:00:00Z", "2022-10-19")]
    sure = imported(ledger, write("a.jsonl", days))
    other = [release("ocds-b", date=day) for day in ("2022-10-21", "2022-10-21T09:00:00Z")]
    unsure = imported(ledger, write("b.jsonl", other))

    assert sure.notes == []
    assert [(note.file, note.pointer) for note in unsure.notes] == [("b.jsonl", "line 1 /")]
    assert unsure.notes[0].reason.startswith("award ocds-b-1-1 of ocds-b: the dates do not")


def test_a_package_of_both_sorts_is_read_whole(ledger: Ledger, write: Write) -> None:
    records = [{"ocid": "ocds-a", "releases": [release("ocds-a")]}]
    tally = imported(ledger, write("p.json", package(release("ocds-b"), records=records)))

    assert counts(tally) == (2, 0, 0)


def test_a_release_without_an_id_is_known_by_what_it_says(ledger: Ledger, write: Write) -> None:
    one = release()
    del one["id"]
    path = write("lines.jsonl", [one, release("ocds-other")])

    assert counts(imported(ledger, path)) == (2, 0, 0)
    assert counts(imported(ledger, path)) == (0, 2, 0)


def test_an_ocds_1_0_organisation_has_its_identifier_beside_its_name(
    ledger: Ledger, write: Write
) -> None:
    buyer = {"name": "Fen (fictional)", "identifier": {"scheme": "GB-COH", "id": 7}}
    imported(ledger, write("p.json", package(release(buyer=buyer, parties=None, awards=[]))))
    observed = events(ledger)[0]

    assert isinstance(observed, ProcurementObserved)
    assert observed.buyer == StatedParty(
        name=Stated(text="Fen (fictional)"), scheme="GB-COH", id="7"
    )


def test_a_record_is_its_releases_or_its_compiled_release_where_it_only_links(
    ledger: Ledger, write: Write
) -> None:
    one, linked = release("ocds-a"), {"url": "https://notices.example/1#a", "tag": ["award"]}
    full = {"ocid": "ocds-a", "releases": [one], "compiledRelease": release("ocds-c")}
    lean = {"releases": [linked], "compiledRelease": release("ocds-b"), "versionedRelease": {}}
    bare = {"releases": [linked], "versionedRelease": {}}
    tally = imported(ledger, write("r.json", {"records": [full, lean, bare]}))
    ocids = [e.ocid for e in events(ledger) if isinstance(e, ProcurementObserved)]

    assert ocids == ["ocds-a", "ocds-b"]
    assert counts(tally) == (2, 0, 1)
    assert tally.rejected[0].pointer == "/records/2"
    assert tally.rejected[0].reason.startswith("a record with neither releases nor")


def award(**other: Any) -> dict[str, Any]:
    return {"id": "1", "suppliers": [{"name": "A (fictional)"}]} | other


@pytest.mark.parametrize(
    ("spoiled", "pointer", "reason"),
    [
        ({"ocid": None}, "", "no ocid"),
        ({"ocid": "no spaces allowed"}, "/ocid", "an ocid has"),
        ({"ocid": ["x"]}, "/ocid", "no text"),
        ({"tender": []}, "/tender", "no object"),
        ({"tender": {"title": 7}}, "/tender/title", "no text"),
        ({"tender": {"value": 7}}, "/tender/value", "no object"),
        ({"tender": {"value": {"amount": "7"}}}, "/tender/value/amount", "no number"),
        ({"date": 7}, "/date", "no text"),
        ({"date": "x" * 101}, "/date", "a date of more than"),
        ({"tag": [[]]}, "/tag", "no text"),
        ({"tag": ["x"] * 51}, "/tag", "more than 50 tags"),
        ({"id": "a\u200bb"}, "/id", "an identifier with characters"),
        ({"parties": [7]}, "/parties/0", "no object"),
        ({"awards": {}}, "/awards", "no list"),
        ({"awards": [{"suppliers": []}]}, "/awards/0", "an award without an id"),
        ({"awards": [award(), award()]}, "/awards/1/id", "a second award of the same id"),
        ({"awards": [award(suppliers=[{}])]}, "/awards/0/suppliers/0", "a supplier with"),
        ({"awards": [award(suppliers=[7])]}, "/awards/0/suppliers/0", "no object"),
        (
            {"awards": [award(suppliers=[{"name": "A"}] * 251)]},
            "/awards/0/suppliers",
            "more than 250 suppliers",
        ),
        ({"awards": [award(suppliers=[{"name": "A" * 900}] * 62)]}, "", "its facts need"),
        ({"awards": [award(id=str(n)) for n in range(1001)]}, "/awards", "more than 1000"),
    ],
)
def test_what_cannot_be_taken_says_where_and_why_and_the_rest_goes_on(
    ledger: Ledger, write: Write, *, spoiled: dict[str, Any], pointer: str, reason: str
) -> None:
    wrong = release("ocds-wrong") | spoiled
    tally = imported(ledger, write("p.json", package(wrong, release("ocds-good"))))

    assert counts(tally) == (1, 0, 1)
    assert (tally.rejected[0].file, tally.rejected[0].pointer) == (
        "p.json",
        f"/releases/0{pointer}",
    )
    assert tally.rejected[0].reason.startswith(reason)


def test_lines_are_numbered(ledger: Ledger, write: Write) -> None:
    lines = b'{"ocid": "ocds-a"}\n{"releases": [7]}\n{"ocid": "ocds-b", "date": 1}\n{"x": 1}\n'
    tally = imported(ledger, write("l.jsonl", lines + b"{\n" + b'{"ocid": 1, "ocid": 2}\n'))

    assert [(r.pointer, r.reason.split(":")[0]) for r in tally.rejected] == [
        ("line 2 /releases/0", "no object"),
        ("line 3 /date", "no text"),
        ("line 4 /", "neither an OCDS release, nor a record or a package of them"),
        ("line 5 /", "no JSON"),
        ("line 6 /", "a key stands there twice"),
    ]


@pytest.mark.parametrize(
    "content", [b"[]", b'{"releases": []}', b'{"records": []}', b'{"records":[],"releases":[]}']
)
def test_nothing_in_it_is_nothing_read(ledger: Ledger, write: Write, content: bytes) -> None:
    assert counts(imported(ledger, write("x", content))) == (0, 0, 0)


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\x01\x02\xff" * 100,
        b"[" * 200_000,
        b'{"releases": 7}',
        b'{"records": {}}',
        b"7",
        b'"text"',
        b'{"releases": [], "releases": []}',
        b"a,b,c\n1,2,3\n",
        b"<xml/>",
        b"",
        b"\n\n",
    ],
)
def test_a_hostile_file_is_rejected_as_a_whole(
    ledger: Ledger, write: Write, content: bytes
) -> None:
    assert counts(imported(ledger, write("x", content))) == (0, 0, 1)
    assert ledger.store.head().position == 1


def test_an_ocid_is_observed_on_the_stream_that_has_it(ledger: Ledger, write: Write) -> None:
    other = replace(read(release()).observe, procurement_id="procurement-0ther")
    ledger.execute(other, OPERATOR)

    assert counts(imported(ledger, write("p.json", package(release())))) == (1, 0, 0)
    assert {row.stream for row in ledger.store.rows(after=1)} == {"procurement-0ther"}


def test_a_procurement_of_the_exchanges_own_takes_no_notices(
    ledger: Ledger, write: Write
) -> None:
    authority = "organisation-auth1"
    identifier = Identifier(scheme="GB-LAE", id="DEMO")
    for command in (
        RegisterOrganisation(
            organisation_id=authority,
            name="Fenmarsh (fictional)",
            side="authority",
            identifiers=(identifier,),
        ),
        VerifyOrganisation(organisation_id=authority, basis="checked"),
    ):
        assert isinstance(ledger.execute(command, OPERATOR), Sequenced)
    register = RegisterProcurement(
        procurement_id="procurement-own1",
        ocid="ocds-demo00-lamps",
        title="Lamps",
        authority_id=authority,
        acts_for=(),
        lots=(Lot(lot="1", title="Lamps", contract_value_pence=1),),
        regime="other",
        nation="england",
        policy="none",
        social_value_weight=Decimal(10),
    )
    buyer = Actor(id="person-buyer", role="authority.buyer", organisation=authority)
    assert isinstance(ledger.execute(register, buyer), Sequenced)
    tally = imported(ledger, write("p.json", package(release(), release("ocds-other"))))

    assert counts(tally) == (1, 0, 1)
    assert tally.rejected[0].pointer == "/releases/0/ocid"
    assert tally.rejected[0].reason == "a procurement of the exchange's own has this ocid"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.decimals(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("ocid", "id", "tag", "date", "tender", "value", "amount", "awards"),
                    *("suppliers", "parties", "buyer", "name", "identifier"),
                    *("releases", "records"),
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=300)
@given(VALUES)
def test_any_document_at_all_is_read_or_faulty(document: Any) -> None:
    for found in releases_in(document):
        with suppress(Faulty):
            taken = read_release(found, file="f", pointer="/")

            assert taken.notice.procurement_id == taken.observe.procurement_id


def test_the_publisher_of_a_package_may_be_anything() -> None:
    publisher: Any
    for publisher in (7, [], {"name": 7}, {"name": "\ud800"}, {}):
        assert read(package(release(), publisher=publisher)).ocid == "ocds-demo00-lamps"
