"""What holds for the amount and the period of any record of spend."""

from datetime import date

from svx_ledger.domain.rule import PERIOD_BACKWARDS, Refusal, Rule

NOTHING_SPENT = Rule(
    "nothing-spent",
    "A record of spend is of more than nothing.",
    "State the amount net of VAT, in pence.",
)


def unless_spent(amount_pence: int, period_from: date, period_to: date) -> Refusal | None:
    """Refuse what no record of spend can say.

    - The amount is more than nothing.
    - The period does not run backwards.
    """
    if amount_pence <= 0:
        return NOTHING_SPENT.refuse(amount_pence=amount_pence)
    if period_from > period_to:
        return PERIOD_BACKWARDS.refuse(
            period_from=period_from.isoformat(), period_to=period_to.isoformat()
        )
    return None
