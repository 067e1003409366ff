"""What becomes of a pledge: each of these courses is one that a report has to follow."""

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from benchmarks.generator.people import person
from benchmarks.generator.telling import Story, Turn, say

from svx_ledger.domain.uk_calendar import uk_date

from .acting import HALF, Pledged, claimed, confirmed, disputed, resolved, varied
from .buying import DAY, HOUR, Steps


def by_halves(of: Pledged) -> Steps:
    """Four claims of half a unit, each confirmed: their values are those of the sum."""
    for n in range(4):
        quantity = HALF if of.terms.divisible else Decimal(1)
        number = yield from claimed(of, 5 + 17 * n, quantity)
        if number:
            yield from confirmed(of, 9 + 17 * n, number, quantity)


def in_full(of: Pledged) -> Steps:
    """One claim of all, confirmed by the authority."""
    number = yield from claimed(of, 40, of.part("1"))
    if number:
        yield from confirmed(of, 50, number, of.part("1"), by="a")


def in_part(of: Pledged) -> Steps:
    """Instalments of which a part is confirmed, by one side and then the other."""
    for n, by in enumerate("ca"):
        number = yield from claimed(of, 12 + 30 * n, of.part("0.4"))
        if number:
            yield from confirmed(of, 20 + 30 * n, number, of.part("0.3"), by=by)


def over_confirmed(of: Pledged) -> Steps:
    """More than is owed arrives and is confirmed."""
    number = yield from claimed(of, 30, of.part("0.8"))
    if number:
        yield from confirmed(of, 33, number, of.part("0.8"))
    number = yield from claimed(of, 60, of.part("0.7"))
    if number:
        yield from confirmed(of, 70, number, of.part("0.6"))


def over_claimed(of: Pledged) -> Steps:
    """More than is owed is claimed, and less than is owed confirmed."""
    number = yield from claimed(of, 25, of.part("1.6"))
    if number:
        yield from confirmed(of, 44, number, of.part("0.6"))


def raised_after(of: Pledged) -> Steps:
    """Down, more than that delivered, and up again: what was beyond counts then."""
    yield from varied(of, 3, of.part("0.5"))
    number = yield from claimed(of, 30, of.part("0.7"))
    if number:
        yield from confirmed(of, 33, number, of.part("0.65"))
    yield from varied(of, 90, of.part("0.8"))
    number = yield from claimed(of, 100, of.part("0.4"))
    if number:
        yield from confirmed(of, 110, number, of.part("0.3"))


def lowered_after(of: Pledged) -> Steps:
    """Claimed in full, confirmed in part, and varied down to that: what counts of it falls."""
    number = yield from claimed(of, 14, of.part("1"))
    if number:
        yield from confirmed(of, 20, number, of.part("0.25"))
    yield from claimed(of, 22, of.part("0.2"))
    yield from varied(of, 60, of.part("0.3"))


def doubted(of: Pledged) -> Steps:
    """Disputed, and never resolved."""
    number = yield from claimed(of, 30, of.part("0.6"))
    if number:
        yield from disputed(of, 35, number)


def settled(of: Pledged) -> Steps:
    """Two claims disputed; one found to have come in part, the other not at all."""
    numbers = []
    for n in range(2):
        number = yield from claimed(of, 10 + n, of.part("0.45"))
        if number:
            yield from disputed(of, 15 + n, number)
            numbers.append(number)
    for n, number in enumerate(numbers):
        yield from resolved(of, 40 + 30 * n, number, Decimal(0) if n else of.part("0.2"))


def taken_back(of: Pledged) -> Steps:
    """One claim withdrawn, and another that was disputed."""
    signatory = person(of.terms.supplier_id, "supplier.signatory")
    for n, share in enumerate(("0.3", "0.7")):
        number = yield from claimed(of, 10 + 20 * n, of.part(share))
        if not number:
            continue
        if n:
            yield from disputed(of, 15 + 20 * n, number)
        given = {"pledge_id": of.stream, "claim_no": number, "reason": "Counted twice"}
        yield Turn(of.at(25 + 20 * n), say("WithdrawClaim", **given), signatory)
    yield from by_halves(of)


def written_off(of: Pledged) -> Steps:
    """Some of it, and the rest in default and given up."""
    yield from _defaulted(of)
    given_up = say("RequestWriteOff", pledge_id=of.stream, reason="It will not come")
    at = of.at(420)
    yield Turn(at, given_up, of.buying.manager())
    agreeing = say("ApproveWriteOff", pledge_id=of.stream, request_no=1)
    yield Turn(at + HOUR, agreeing, of.buying.approver())


def remedied(of: Pledged) -> Steps:
    """In default, remedied, and delivered late, outside the period of the contract."""
    yield from _defaulted(of)
    at = of.at(421)
    given = {"pledge_id": of.stream, "due_by": uk_date(at) + 30 * DAY, "plan": "By next month"}
    yield Turn(at, say("RecordRemedy", **given), of.buying.manager())
    number = yield from claimed(of, 430, of.part("0.5"), before=True)
    if number:
        yield from confirmed(of, 433, number, of.part("0.5"))


def _defaulted(of: Pledged) -> Steps:
    number = yield from claimed(of, 50, of.part("0.3"))
    if number:
        yield from confirmed(of, 55, number, of.part("0.2"))
    at = of.at(410)
    given = {"pledge_id": of.stream, "reason": "Late", "as_of": uk_date(at)}
    yield Turn(at, say("RecordDefault", **given), of.buying.manager())


def let_go(of: Pledged) -> Steps:
    """Some of it with a claim still open, and the rest released."""
    number = yield from claimed(of, 8, of.part("0.3"))
    if number:
        yield from confirmed(of, 12, number, of.part("0.3"))
    yield from claimed(of, 16, of.part("0.1"))
    releasing = say("ReleasePledge", pledge_id=of.stream, reason="The club has enough")
    yield Turn(of.at(70), releasing, of.buying.buyer())


def early(of: Pledged) -> Steps:
    """Delivered in part before the contract, which is flagged and counts."""
    number = yield from claimed(of, 9, of.part("0.5"), before=True)
    if number:
        yield from confirmed(of, 18, number, of.part("0.5"))
    yield from claimed(of, 100, of.part("0.3"))


def nothing(of: Pledged) -> Steps:
    """Nothing comes; a rate, where there is one, is halved."""
    if of.terms.rate is not None:
        yield from varied(of, 45, of.part("0.9"), round(of.terms.rate / 2, 9))


COURSES: Final[tuple[Callable[[Pledged], Steps], ...]] = (
    by_halves,
    in_full,
    over_confirmed,
    settled,
    raised_after,
    in_part,
    written_off,
    lowered_after,
    over_claimed,
    doubted,
    taken_back,
    let_go,
    early,
    nothing,
    remedied,
    in_full,
    in_part,
)


def delivered(of: Pledged, course: Callable[[Pledged], Steps]) -> Story:
    """Let a pledge take a course."""
    yield from course(of)
