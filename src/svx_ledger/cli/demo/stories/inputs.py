"""What suppliers and charities put in themselves, each recorded by whoever did (fictional)."""

from typing import Final, NamedTuple

from svx_ledger.cli.demo.step import Step, person, step
from svx_ledger.cli.demo.winning import Period
from svx_ledger.domain.actor import Role
from svx_ledger.domain.spend import RecordInput, What


class Input(NamedTuple):
    """What one of them says on a day that it put in, in pounds net of VAT."""

    key: str
    at: str
    role: Role
    party: str
    what: What
    pounds: int
    basis: str
    says: str = ""


def _put_in(into: str, period: str, *given: Input) -> tuple[Step, ...]:
    days = Period.of(period)
    return tuple(
        step(
            one.at,
            person(one.role, one.party),
            RecordInput(
                spend_id=f"spend-{into}{one.key}",
                payer_id=f"organisation-{one.party}",
                procurement_id=f"procurement-{into}",
                period_from=days.first,
                period_to=days.last,
                what=one.what,
                basis=one.basis,
                amount_pence=100 * one.pounds,
            ),
            one.says,
        )
        for one in given
    )


CATERING_INPUTS: Final = _put_in(
    "catering",
    "2025-09-01/2026-06-30",
    Input(
        "paid",
        "2026-07-13 10:00",
        "supplier.signatory",
        "harle",
        "money",
        11_200,
        "Payments to Doorstep Friends, from its books",
        "what others put in is on record too, each stated by whoever did: Harle & Fenn records "
        "the {amount_pence:money} that it paid.",
    ),
    Input(
        "sundays",
        "2026-07-14 10:00",
        "community.lead",
        "doorstep",
        "volunteer-time",
        5_760,
        "Twelve hours on each of forty Sundays, at £12 an hour",
    ),
)
ESTATES_INPUTS: Final = _put_in(
    "estates",
    "2025-10-01/2026-07-31",
    Input(
        "paid",
        "2026-08-20 10:00",
        "supplier.signatory",
        "brackwater",
        "money",
        2_025_150,
        "Payments to Lantern Youth Hubs, from its books",
    ),
    Input(
        "laptops",
        "2026-08-20 10:10",
        "supplier.signatory",
        "brackwater",
        "goods-and-services",
        95_000,
        "Book value of the laptops, and what wiping them cost",
    ),
    Input(
        "hours",
        "2026-08-20 10:20",
        "supplier.signatory",
        "brackwater",
        "staff-time",
        855_000,
        "Time sheets of those who counselled and visited, at what they are paid",
        "Brackwater records what its staff's hours cost it, {amount_pence:money}. Two "
        "charities record their own time. None of it is in a figure by the pound of exchange "
        "spend.",
    ),
    Input(
        "evenings",
        "2026-08-21 10:00",
        "community.lead",
        "lantern",
        "volunteer-time",
        45_000,
        "3,750 hours on the rota of the hubs, at £12 an hour",
    ),
    Input(
        "visitors",
        "2026-08-21 14:00",
        "community.lead",
        "doorstep",
        "staff-time",
        38_000,
        "Payroll of the two who plan the visits",
    ),
)
