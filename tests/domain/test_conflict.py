"""Interests and conflicts: who declares and judges them, and whom they keep out."""

from dataclasses import replace

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.conflict import (
    CONFLICT_OF_INTEREST,
    CONFLICTS_UNREVIEWED,
    SUPPLIER_CONFLICTED,
    unless_clear,
    unless_conflicted,
    unless_reviewed,
    unless_supplier_conflicted,
)
from svx_ledger.domain.kind import Event
from svx_ledger.domain.organisation import OrganisationSuspended
from svx_ledger.domain.procurement import (
    ConflictsReviewed,
    DeclareInterest,
    Finding,
    InterestDeclared,
    Procurement,
    ReviewConflicts,
    SupplierFinding,
    TenderNoticePublished,
)
from svx_ledger.domain.procurement.events import (
    MOST_INTERESTS,
    MOST_OPEN_INTERESTS,
    Nature,
    Occasion,
)
from svx_ledger.domain.rule import Facts, Refusal

from .cast import (
    APPROVER,
    AUTHORITY,
    BIDDER,
    BOUGHT,
    BUYER,
    COMMUNITY,
    EVALUATING,
    EVALUATOR,
    LEAD,
    OTHER_BUYER,
    PROCUREMENT,
    SUPPLIER,
    Past,
    registered,
    verified,
)
from .outcome import NOON, OPERATOR, World, outcome

RIVAL = "organisation-supp2"
COLLEAGUE = "person-colleague"
OBSERVER = Actor(id="person-looks-on", role="authority.observer", organisation=AUTHORITY)
MANAGER = Actor(id="person-manager", role="authority.contract_manager", organisation=AUTHORITY)

REGISTERED: Past = [
    *verified(AUTHORITY, "authority"),
    *verified(SUPPLIER, "supplier"),
    *verified(RIVAL, "supplier"),
    *verified(COMMUNITY, "community"),
    *verified(EVALUATING, "evaluator"),
    (PROCUREMENT, BOUGHT),
]
NOTICE = TenderNoticePublished(notice="UK4", reference="UK4-1", published_on=NOON.date())
DECLARE = DeclareInterest(
    procurement_id=PROCUREMENT,
    person_id=COLLEAGUE,
    organisation_id=SUPPLIER,
    nature="shareholding",
)
DECLARED = InterestDeclared(
    person_id=COLLEAGUE,
    organisation_id=SUPPLIER,
    nature="shareholding",
    interest_no=1,
    declared_by=BUYER.id,
)
REVIEW = ReviewConflicts(
    procurement_id=PROCUREMENT, occasion="declaration", findings=(), suppliers=()
)
LIVE = Finding(interest_no=1, outcome="live")
NONE = Finding(interest_no=1, outcome="none")
MITIGATED = Finding(interest_no=1, outcome="mitigated", measure="Takes no part in scoring")


def here(*events: Event) -> Past:
    return [*REGISTERED, *((PROCUREMENT, event) for event in events)]


def reviewed(
    *findings: Finding,
    suppliers: tuple[SupplierFinding, ...] = (),
    occasion: Occasion = "declaration",
) -> ConflictsReviewed:
    return ConflictsReviewed(
        occasion=occasion, findings=findings, suppliers=suppliers, reviewed_by=BUYER.id
    )


def found(supplier: str) -> SupplierFinding:
    return SupplierFinding(supplier_id=supplier, outcome="live")


def after(*events: Event) -> Procurement:
    procurement = World(here(*events)).streams[PROCUREMENT]
    assert isinstance(procurement, Procurement)
    return procurement


def told(given: Past, when: DeclareInterest | ReviewConflicts, by: Actor) -> Facts:
    decision = World(given).execute(when, by, NOON)
    assert isinstance(decision, Refusal)
    return decision.facts


def test_anybody_of_the_authority_declares_for_themselves_or_a_colleague() -> None:
    own = replace(DECLARE, person_id=MANAGER.id)

    assert outcome(given=here(), when=DECLARE, by=BUYER) == [DECLARED]
    assert outcome(given=here(), when=own, by=MANAGER) == [
        replace(DECLARED, person_id=MANAGER.id, declared_by=MANAGER.id)
    ]
    assert outcome(given=here(), when=DECLARE, by=OTHER_BUYER) == "not-yours"
    assert outcome(given=here(), when=DECLARE, by=OBSERVER) == "role-not-allowed"


def test_others_declare_for_themselves_only() -> None:
    for actor in (BIDDER, EVALUATOR):
        own = replace(DECLARE, person_id=actor.id, declarer_id=actor.organisation)

        assert isinstance(outcome(given=here(), when=own, by=actor), list)
        assert outcome(given=here(), when=DECLARE, by=actor) == "declares-for-another"
        assert told(here(), DECLARE, actor) == {"person": actor.id}
    for actor in (LEAD, OPERATOR):
        own = replace(DECLARE, person_id=actor.id)

        assert outcome(given=here(), when=own, by=actor) == "role-not-allowed"
        assert told(here(), own, actor) == {
            "allowed": "authority, supplier, evaluator",
            "role": actor.role,
        }


def test_an_interest_is_declared_once() -> None:
    given = here(replace(DECLARED, interest_no=1))
    second = replace(DECLARED, interest_no=2)

    assert outcome(given=given, when=DECLARE, by=BUYER) == "interest-twice"
    assert told(given, DECLARE, BUYER) == {"interest_no": 1}
    for other in (
        replace(DECLARE, person_id="person-x"),
        replace(DECLARE, organisation_id=RIVAL),
        replace(DECLARE, nature="gift"),
    ):
        assert outcome(given=given, when=other, by=BUYER) == [
            replace(
                second,
                person_id=other.person_id,
                organisation_id=other.organisation_id,
                nature=other.nature,
            )
        ]


def test_outside_the_authority_a_verified_organisation_declares() -> None:
    own = replace(DECLARE, person_id=BIDDER.id, declarer_id=SUPPLIER)
    declared = replace(
        DECLARED, person_id=BIDDER.id, declared_by=BIDDER.id, declarer_id=SUPPLIER
    )
    unnamed, of_rival = replace(own, declarer_id=None), replace(own, declarer_id=RIVAL)
    known = [e for e in here() if e[0] != SUPPLIER]
    unverified = [*known, *registered(SUPPLIER, "supplier")]
    suspended = [
        *here(),
        (SUPPLIER, OrganisationSuspended(reason="debarred", suspended_by=OPERATOR.id)),
    ]

    assert outcome(given=here(), when=own, by=BIDDER) == [declared]
    assert outcome(given=here(), when=unnamed, by=BIDDER) == "declarer-unnamed"
    assert told(here(), unnamed, BIDDER) == {"person": BIDDER.id}
    assert outcome(given=here(), when=of_rival, by=BIDDER) == "not-yours"
    assert outcome(given=unverified, when=own, by=BIDDER) == "not-verified"
    assert outcome(given=suspended, when=own, by=BIDDER) == "not-verified"
    assert outcome(given=known, when=own, by=BIDDER) == "not-found"
    assert outcome(given=here(), when=DECLARE, by=BUYER) == [DECLARED]


def test_one_person_declares_ten_interests_that_nobody_judged_yet() -> None:
    def declared(count: int, by: str = BUYER.id) -> list[InterestDeclared]:
        return [
            replace(DECLARED, person_id=f"person-{n}", interest_no=n, declared_by=by)
            for n in range(1, count + 1)
        ]

    ten = declared(MOST_OPEN_INTERESTS)
    judged = reviewed(*(replace(NONE, interest_no=n) for n in range(1, 11)))

    assert isinstance(outcome(given=here(*declared(9)), when=DECLARE, by=BUYER), list)
    assert outcome(given=here(*ten), when=DECLARE, by=BUYER) == "too-many-open-interests"
    assert told(here(*ten), DECLARE, BUYER) == {"most": 10}
    assert isinstance(outcome(given=here(*ten), when=DECLARE, by=MANAGER), list)
    assert isinstance(outcome(given=here(*ten, judged), when=DECLARE, by=BUYER), list)


def test_a_procurement_has_as_many_interests_as_one_review_can_judge() -> None:
    def declared(count: int) -> Past:
        return here(
            *(
                replace(
                    DECLARED,
                    person_id=f"person-{number}",
                    interest_no=number,
                    declared_by=f"person-{number}",
                )
                for number in range(1, count + 1)
            )
        )

    last = outcome(given=declared(MOST_INTERESTS - 1), when=DECLARE, by=BUYER)

    assert last == [replace(DECLARED, interest_no=250)]
    assert outcome(given=declared(MOST_INTERESTS), when=DECLARE, by=BUYER) == (
        "too-many-interests"
    )
    assert told(declared(MOST_INTERESTS), DECLARE, BUYER) == {"most": 250}


def test_what_a_declaration_names_exists() -> None:
    unknown = replace(DECLARE, organisation_id="organisation-supp9")

    assert outcome(given=here(), when=unknown, by=BUYER) == "not-found"
    assert outcome(given=REGISTERED[:-1], when=DECLARE, by=BUYER) == "not-found"
    assert outcome(given=REGISTERED[:-1], when=REVIEW, by=BUYER) == "not-found"


def test_an_approver_or_buyer_reviews() -> None:
    assert outcome(given=here(), when=REVIEW, by=BUYER) == [reviewed()]
    assert outcome(given=here(), when=REVIEW, by=APPROVER) == [
        replace(reviewed(), reviewed_by=APPROVER.id)
    ]
    assert outcome(given=here(), when=REVIEW, by=MANAGER) == "role-not-allowed"
    assert outcome(given=here(), when=REVIEW, by=OTHER_BUYER) == "not-yours"


def test_nobody_judges_an_interest_of_their_own() -> None:
    of_another, own = DECLARED, replace(DECLARED, person_id=BUYER.id, interest_no=2)
    review = replace(REVIEW, findings=(LIVE, replace(NONE, interest_no=2)))
    given = here(of_another, own)

    assert outcome(given=given, when=review, by=BUYER) == "judges-own-interest"
    assert told(given, review, BUYER) == {"interest_no": 2}
    assert isinstance(outcome(given=given, when=review, by=APPROVER), list)


@pytest.mark.parametrize(
    ("occasion", "before", "afterwards"),
    [
        ("before-notice", True, False),
        ("declaration", True, True),
        ("before-award", False, True),
    ],
)
def test_a_review_is_made_on_its_occasion(
    occasion: Occasion, *, before: bool, afterwards: bool
) -> None:
    review = replace(REVIEW, occasion=occasion)

    for given, allowed in ((here(), before), (here(NOTICE), afterwards)):
        made = outcome(given=given, when=review, by=BUYER)
        assert made == [reviewed(occasion=occasion)] if allowed else made == "wrong-state"


def test_a_review_made_too_early_or_late_says_so() -> None:
    assert told(here(), replace(REVIEW, occasion="before-award"), BUYER) == {
        "state": "registered",
        "expected": "published",
    }


def test_every_declared_interest_has_one_finding_and_nothing_else_has() -> None:
    given = here(DECLARED)

    assert outcome(given=given, when=replace(REVIEW, findings=(NONE,)), by=BUYER) == [
        reviewed(NONE)
    ]
    for findings in ((), (NONE, NONE), (replace(NONE, interest_no=2),)):
        review = replace(REVIEW, findings=findings)

        assert outcome(given=given, when=review, by=BUYER) == "finding-for-each"
    assert told(given, REVIEW, BUYER) == {"declared": 1, "findings": 0}


def test_a_measure_is_stated_for_what_is_mitigated_and_for_that_only() -> None:
    def judged(finding: Finding) -> list[Event] | str:
        review = replace(REVIEW, findings=(finding,))
        return outcome(given=here(DECLARED), when=review, by=BUYER)

    assert judged(MITIGATED) == [reviewed(MITIGATED)]
    assert judged(replace(MITIGATED, measure=None)) == "measure-missing"
    assert judged(LIVE) == [reviewed(LIVE)]
    assert judged(replace(LIVE, measure="None needed")) == "measure-missing"
    assert judged(replace(NONE, measure="None needed")) == "measure-missing"
    without = replace(REVIEW, findings=(replace(MITIGATED, measure=None),))
    assert told(here(DECLARED), without, BUYER) == {"interest_no": 1, "outcome": "mitigated"}


def test_a_supplier_has_one_finding_and_one_found_conflicted_is_judged_again() -> None:
    given = here(reviewed(suppliers=(found(SUPPLIER),)))
    cleared = SupplierFinding(supplier_id=SUPPLIER, outcome="none")
    again = replace(REVIEW, suppliers=(cleared, found(RIVAL)))
    twice = replace(REVIEW, suppliers=(cleared, found(SUPPLIER)))
    other = replace(REVIEW, suppliers=(found(RIVAL),))

    assert isinstance(outcome(given=given, when=again, by=BUYER), list)
    assert outcome(given=given, when=twice, by=BUYER) == "supplier-found-twice"
    assert told(given, twice, BUYER) == {"supplier": SUPPLIER}
    assert outcome(given=given, when=other, by=BUYER) == "conflict-left-out"
    assert told(given, other, BUYER) == {"supplier": SUPPLIER}
    assert isinstance(outcome(given=here(), when=other, by=BUYER), list)


def test_a_declaration_conflicts_a_person_until_it_is_reviewed() -> None:
    nature: Nature = "gift"
    second = replace(DECLARED, nature=nature, interest_no=2)

    assert after(DECLARED).conflicted_persons == {COLLEAGUE}
    assert after(DECLARED, reviewed(NONE)).conflicted_persons == frozenset()
    assert after(DECLARED, reviewed(MITIGATED)).conflicted_persons == frozenset()
    assert after(DECLARED, reviewed(LIVE)).conflicted_persons == {COLLEAGUE}
    assert after(DECLARED, reviewed(NONE), second).conflicted_persons == {COLLEAGUE}


def test_the_latest_review_says_which_suppliers_are_conflicted() -> None:
    first = reviewed(
        suppliers=(
            found(SUPPLIER),
            SupplierFinding(supplier_id=RIVAL, outcome="mitigated"),
            SupplierFinding(supplier_id=COMMUNITY, outcome="none"),
        )
    )
    cleared = SupplierFinding(supplier_id=SUPPLIER, outcome="none")

    assert after(first).conflicted_suppliers == {SUPPLIER}
    assert after(first, reviewed(suppliers=(cleared,))).conflicted_suppliers == frozenset()


def test_a_declaration_undoes_the_reviews_before_it() -> None:
    before_notice, before_award = (
        reviewed(occasion="before-notice"),
        reviewed(occasion="before-award"),
    )

    assert after().reviewed_for == frozenset()
    assert after(before_notice, NOTICE, before_award).reviewed_for == {
        "before-notice",
        "before-award",
    }
    assert after(before_notice, DECLARED).reviewed_for == frozenset()
    assert after(before_notice, DECLARED, reviewed(NONE)).reviewed_for == {"declaration"}


def test_a_conflict_keeps_a_person_out() -> None:
    conflicted, clear = after(DECLARED), after(DECLARED, reviewed(NONE))
    person = replace(BUYER, id=COLLEAGUE)
    refusal = CONFLICT_OF_INTEREST.refuse(person=COLLEAGUE)

    assert unless_conflicted(conflicted, person) == refusal
    assert unless_conflicted(conflicted, BUYER) is None
    assert unless_conflicted(clear, person) is None
    assert unless_clear(conflicted, BUYER.id, COLLEAGUE) == refusal


def test_a_conflict_keeps_a_supplier_out() -> None:
    procurement = after(reviewed(suppliers=(found(SUPPLIER),)))

    assert unless_supplier_conflicted(procurement, SUPPLIER) == SUPPLIER_CONFLICTED.refuse(
        supplier=SUPPLIER
    )
    assert unless_supplier_conflicted(procurement, RIVAL) is None


def test_what_is_to_be_reviewed_was_reviewed_on_its_occasion() -> None:
    once = after(reviewed(occasion="before-notice"))

    assert unless_reviewed(once) is None
    assert unless_reviewed(once, "before-notice") is None
    assert unless_reviewed(once, "before-award") == CONFLICTS_UNREVIEWED.refuse(
        occasion="before-award"
    )
    assert unless_reviewed(after()) == CONFLICTS_UNREVIEWED.refuse(occasion="any")
    assert unless_reviewed(after(reviewed(), DECLARED)) is not None
