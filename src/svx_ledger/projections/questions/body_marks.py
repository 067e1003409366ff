"""What questions ask of organisations and no other view keeps: how they describe themselves.

Their own word, given if they like, of the organisation and never of a person. All of it is
public, one by one; what is added up of it is not told of fewer than five (`suppression`).
"""

from typing import Literal, NamedTuple

from svx_ledger.domain.organisation import OrganisationDescribed
from svx_ledger.eventlog.record import Envelope
from svx_ledger.projections.projection import Projection
from svx_ledger.projections.table import Changes, Table

Trait = Literal["said", "income-band", "led-by", "serves"]


class DescriptionRow(NamedTuple):
    """One thing that an organisation said of itself; the last position holds.

    Each description has a row `said`, so that one that states nothing takes back the earlier.
    """

    organisation_id: str
    position: int
    trait: Trait
    value: str


DESCRIPTION = Table("question_descriptions", DescriptionRow, key=4)
BODY_MARKS = Projection("question_bodies", DESCRIPTION)


@BODY_MARKS.on(OrganisationDescribed)
def _described(at: Envelope, event: OrganisationDescribed) -> Changes:
    stated: list[tuple[Trait, str]] = [("said", "")]
    if event.income_band is not None:
        stated.append(("income-band", event.income_band))
    stated += [("led-by", group) for group in event.led_by]
    stated += [("serves", group) for group in event.beneficiary_groups]
    for trait, value in stated:
        yield DESCRIPTION.put(DescriptionRow(at.stream, at.position, trait, value))
