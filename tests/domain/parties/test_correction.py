"""Corrections: each rule on either side of its boundary."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.corrected import RecordCorrected
from svx_ledger.domain.correction import (
    ApproveCorrection,
    Correction,
    CorrectionApproved,
    CorrectionRequested,
    RequestCorrection,
)
from svx_ledger.domain.correction.correctable import CORRECTABLE, correctable
from svx_ledger.domain.indicator import Indicator
from svx_ledger.domain.kind import Event
from svx_ledger.domain.organisation import Organisation, VerifyOrganisation
from svx_ledger.domain.permission import unless_verified
from svx_ledger.domain.spend import (
    AdministrationCostRecorded,
    ExchangeSpendRecorded,
    InputRecorded,
    Spend,
)
from svx_ledger.domain.vocabulary import KINDS
from tests.domain.auction.scene import AUCTION, DRAFTED
from tests.domain.cast import (
    APPROVER,
    AUTHORITY,
    BIDDER,
    BOUGHT,
    BUYER,
    COMMUNITY,
    LEAD,
    NEED,
    OTHER_AUTHORITY,
    OTHER_BUYER,
    PROCUREMENT,
    PROJECT,
    PROPOSED,
    STARTED,
    SUPPLIER,
    Past,
    verified,
)
from tests.domain.outcome import NOON, OPERATOR, World, outcome

from .refused import refused
from .test_indicator import FIGURE, OBSERVED

CORRECTION = "correction-c001"
SPEND = "spend-s001"
PAID = ExchangeSpendRecorded(
    payer_id=AUTHORITY,
    procurement_id=PROCUREMENT,
    period_from=date(2026, 1, 1),
    period_to=date(2026, 1, 31),
    invoice="INV-1",
    amount_pence=120_000,
)
COST = AdministrationCostRecorded(
    payer_id=AUTHORITY,
    period_from=date(2026, 1, 1),
    period_to=date(2026, 1, 31),
    basis="Timesheets",
    amount_pence=70_000,
)
PUT_IN = InputRecorded(
    payer_id=SUPPLIER,
    period_from=date(2026, 1, 1),
    period_to=date(2026, 1, 31),
    what="staff-time",
    basis="Timesheets",
    amount_pence=50_000,
)
ADDED = replace(PUT_IN, payer_id=COMMUNITY, what="volunteer-time", basis="The rota")
THERE: Past = [
    *verified(AUTHORITY, "authority"),
    *verified(OTHER_AUTHORITY, "authority"),
    *verified(SUPPLIER, "supplier"),
    *STARTED,
    (NEED, PROPOSED),
    (PROCUREMENT, BOUGHT),
    (SPEND, PAID),
    ("spend-s002", COST),
    ("spend-s003", PUT_IN),
    ("spend-s004", ADDED),
    (FIGURE, OBSERVED),
    (AUCTION, DRAFTED),
]
REQUEST = RequestCorrection(
    correction_id=CORRECTION,
    target_id=SPEND,
    field="amount_pence",
    old="120000",
    new="102000",
    reason="Two digits were swapped",
)
REQUESTED = CorrectionRequested(
    target_id=SPEND,
    field="amount_pence",
    old="120000",
    new="102000",
    reason="Two digits were swapped",
    organisation_id=AUTHORITY,
    requested_by=BUYER.id,
)
APPROVE = ApproveCorrection(correction_id=CORRECTION)
CORRECTED = RecordCorrected(
    correction_id=CORRECTION,
    field="amount_pence",
    old="120000",
    new="102000",
    reason="Two digits were swapped",
)
ASKED: Past = [*THERE, (CORRECTION, REQUESTED)]
CONFIRMER = Actor(id="person-conf", role="community.confirmer", organisation=COMMUNITY)
SIGNATORY = Actor(id="person-sign", role="supplier.signatory", organisation=SUPPLIER)

FIELDS = [
    (SUPPLIER, "name", SUPPLIER, "Heron Works (fictional)", BIDDER, SIGNATORY),
    (PROJECT, "title", "Homework club", "Homework Club", LEAD, CONFIRMER),
    (PROJECT, "summary", "Evenings", "Three evenings", LEAD, CONFIRMER),
    (NEED, "use", PROPOSED.use, "Homework on two evenings", LEAD, CONFIRMER),
    (NEED, "delivered_by", PROPOSED.delivered_by, "The mentors", LEAD, CONFIRMER),
    (NEED, "in_place", PROPOSED.in_place, "A room", LEAD, CONFIRMER),
    (PROCUREMENT, "title", "Facilities management", "Facilities", BUYER, APPROVER),
    (SPEND, "amount_pence", "120000", "102000", BUYER, APPROVER),
    (SPEND, "period_from", "2026-01-01", "2026-01-02", BUYER, APPROVER),
    (SPEND, "period_to", "2026-01-31", "2026-01-30", BUYER, APPROVER),
    ("spend-s002", "amount_pence", "70000", "60000", BUYER, APPROVER),
    ("spend-s003", "amount_pence", "50000", "60000", BIDDER, SIGNATORY),
    ("spend-s003", "period_to", "2026-01-31", "2026-01-30", SIGNATORY, BIDDER),
    ("spend-s004", "amount_pence", "50000", "60000", LEAD, CONFIRMER),
    ("spend-s004", "period_from", "2026-01-01", "2026-01-02", CONFIRMER, LEAD),
    (FIGURE, "value", "412.5", "410", BUYER, APPROVER),
]


@pytest.mark.parametrize(("target", "field", "old", "new", "one", "other"), FIELDS)
def test_two_people_of_its_organisation_correct_a_field(
    *, target: str, field: str, old: str, new: str, one: Actor, other: Actor
) -> None:
    world = World(THERE)
    before = world.streams[target]
    request = replace(REQUEST, target_id=target, field=field, old=old, new=new)

    assert isinstance(world.execute(request, one, NOON), list)
    assert world.streams[target] == before
    assert world.execute(APPROVE, other, NOON) == [
        (CORRECTION, CorrectionApproved(approved_by=other.id)),
        (target, replace(CORRECTED, field=field, old=old, new=new)),
    ]
    kind = CORRECTABLE[target.rpartition("-")[0]]
    after = world.streams[target]
    assert kind.said(after, field) == new
    changed: dict[str, object] = {field: getattr(after, field)}
    if isinstance(after, Organisation):
        changed["verified"] = False
    assert after == replace(before, **changed)  # type: ignore[type-var]


def test_an_organisation_with_a_corrected_name_is_verified_again() -> None:
    renamed = replace(CORRECTED, field="name", old=SUPPLIER, new="Heron Works (fictional)")
    verify = VerifyOrganisation(organisation_id=SUPPLIER, basis="The register says so now")
    world = World([*THERE, (SUPPLIER, renamed)])
    before = world.streams[SUPPLIER]
    again = world.execute(verify, OPERATOR, NOON)
    after = world.streams[SUPPLIER]

    assert outcome(given=THERE, when=verify) == "wrong-state"
    assert isinstance(before, Organisation)
    assert isinstance(after, Organisation)
    refusal = unless_verified(before, "supplier")
    assert refusal is not None
    assert refusal.facts == {"state": "registered", "expected": "verified"}
    assert isinstance(again, list)
    assert after == replace(before, verified=True)


def test_a_request_says_whose_record_it_is_and_who_asked() -> None:
    assert outcome(given=THERE, when=REQUEST, by=BUYER) == [REQUESTED]
    assert World(ASKED).streams[CORRECTION] == Correction(request=REQUESTED)


def test_corrected_values_have_their_types() -> None:
    corrected = World([*THERE, (SPEND, CORRECTED), (FIGURE, replace(CORRECTED, new="410"))])
    spend, figure = corrected.streams[SPEND], corrected.streams[FIGURE]

    assert isinstance(spend, Spend)
    assert isinstance(figure, Indicator)
    assert (spend.amount_pence, figure.value) == (102_000, Decimal(410))


def test_every_field_of_the_table_is_tried_here() -> None:
    tried = {(target.rpartition("-")[0], field) for target, field, *_ in FIELDS}

    assert tried == {(kind, field) for kind, one in CORRECTABLE.items() for field in one.fields}


@pytest.mark.parametrize(
    ("target", "field"),
    [
        (AUCTION, "terms"),
        ("award-a001", "supplier_id"),
        ("contract-c001", "pledged_pence"),
        ("pledge-p001", "quantity"),
        ("nothing-n001", "name"),
        (SPEND, "invoice"),
        (SPEND, "payer_id"),
        (NEED, "quantity"),
        (PROCUREMENT, "ocid"),
        (SUPPLIER, "side"),
    ],
)
def test_nothing_else_can_be_corrected(target: str, field: str) -> None:
    request = replace(REQUEST, target_id=target, field=field)

    assert refused(given=THERE, when=request, by=BUYER) == (
        "not-correctable",
        {"record": target, "field": field},
    )


def test_nothing_of_a_competition_can_be_corrected() -> None:
    assert CORRECTABLE.keys() <= KINDS.keys()
    assert not CORRECTABLE.keys() & {"auction", "award", "contract", "pledge", "proxy-set"}
    takes = {name for name, kind in KINDS.items() if RecordCorrected in kind.events}
    assert takes == CORRECTABLE.keys()


def test_nothing_can_be_corrected_of_what_is_no_stream() -> None:
    assert correctable("need-n001") is CORRECTABLE["need"]
    assert correctable("nobody in particular") is None


@pytest.mark.parametrize(
    ("target", "payer"), [("spend-s003", SUPPLIER), ("spend-s004", COMMUNITY)]
)
def test_an_input_is_corrected_by_its_payer_alone(target: str, payer: str) -> None:
    request = replace(REQUEST, target_id=target, old="50000", new="60000")
    helper = replace(OPERATOR, on_behalf_of=payer)

    for by in (BUYER, OPERATOR, helper):
        assert refused(given=THERE, when=request, by=by) == (
            "not-yours",
            {"organisation": payer},
        )


def test_only_the_organisation_whose_record_it_is_asks() -> None:
    observer = replace(BUYER, role="authority.observer")
    helper = replace(OPERATOR, on_behalf_of=AUTHORITY)

    assert refused(given=THERE, when=REQUEST, by=OTHER_BUYER) == (
        "not-yours",
        {"organisation": AUTHORITY},
    )
    for by in (BIDDER, OPERATOR, helper):
        assert outcome(given=THERE, when=REQUEST, by=by) == "not-yours"
    assert outcome(given=THERE, when=REQUEST, by=observer) == "role-not-allowed"


@pytest.mark.parametrize(("target", "field", "old"), [FIELDS[1][:3], FIELDS[3][:3]])
def test_the_operator_asks_on_behalf_of_a_community_organisation(
    target: str, field: str, old: str
) -> None:
    request = replace(REQUEST, target_id=target, field=field, old=old)
    helper = replace(OPERATOR, on_behalf_of=COMMUNITY)
    asked = outcome(given=THERE, when=request, by=helper)

    assert isinstance(asked, list)
    given: Past = [*THERE, (CORRECTION, asked[0])]
    assert isinstance(outcome(given=given, when=APPROVE, by=LEAD), list)
    second = replace(helper, id="person-second")
    assert outcome(given=given, when=APPROVE, by=second) == "not-yours"
    assert outcome(given=THERE, when=request, by=BIDDER) == "role-not-allowed"


def test_a_correction_replaces_what_the_record_says_now() -> None:
    stale = replace(REQUEST, old="120001")
    moved: Past = [(SPEND, replace(CORRECTED, new="110000"))]
    refusal = ("correction-stale", {"record": SPEND, "field": "amount_pence"})

    assert refused(given=THERE, when=stale, by=BUYER) == refusal
    assert refused(given=[*THERE, *moved], when=REQUEST, by=BUYER) == refusal
    assert refused(given=[*ASKED, *moved], when=APPROVE, by=APPROVER) == refusal


@pytest.mark.parametrize(
    ("field", "new"),
    [
        ("amount_pence", "0"),
        ("amount_pence", "-1"),
        ("amount_pence", "0102"),
        ("amount_pence", "1.5"),
        ("amount_pence", "1e3"),
        ("amount_pence", "1000000000000001"),
        ("amount_pence", "\u0661"),
        ("period_to", "2026-02-30"),
        ("period_to", "2026-2-3"),
        ("period_to", "20260203"),
        ("period_to", "tomorrow"),
    ],
)
def test_a_corrected_value_has_the_form_of_its_field(field: str, new: str) -> None:
    old = "120000" if field == "amount_pence" else "2026-01-31"
    request = replace(REQUEST, field=field, old=old, new=new)

    assert refused(given=THERE, when=request, by=BUYER) == (
        "correction-malformed",
        {"field": field},
    )


def test_the_largest_amount_is_an_amount() -> None:
    largest = replace(REQUEST, new="1000000000000000")

    assert isinstance(outcome(given=THERE, when=largest, by=BUYER), list)


@pytest.mark.parametrize("new", ["0", "-3", "0.5", "123456789012.123456"])
def test_a_corrected_figure_is_a_plain_decimal(new: str) -> None:
    request = replace(REQUEST, target_id=FIGURE, field="value", old="412.5", new=new)

    assert isinstance(outcome(given=THERE, when=request, by=BUYER), list)


def test_what_a_figure_says_now_is_written_plainly() -> None:
    observed = replace(OBSERVED, value=Decimal("412.50"))
    given = [*THERE[:-2], (FIGURE, observed)]
    request = replace(REQUEST, target_id=FIGURE, field="value", old="412.5", new="410")

    assert isinstance(outcome(given=given, when=request, by=BUYER), list)


@pytest.mark.parametrize(
    "new", ["-0", "0.0", "1.50", "01", "1e3", ".5", "1.", "1234567890123", "0.1234567", "NaN"]
)
def test_a_figure_of_another_form_is_refused(new: str) -> None:
    request = replace(REQUEST, target_id=FIGURE, field="value", old="412.5", new=new)

    assert refused(given=THERE, when=request, by=BUYER)[0] == "correction-malformed"


def test_a_corrected_name_is_as_short_as_a_name() -> None:
    request = replace(
        REQUEST, target_id=PROCUREMENT, field="title", old="Facilities management"
    )

    assert isinstance(
        outcome(given=THERE, when=replace(request, new="a" * 200), by=BUYER), list
    )
    assert refused(given=THERE, when=replace(request, new="a" * 201), by=BUYER) == (
        "correction-malformed",
        {"field": "title"},
    )


def test_a_correction_changes_something() -> None:
    assert refused(given=THERE, when=replace(REQUEST, new="120000"), by=BUYER) == (
        "corrects-nothing",
        {"field": "amount_pence"},
    )


@pytest.mark.parametrize(
    ("field", "old", "day", "beyond", "facts"),
    [
        ("period_from", "2026-01-01", "2026-01-31", "2026-02-01", ("2026-02-01", "2026-01-31")),
        ("period_to", "2026-01-31", "2026-01-01", "2025-12-31", ("2026-01-01", "2025-12-31")),
    ],
)
def test_a_corrected_period_does_not_run_backwards(
    *, field: str, old: str, day: str, beyond: str, facts: tuple[str, str]
) -> None:
    request = replace(REQUEST, field=field, old=old)

    assert isinstance(outcome(given=THERE, when=replace(request, new=day), by=BUYER), list)
    assert refused(given=THERE, when=replace(request, new=beyond), by=BUYER) == (
        "period-backwards",
        dict(zip(("period_from", "period_to"), facts, strict=True)),
    )


def test_a_period_does_not_run_backwards_by_two_corrections() -> None:
    asked: Event = replace(REQUESTED, field="period_to", old="2026-01-31", new="2026-01-10")
    later: Event = replace(CORRECTED, field="period_from", old="2026-01-01", new="2026-01-11")
    given: Past = [*THERE, (CORRECTION, asked)]

    assert isinstance(outcome(given=given, when=APPROVE, by=APPROVER), list)
    assert outcome(given=[*given, (SPEND, later)], when=APPROVE, by=APPROVER) == (
        "period-backwards"
    )


def test_a_second_person_of_the_same_organisation_approves() -> None:
    assert refused(given=ASKED, when=APPROVE, by=BUYER) == ("same-person", {"person": BUYER.id})
    assert outcome(given=ASKED, when=APPROVE, by=OTHER_BUYER) == "not-yours"
    assert outcome(given=ASKED, when=APPROVE, by=OPERATOR) == "not-yours"
    assert outcome(given=THERE, when=APPROVE, by=APPROVER) == "not-found"


def test_a_correction_is_approved_once() -> None:
    done: Past = [*ASKED, (CORRECTION, CorrectionApproved(approved_by="person-x"))]

    assert refused(given=done, when=APPROVE, by=APPROVER) == (
        "wrong-state",
        {"state": "approved", "expected": "requested"},
    )


def test_what_is_corrected_exists_and_the_correction_does_not() -> None:
    missing = replace(REQUEST, target_id="spend-none")

    assert outcome(given=THERE, when=missing, by=BUYER) == "not-found"
    assert outcome(given=ASKED, when=REQUEST, by=BUYER) == "already-exists"
