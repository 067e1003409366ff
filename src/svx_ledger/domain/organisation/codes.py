"""The closed lists by which a community organisation may describe itself."""

from typing import Annotated, Literal

from svx_ledger.domain.form import Count

IncomeBand = Literal[
    "under-10k",
    "10k-to-100k",
    "100k-to-1m",
    "1m-to-10m",
    "10m-to-100m",
    "over-100m",
]
"""Yearly income in pounds, by the six bands of NCVO's UK Civil Society Almanac: micro, small,
medium, large, major, super-major. The lower end belongs to the band, the upper does not."""

Group = Literal[
    "children-and-young-people",
    "older-people",
    "women-and-girls",
    "men-and-boys",
    "racialised-communities",
    "faith-communities",
    "migrants-and-refugees",
    "disabled-people",
    "people-with-mental-health-needs",
    "lgbtq-people",
    "carers",
    "people-facing-economic-disadvantage",
    "people-with-experience-of-the-justice-system",
    "everybody-in-the-area",
    "other",
]
"""Who leads an organisation, or whom it serves. The groups follow those that funders ask for
(the DEI Data Standard); the codes are the exchange's own."""

Groups = Annotated[tuple[Group, ...], Count(0, 15)]
