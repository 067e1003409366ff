"""The words of a leverage figure: stages, weights, denominators, dimensions.

Whoever asks for a figure needs them, and nothing else of the engine: they import nothing.
"""

from typing import Final, Literal, NamedTuple, cast, get_args

Stage = Literal[
    "offered", "pledged", "awarded", "reference", "claimed", "confirmed", "disputed"
]
"""`reference` is awarded, with rate lines at their reference spend; `disputed` is claimed."""
Weight = Literal["gross", "net", "present"]
"""Gross, net of deadweight, displacement and attribution, or the net's present value."""
Per = Literal["D1", "D2", "D3", "D4"]
PeriodBasis = Literal["cohort", "period"]
"""By whose dates a time is meant: first awards, or the facts themselves."""
Dimension = Literal[
    "authority",
    "force",
    "authority-force",
    "local-authority",
    "supplier",
    "community",
    "measure",
    "theme",
    "year",
    "procurement",
]
DIMENSIONS: Final[tuple[Dimension, ...]] = get_args(Dimension)
WITH_DENOMINATORS: Final[frozenset[Dimension]] = frozenset({"authority", "procurement", "year"})
NOT_AWARDED: Final = "not awarded"
_MEANING: Final[dict[Dimension, str]] = {
    "authority": "the authority that leads the procurement",
    "force": "the police force area of the need's place",
    "authority-force": "the police force areas that the procurement acts for",
    "local-authority": "the local authority of the need's place",
    "supplier": "the supplier that offered",
    "community": "the community organisation whose need it is",
    "measure": "what it is measured in",
    "theme": "the theme of the need, by scheme and code",
    "year": "the financial year of the procurement's first award in force",
    "procurement": "the procurement",
}
STAGES: Final[tuple[Stage, ...]] = ("offered", "pledged", "awarded", "claimed", "confirmed")
"""What is left from one to the next; the two others stand beside them."""
EVERY_STAGE: Final[tuple[Stage, ...]] = (*STAGES, "reference", "disputed")
WEIGHTS: Final[tuple[Weight, ...]] = get_args(Weight)
DENOMINATORS: Final[dict[Per, str]] = {
    "D1": "exchange spend by public bodies (D1)",
    "D2": "exchange spend and the authorities' administration cost (D2)",
    "D3": "contract value (D3)",
    "D4": "all recorded inputs (D4, social return on investment)",
}


def meaning(by: Dimension, basis: PeriodBasis) -> str:
    """Say what a dimension sorts by."""
    if by == "year" and basis == "period":
        return "the financial year of the facts"
    return _MEANING[by]


class Which(NamedTuple):
    """Which figure: a stage by weight, per denominator or, without one, in pounds."""

    stage: Stage
    weight: Weight
    per: Per | None = None

    def __str__(self) -> str:
        return ".".join(part for part in self if part)


HEADLINE: Final = Which("confirmed", "gross", "D1")


def which(text: str) -> Which | None:
    """Read the name of a figure, such as `confirmed.gross.D1`; None where it is none."""
    stage, weight, per, *more = *text.split("."), "", "", ""
    known = stage in EVERY_STAGE and weight in WEIGHTS and (per == "" or per in DENOMINATORS)
    if not known or any(more) or text.count(".") > 2 or text.endswith("."):
        return None
    return Which(
        cast("Stage", stage), cast("Weight", weight), cast("Per", per) if per else None
    )
