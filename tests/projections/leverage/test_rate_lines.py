"""A line at a rate, offered and pledged: what it comes to on the reference spend."""

from dataclasses import replace
from decimal import Decimal

from svx_ledger.projections.leverage.cut import Cut
from svx_ledger.projections.leverage.lines import Line, lines
from svx_ledger.projections.leverage.vocabulary import Stage
from tests.domain.auction.scene import TERMS
from tests.projections.deal import REFERENCE_PENCE, Deal
from tests.projections.play import Play

ON_REFERENCE = replace(TERMS, reference_spend_pence=REFERENCE_PENCE, withdrawal_allowed=True)


def now(deal: Deal) -> Cut:
    """All that is on the log."""
    return Cut(until=len(deal.play.log), known_at=len(deal.play.log))


def quantities(found: tuple[Line, ...], stage: Stage) -> dict[tuple[str, str], Decimal]:
    """What counts of each line that reached this stage, by supplier and measure."""
    return {
        (line.supplier_id, line.measure): line.stages[stage].counted
        for line in found
        if stage in line.stages
    }


def test_offered_and_pledged_are_the_reference_quantities() -> None:
    """£10m of spend: 0.0000129 laptops a pound are 129, or 100 where these are the cap."""
    deal = Deal(Play())
    deal.prepare()
    deal.draft(under=ON_REFERENCE)
    deal.bid(deal.rival, {"laptop": 100}, rate="0.0000129")
    deal.bid(deal.winner, {"laptop": 1_000}, rate="0.00001299")
    deal.bid(deal.winner, {"laptop": 1_000, "expert": 1_000}, rate="0.00001299")
    deal.close()
    deal.disclose()
    deal.approve()

    found = lines(deal.play.views().tables, now(deal))

    assert quantities(found, "offered") == {
        (deal.rival, "laptop"): Decimal(100),
        (deal.winner, "laptop"): Decimal(129),
        (deal.winner, "expert"): Decimal("129.9"),
    }
    assert quantities(found, "pledged") == {
        (deal.winner, "laptop"): Decimal(129),
        (deal.winner, "expert"): Decimal("129.9"),
    }
    pledged = {line.measure: line.stages["pledged"].gross_pence for line in found[-2:]}
    assert pledged == {"expert": 1_311_990, "laptop": 3_870_000}


def test_a_fixed_line_beside_a_reference_spend_is_what_it_pledges() -> None:
    deal = Deal(Play())
    deal.prepare()
    deal.draft(under=ON_REFERENCE)
    deal.bid(deal.rival, {"laptop": 1_100})
    deal.close()

    found = lines(deal.play.views().tables, now(deal))

    assert quantities(found, "offered") == {(deal.rival, "laptop"): Decimal(1_100)}
