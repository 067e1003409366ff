"""What holds wherever a quantity is stated, from the listing of a need to its delivery."""

from decimal import Decimal

from .form import MOST_PENCE
from .rule import Refusal, Rule
from .values import pounds

QUANTITY_INDIVISIBLE = Rule(
    "quantity-indivisible",
    "What cannot be divided is counted in whole units.",
    "State a whole number of units.",
)
WORTH_TOO_MUCH = Rule(
    "worth-too-much",
    "What one record values is worth at most ten trillion pounds.",
    "Check the quantity and what one unit is worth.",
)


def unless_whole(quantity: Decimal, *, divisible: bool, **facts: int | str) -> Refusal | None:
    """Refuse a fraction of what cannot be divided; `facts` say of what."""
    if divisible or not quantity % 1:
        return None
    return QUANTITY_INDIVISIBLE.refuse(**facts, quantity=quantity)


def unless_statable(worth_pence: int) -> Refusal | None:
    """Refuse a value that no record could state."""
    if worth_pence > MOST_PENCE:
        return WORTH_TOO_MUCH.refuse(worth=pounds(worth_pence))
    return None
