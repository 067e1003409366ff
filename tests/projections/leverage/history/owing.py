"""What becomes of a contract: invoices, its pledges side by side, and how it ends."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from benchmarks.generator.telling import Story, Turn, say

from svx_ledger.domain.pledge.events import PledgeCommitted
from svx_ledger.domain.uk_calendar import uk_date

from .acting import Pledged
from .buying import DAY, HOUR, Buying, Steps
from .delivering import COURSES, delivered
from .paying import put_in

_RUNS: Final = 150


@dataclass
class Owed:
    """A contract with its pledges by stream, as it was entered."""

    buying: Buying
    contract: str
    entered_at: datetime
    pledges: dict[str, PledgeCommitted]

    @property
    def ended_at(self) -> datetime:
        """When what is left of it is ended."""
        return self.entered_at + _RUNS * DAY


def bound(owed: Owed, *, ends: str | None) -> Steps:
    """Let each pledge take its course beside the others, record invoices, end the contract."""
    buying = owed.buying
    for stream, terms in owed.pledges.items():
        course = COURSES[
            (buying.number * 7 + int(terms.need_id.rpartition("n")[2])) % len(COURSES)
        ]
        buying.spawn(delivered(Pledged(buying, stream, terms, owed.entered_at), course))
    buying.spawn(_invoiced(owed))
    if buying.number % 4 == 1:
        token, some = owed.contract.removeprefix("contract-"), next(iter(owed.pledges.values()))
        buying.spawn(put_in(buying, token, owed.entered_at, some))
    if ends == "terminated":
        ending = say(
            "TerminateContract",
            contract_id=owed.contract,
            ground="mutual-agreement",
            reason="The building was sold",
        )
        yield Turn(owed.ended_at, ending, buying.manager())
    elif buying.number % 3 == 0:
        ending = say("CompleteContract", contract_id=owed.contract, reason="All was done")
        yield Turn(owed.ended_at, ending, buying.manager())


def _invoiced(owed: Owed) -> Story:
    """Record four invoices; in the end they are less than the reference spend, or more."""
    buying = owed.buying
    reference = next(
        (lot.reference_spend_pence for lot in buying.lots if lot.reference_spend_pence), None
    )
    of_it = buying.rng.choice((15, 30, 60))
    for n in range(1, 5):
        at = owed.entered_at + (n * 27 + buying.number % 9) * DAY + buying.number % 23 * HOUR
        recording = say(
            "RecordContractInvoice",
            contract_id=owed.contract,
            invoice=f"C-{n}",
            period_from=uk_date(at) - 27 * DAY,
            period_to=uk_date(at),
            amount_pence=(reference or 10**7) * of_it // 100 + n,
        )
        yield Turn(at, recording, buying.buyer())
