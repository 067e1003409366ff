"""What public bodies record as paid, and what they correct later."""

from datetime import datetime
from typing import Final

from benchmarks.generator.people import person
from benchmarks.generator.telling import Story, Turn, say

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.pledge.events import PledgeCommitted
from svx_ledger.domain.uk_calendar import uk_date
from svx_ledger.ledger import Sequenced

from .buying import DAY, HOUR, Buying, Steps

_SPEND: Final = "RecordExchangeSpend"
_COST: Final = "RecordAdministrationCost"
_INPUT: Final = "RecordInput"


def paid(buying: Buying, at: datetime) -> Story:
    """Record what a procurement cost: mostly both kinds, sometimes one of them or nothing."""
    rng = buying.rng
    what = (_SPEND, _SPEND, _COST)[: 3 if buying.number % 3 else 1 + buying.number % 2]
    if buying.number % 11 == 5:
        what = ()
    for n, kind in enumerate(what):
        at += rng.randint(5, 60) * DAY + rng.randrange(24) * HOUR
        spend = f"spend-{buying.token}x{n}"
        done = yield from _recorded(buying, kind, spend, at, procurement=buying.procurement)
        if done and (buying.number + n) % 4 == 0:
            yield from _corrected(buying, spend, done, at + rng.randint(20, 200) * DAY)
    if buying.number % 6 == 1:
        kind = _SPEND if buying.number % 12 == 1 else _COST
        spend = f"spend-{buying.token}unallocated"
        yield from _recorded(buying, kind, spend, at + DAY, procurement=None)


def put_in(buying: Buying, token: str, at: datetime, terms: PledgeCommitted) -> Story:
    """Record what supplier, community organisation and authority put in beyond that."""
    rng = buying.rng
    people = (
        person(terms.supplier_id, "supplier.signatory"),
        person(terms.community_id, "community.lead"),
        buying.buyer(),
    )
    for n, by in enumerate(people):
        at += rng.randint(1, 70) * DAY
        spend = f"spend-{token}i{n}"
        yield from _recorded(buying, _INPUT, spend, at, procurement=buying.procurement, by=by)
    spend, lead = f"spend-{token}own", people[1]
    yield from _recorded(buying, _INPUT, spend, at, procurement=None, by=lead)


def _recorded(
    buying: Buying,
    kind: str,
    spend: str,
    at: datetime,
    *,
    procurement: str | None,
    by: Actor | None = None,
) -> Steps:
    stated = {"invoice": f"INV-{spend}"} if kind == _SPEND else {"basis": "Time sheets"}
    if kind == _INPUT:
        stated["what"] = "staff-time"
    recording = say(
        kind,
        spend_id=spend,
        payer_id=by.organisation if by else buying.authority,
        procurement_id=procurement,
        period_from=uk_date(at) - 45 * DAY,
        period_to=uk_date(at) - 15 * DAY,
        amount_pence=buying.rng.randrange(50_000, 900_000),
        **stated,
    )
    answer = yield Turn(at, recording, by or buying.buyer())
    return answer.events[0][1] if isinstance(answer, Sequenced) else None


def _corrected(buying: Buying, spend: str, said: object, at: datetime) -> Steps:
    """Correct the amount, and of every other record the period too, by two people."""
    amount = int(getattr(said, "amount_pence"))  # noqa: B009 - of either kind
    day = getattr(said, "period_to")  # noqa: B009 - of either kind
    changes = [("amount_pence", str(amount), str(amount * 2 + 1))]
    if buying.number % 8 == 0:
        changes.append(("period_to", day.isoformat(), (day + 60 * DAY).isoformat()))
    for n, (field, old, new) in enumerate(changes):
        correction = f"correction-{spend.removeprefix('spend-')}c{n}"
        asking = say(
            "RequestCorrection",
            correction_id=correction,
            target_id=spend,
            field=field,
            old=old,
            new=new,
            reason="Read wrongly off the invoice",
        )
        yield Turn(at + n * DAY, asking, buying.buyer())
        agreeing = say("ApproveCorrection", correction_id=correction)
        second = person(buying.authority, "authority.buyer", 2)
        yield Turn(at + n * DAY + HOUR, agreeing, second)
