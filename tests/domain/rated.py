"""The worked example with one rate pledge: volunteer hours by the pound spent (fictional).

A thousandth of an hour for each pound, at most 60,000 hours. On the reference spend of
£20 million that is 20,000 hours.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from svx_ledger.domain.contract.invoicing import RecordContractInvoice
from svx_ledger.domain.kind import Event
from svx_ledger.domain.need import NeedProposed
from svx_ledger.domain.pledge.events import PledgeCommitted
from svx_ledger.domain.pledge.state import Pledge
from svx_ledger.domain.procurement import ProcurementRegistered

from .cast import LOT, Past
from .outcome import World
from .worked_example import (
    ASSESSED,
    AWARD_APPROVED,
    CONTRACT,
    LAPTOP_NEED,
    MANAGER,
    RECOMMENDED,
    SENT,
    STANDSTILL,
    VOLUNTEER_NEED,
    award,
    entered,
    pledge,
)

NOW = datetime(2026, 6, 30, 22, 59, tzinfo=UTC)
REFERENCE_PENCE = 2_000_000_000
RATE, CAP, REFERENCE = Decimal("0.001"), Decimal(60_000), Decimal(20_000)
RATED = pledge(VOLUNTEER_NEED)
INVOICE = RecordContractInvoice(
    contract_id=CONTRACT,
    invoice="INV-1",
    period_from=date(2026, 4, 1),
    period_to=date(2026, 4, 30),
    amount_pence=100_000_000,
)
"""Of a million pounds: a thousand hours."""


def rated(
    need: str = VOLUNTEER_NEED,
    rate: Decimal = RATE,
    cap: Decimal = CAP,
    reference: Decimal = REFERENCE,
) -> Past:
    """The contract, with a rate in the line of one need."""
    lines = tuple(
        replace(
            line,
            rate=rate,
            cap=cap,
            quantity=reference,
            value_pence=int(100 * reference * line.pounds_per_unit),
        )
        if line.need_id == need
        else line
        for line in AWARD_APPROVED.lines
    )
    worth = sum(line.value_pence for line in lines)
    approved = replace(AWARD_APPROVED, lines=lines, value_pence=worth)
    lot = replace(LOT, reference_spend_pence=REFERENCE_PENCE)
    given = award(ASSESSED, RECOMMENDED, approved, SENT, STANDSTILL)
    with_reference: Past = [
        (s, replace(e, lots=(lot,)) if isinstance(e, ProcurementRegistered) else e)
        for s, e in given
    ]
    enough: Past = [
        (s, replace(e, quantity=max(cap, e.quantity)))
        if s == need and isinstance(e, NeedProposed)
        else (s, e)
        for s, e in with_reference
    ]
    return entered(enough)


ENTERED: Past = rated()
INDIVISIBLE: Past = rated(LAPTOP_NEED, Decimal("0.00001"), Decimal(300), Decimal(200))


def invoiced(*pence: int, given: Past = ENTERED) -> Past:
    """The same with an invoice of each amount."""
    world = World(given)
    past = list(given)
    for no, amount in enumerate(pence, start=1):
        when = replace(INVOICE, invoice=f"INV-{no}", amount_pence=amount)
        decision = world.execute(when, MANAGER, NOW)
        assert isinstance(decision, list), decision
        past += decision
    return past


def committed(given: Past, stream: str = RATED) -> PledgeCommitted:
    """What the pledge was committed as."""
    events: list[Event] = [event for s, event in given if s == stream]
    first = events[0]
    assert isinstance(first, PledgeCommitted)
    return first


def state(given: Past, stream: str = RATED) -> Pledge:
    """The pledge as the history leaves it."""
    found = World(given).streams[stream]
    assert isinstance(found, Pledge)
    return found
