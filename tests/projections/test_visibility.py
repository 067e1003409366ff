"""Who may see what: docs/visibility.md cell by cell, and what the table must always hold."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.events import SupplierInvited
from svx_ledger.domain.kind import Event
from svx_ledger.domain.vocabulary import KINDS
from svx_ledger.eventlog.record import Recorded, read_record
from svx_ledger.eventlog.types import TYPES, stored_name
from svx_ledger.projections.auction_rows import (
    AUCTION,
    BID,
    PARTICIPANT,
    AuctionRow,
    BidRow,
    ParticipantRow,
)
from svx_ledger.projections.memory import Tables
from svx_ledger.projections.visibility import (
    FIELDS,
    HIDDEN,
    PARTS,
    RULES,
    context_of,
    hidden_fields,
    may_see,
    seen,
)
from svx_ledger.projections.visibility.about import never
from svx_ledger.projections.visibility.context import (
    APPROVAL,
    OWNER,
    READER,
    ApprovalRow,
    OwnerRow,
    ReaderRow,
)
from svx_ledger.projections.visibility.moments import BEFORE_CLOSE
from svx_ledger.projections.visibility.rules import Rule
from tests.golden import golden
from tests.golden.handmade import handmade

PAGE = (Path(__file__).parents[2] / "docs" / "visibility.md").read_text(encoding="utf-8")
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
AUTHORITY, OTHER = "organisation-auth", "organisation-other"
SUPPLIER, RIVAL = "organisation-supplier", "organisation-rival"
OF_SUPPLIER = "participations-supplier"
AUCTION_ID, POSITION = "auction-shown", 100


def person(role: Any, organisation: str | None = None, name: str = "person-1") -> Actor:
    return Actor(id=name, role=role, organisation=organisation)


VIEWERS: Final[dict[str, Actor | None]] = {
    "public": None,
    "authority": person("authority.buyer", AUTHORITY),
    "observer": person("authority.observer", AUTHORITY),
    "other": person("authority.approver", OTHER),
    "supplier": person("supplier.signatory", SUPPLIER),
    "rival": person("supplier.bidder", RIVAL),
    "community": person("community.lead", "organisation-comm"),
    "operator": person("operator", "organisation-exchange"),
    "evaluator": person("evaluator", "organisation-eval"),
    "auditor": person("auditor", "organisation-audit"),
    "reader": person("auditor", "organisation-audit", "person-reader"),
}
PHASES: Final = (
    "drafted",
    "rules-frozen",
    "scheduled",
    "open",
    "paused",
    "closed",
    "ranked",
    "disclosed",
    "cancelled",
    "unsuccessful",
    "unsuccessful after ranking",
    "unsuccessful after disclosure",
    "voided",
    "voided after ranking",
    "voided after disclosure",
)
REQUESTS: Final = {
    "asked": ApprovalRow("", POSITION, 0),
    "asked again": ApprovalRow("", POSITION, POSITION - 1),
    "approved": ApprovalRow("", POSITION, POSITION + 1),
}


class Moment(NamedTuple):
    """When somebody looks on."""

    phase: str
    excluded: bool = False
    request: str = "asked"

    @property
    def ranked(self) -> bool:
        return self.phase in ("ranked", "disclosed") or "after" in self.phase

    def called(self, rule: str) -> str:
        """What the page calls this moment beside a rule."""
        if rule in ("public", "competes-in", "conflicts", "access", "resource"):
            return "always"
        if rule in ("recommendation", "correction-request"):
            return self.request
        if rule == "exclusion-request":
            excluded = "excluded" if self.excluded else "not excluded"
            return f"ranked, {excluded}" if self.ranked else "before the ranking"
        return self.phase


MOMENTS: Final = [
    Moment(phase, excluded, request)
    for phase in PHASES
    for excluded in (False, True)
    for request in REQUESTS
]


def section(heading: str) -> str:
    return PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def cells(text: str) -> Iterator[list[str]]:
    """The cells of each row of the tables in a text, but for their headings."""
    for line in text.splitlines():
        if line.startswith("| ") and not line.startswith(("| rule", "| state", "| column")):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def quoted(cell: str) -> tuple[str, ...]:
    return tuple(re.findall(r"`([^`]+)`", cell))


@cache
def page_types() -> dict[str, str]:
    """Each stored type with its rule, as the page has it."""
    rows = [(quoted(rule)[0], quoted(types)) for rule, types in cells(section("Types"))]
    assert len({name for _, types in rows for name in types}) == sum(len(t) for _, t in rows)
    return {name: rule for rule, types in rows for name in types}


@cache
def page_cells() -> dict[tuple[str, str, str], bool]:
    """(rule, moment, column) → whether the page says yes."""
    text = section("Who, at which phase")
    headings = (
        next(x for x in text.splitlines() if x.startswith("| rule")).strip("|").split("|")
    )
    columns = [heading.strip() for heading in headings][2:]
    found: dict[tuple[str, str, str], bool] = {}
    for rule, moments, *said in (row for row in cells(text) if len(row) > 2):
        name = quoted(rule)[0]
        parts = [moments] if name == "exclusion-request" else moments.split(", ")
        for moment in parts:
            for column, cell in zip(columns, said, strict=True):
                assert cell in ("yes", "no")
                assert (name, moment, column) not in found
                found[name, moment, column] = cell == "yes"
    return found


@cache
def examples() -> dict[str, Recorded]:
    """A record of every stored type."""
    rows = [*(line.row for line in golden()), *handmade()]
    return {row.type: read_record(row) for row in rows}


def about_the_supplier(name: str) -> Recorded:
    """The example of a type, about our supplier and on a stream of ours."""
    example = examples()[name]
    event: Any = example.event
    ours = {"supplier_id": SUPPLIER, "auction_id": AUCTION_ID, "bid_no": 7}
    names = {field.name for field in fields(event)}
    event = replace(event, **{n: value for n, value in ours.items() if n in names})
    kind = next(k.name for k in KINDS.values() if type(event) in k.events)
    stream = OF_SUPPLIER if kind == "participations" else f"{kind}-shown"
    return replace(example, stream=stream, event=event, position=POSITION)


def rows_at(moment: Moment, stream: str, *, owner: str = AUTHORITY) -> Tables:
    """What is known of one auction, and of a stream, at a moment."""
    _, after, before = moment.phase.partition(" after ")
    phase = "ranked" if moment.phase == "disclosed" else moment.phase.partition(" ")[0]
    auction = AuctionRow(
        auction_id=AUCTION_ID,
        procurement_id="procurement-1",
        lot="1",
        authority_id=AUTHORITY,
        proxy_set_id="proxy-set-1",
        phase=phase,
        opens_at=AT,
        closes_at=AT,
        hard_stop=AT,
        bidder_count_shown=False,
        mode="ascending",
        visibility="rank",
        rank_on="social-value",
        basis="pounds",
        reserve_pence=0,
        reserve_points=None,
        formula="share-of-best",
        weight=Decimal(10),
        target_pence=None,
        target_points=None,
        disclosed=moment.phase == "disclosed" or before == "disclosure",
        ranked_at=AT if moment.ranked else None,
    )
    status = "excluded" if moment.excluded else "qualified"
    tables = Tables()
    reader = VIEWERS["reader"]
    assert reader is not None
    assert after in ("", " after ")
    tables.apply(
        [
            AUCTION.put(auction),
            PARTICIPANT.put(ParticipantRow(AUCTION_ID, SUPPLIER, status)),
            PARTICIPANT.put(ParticipantRow(AUCTION_ID, RIVAL, "qualified")),
            BID.put(BidRow(AUCTION_ID, 7, SUPPLIER, 100, AT, POSITION - 1, None)),
            READER.put(ReaderRow(AUCTION_ID, reader.id, reader.organisation or "")),
            OWNER.put(OwnerRow(stream, owner)),
            APPROVAL.put(REQUESTS[moment.request]._replace(stream=stream)),
        ]
    )
    return tables


def owner_of(rule: str) -> str:
    return SUPPLIER if rule == "resource" else AUTHORITY


def test_every_stored_type_states_its_rule_and_the_page_says_the_same() -> None:
    assert RULES.keys() == set(TYPES.values())
    assert page_types() == {name: RULES[event].name for name, event in TYPES.items()}


def test_there_is_an_example_of_every_type() -> None:
    assert examples().keys() == TYPES.keys()


def test_the_page_has_every_rule_at_every_moment_and_for_everybody() -> None:
    tables: list[Mapping[Any, Rule]] = [RULES, *FIELDS.values(), *PARTS.values()]
    rules = {rule.name for table in tables for rule in table.values()}
    expected = {
        (rule, moment.called(rule), column)
        for rule in rules
        for moment in MOMENTS
        for column in VIEWERS
    }

    assert page_cells().keys() == expected
    assert {quoted(row[0])[0] for row in cells(section("The rules"))} == rules


@pytest.mark.parametrize("name", TYPES)
def test_every_type_is_seen_by_whom_the_page_says_at_every_moment(name: str) -> None:
    rule, recorded = page_types()[name], about_the_supplier(name)
    for moment in MOMENTS:
        rows = rows_at(moment, recorded.stream, owner=owner_of(rule))
        for column, viewer in VIEWERS.items():
            said = page_cells()[rule, moment.called(rule), column]
            told = seen(recorded, rows, viewer)

            assert may_see(recorded, rows, viewer) is said, (moment, column)
            assert told.withheld is not said, (moment, column)


@pytest.mark.parametrize("name", TYPES)
def test_who_acts_for_somebody_else_or_from_nowhere_sees_what_the_public_sees(
    name: str,
) -> None:
    recorded, rule = about_the_supplier(name), page_types()[name]
    for moment in MOMENTS:
        rows = rows_at(moment, recorded.stream, owner=owner_of(rule))
        public = may_see(recorded, rows)
        for role, organisation, behalf in (
            ("supplier.bidder", RIVAL, SUPPLIER),
            ("supplier.bidder", SUPPLIER, RIVAL),
            ("authority.buyer", OTHER, AUTHORITY),
            ("authority.buyer", AUTHORITY, OTHER),
            ("supplier.bidder", None, None),
            ("supplier.bidder", AUTHORITY, None),
            ("authority.buyer", SUPPLIER, None),
            ("public", SUPPLIER, None),
            ("witness", AUTHORITY, None),
            ("community.lead", SUPPLIER, None),
        ):
            viewer = replace(person(role, organisation), on_behalf_of=behalf)
            if rule in ("access", "correction-request") and viewer.organisation == AUTHORITY:
                continue  # these ask whose record it is, and not on which side
            assert may_see(recorded, rows, viewer) is public, (moment, viewer)


@pytest.mark.parametrize("name", TYPES)
def test_of_what_is_hidden_nothing_is_told_but_that_and_when(name: str) -> None:
    recorded = about_the_supplier(name)
    told = seen(recorded, Tables())
    if page_types()[name] == "public":
        assert (told.event, told.actor, told.type) == (recorded.event, recorded.actor, name)
        assert (told.command_id, told.command_type) == (
            recorded.command.id,
            recorded.command.type,
        )
        return
    placed = name != "participation-began.v1"
    plain = {field.name: getattr(told, field.name) for field in fields(told)}

    assert told.withheld
    assert plain == {
        "position": POSITION,
        "stream": recorded.stream if placed else None,
        "version": recorded.version if placed else None,
        "type": HIDDEN,
        "recorded_at": recorded.recorded_at,
        "actor": None,
        "command_type": HIDDEN,
        "command_id": None,
        "event": None,
    }


@pytest.mark.parametrize("phase", PHASES)
def test_a_supplier_s_participations_are_named_to_itself_alone_and_never_come_out(
    phase: str,
) -> None:
    recorded = about_the_supplier("participation-began.v1")
    rows = rows_at(Moment(phase), recorded.stream)

    for column, viewer in VIEWERS.items():
        told = seen(recorded, rows, viewer)
        whose = (OF_SUPPLIER, recorded.version) if column == "supplier" else (None, None)
        assert (told.stream, told.version) == whose, column


def test_no_event_that_is_hidden_with_its_stream_stands_among_others() -> None:
    """Else the versions of what comes out, or is shown, would tell of what does not."""
    for kind in KINDS.values():
        rules = {rule for event in kind.events if (rule := RULES.get(event))}
        if any(rule.traceless for rule in rules):
            (rule,) = rules
            assert rule.public is never


def test_what_a_rule_asks_about_stands_on_the_record_s_stream_or_nowhere() -> None:
    for name in TYPES:
        recorded = about_the_supplier(name)
        asked = context_of(recorded)
        if page_types()[name] == "public":
            assert asked is None
        else:
            assert asked == recorded.stream


def test_a_type_without_a_rule_is_hidden_from_everybody() -> None:
    class Unheard(Event):
        """Nothing that the exchange knows."""

    recorded = replace(about_the_supplier("ledger-opened.v1"), event=Unheard())
    rows = rows_at(Moment("voided after disclosure"), recorded.stream)

    assert not any(may_see(recorded, rows, viewer) for viewer in VIEWERS.values())
    assert seen(recorded, rows).type == HIDDEN


def test_an_unknown_context_hides() -> None:
    for name in TYPES:
        recorded = about_the_supplier(name)
        assert may_see(recorded, Tables()) is (page_types()[name] == "public")


@pytest.mark.parametrize("phase", PHASES)
def test_a_supplier_is_not_shown_with_whom_it_competes(phase: str) -> None:
    recorded = about_the_supplier("supplier-invited.v1")
    flagged = SupplierInvited(supplier_id=SUPPLIER, connected_to=(RIVAL,))
    recorded, moment = replace(recorded, event=flagged), Moment(phase)
    rows = rows_at(moment, recorded.stream)
    for column, viewer in VIEWERS.items():
        told = seen(recorded, rows, viewer).event
        whole = page_cells()["participation-flag", phase, column]
        known = page_cells()["participation", phase, column]
        expected = replace(flagged, connected_to=None) if not whole else flagged

        assert told == (expected if known else None), column


def test_a_reader_is_the_auditor_that_is_on_record_and_nobody_else() -> None:
    recorded = about_the_supplier("bid-accepted.v1")
    rows = rows_at(Moment("voided"), recorded.stream)
    reader = VIEWERS["reader"]
    assert reader is not None
    others = [
        replace(reader, id="person-1"),
        replace(reader, organisation=None),
        replace(reader, organisation=OTHER),
        replace(reader, role="evaluator"),
        replace(reader, role="operator"),
    ]

    assert may_see(recorded, rows, reader)
    assert not any(may_see(recorded, rows, viewer) for viewer in others)
    elsewhere = replace(recorded, stream="auction-other")
    assert not may_see(elsewhere, rows, reader)


def test_a_reader_without_an_organisation_is_known_by_its_person() -> None:
    recorded = about_the_supplier("bid-accepted.v1")
    rows = rows_at(Moment("closed"), recorded.stream)
    rows.apply([READER.put(ReaderRow(AUCTION_ID, "person-alone", ""))])

    assert may_see(recorded, rows, person("auditor", None, "person-alone"))
    assert not may_see(recorded, rows, person("auditor", OTHER, "person-alone"))


def test_no_phase_before_the_close_is_forgotten() -> None:
    assert set(PHASES[: PHASES.index("closed")]) == BEFORE_CLOSE


@pytest.mark.parametrize("kind", [*FIELDS])
def test_each_field_of_a_state_is_shown_as_the_page_says(kind: type[Any]) -> None:
    text = section("What things have come to")
    rows = [row for row in cells(text) if row[0] == kind.__name__]
    hidden = {
        n: quoted(rule)[0]
        for _, rule, names in (r for r in rows if len(r) == 3)
        for n in quoted(names)
    }
    (public,) = [quoted(row[1]) for row in rows if len(row) == 2]

    assert hidden == {name: rule.name for name, rule in FIELDS[kind].items()}
    assert hidden.keys() | set(public) == {field.name for field in fields(kind)}
    assert hidden.keys().isdisjoint(public)


STATE_STREAMS: Final = {"Participations": OF_SUPPLIER, "Auction": AUCTION_ID}
NO_ONE_S: Final = {  # what an event's rule says of a bidder is not true of all bids together
    "bid": {"supplier"},
    "participation": {"supplier"},
    "exclusion-request": {"supplier"},
}


@pytest.mark.parametrize("kind", [*FIELDS])
def test_a_state_shows_its_fields_to_those_who_see_all_that_they_come_from(
    kind: type[Any],
) -> None:
    stream = STATE_STREAMS.get(kind.__name__, "thing-shown")
    state = object.__new__(kind)
    for moment in (m for m in MOMENTS if not m.excluded):
        for column, viewer in VIEWERS.items():
            owner = SUPPLIER if kind.__name__ == "ResourceOffer" else AUTHORITY
            rows = rows_at(moment, stream, owner=owner)
            hidden = hidden_fields(stream, state, rows, viewer)
            for name, rule in FIELDS[kind].items():
                said = page_cells()[rule.name, moment.called(rule.name), column]
                if column in NO_ONE_S.get(rule.name, ()) and not moment.ranked:
                    said = False
                if rule.name == "exclusion-request":
                    said = column == "authority"
                assert (name not in hidden) is said, (name, moment, column)


def test_stored_names_and_classes_are_one_to_one() -> None:
    assert {stored_name(event) for event in RULES} == TYPES.keys()
