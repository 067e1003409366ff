"""Who may have a record whole: nobody to whom a part of it is not shown."""

from collections.abc import Callable

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.events import SupplierInvited
from svx_ledger.eventlog.record import Recorded, read_record
from svx_ledger.projections.visibility import may_see, seen
from svx_ledger.projections.whole import may_have

from .deal import Deal
from .play import Play
from .test_visibility_played import EVERYBODY, viewers

AUTHORITY = frozenset({"authority"})
MOMENTS: dict[str, Callable[[Deal], object]] = {
    "while bids are given": lambda _: None,
    "once ranked": lambda deal: deal.close(),
}


@pytest.fixture(params=MOMENTS)
def at(request: pytest.FixtureRequest) -> Deal:
    """A deal at a moment of it."""
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    deal.bid(deal.winner, {"cash": 2_000})
    deal.bid(deal.rival, {"cash": 1_000})
    MOMENTS[request.param](deal)
    return deal


def having(deal: Deal, recorded: Recorded) -> frozenset[str]:
    """Who may have a record whole now."""
    tables = deal.play.views().tables
    return frozenset(
        name for name, viewer in viewers(deal).items() if may_have(recorded, tables, viewer)
    )


def test_what_is_had_whole_is_shown_and_nothing_of_it_left_out(at: Deal) -> None:
    tables = at.play.views().tables
    whole = 0
    for row in at.play.log:
        recorded = read_record(row)
        for viewer in viewers(at).values():
            if may_have(recorded, tables, viewer):
                assert seen(recorded, tables, viewer).event == recorded.event
                whole += 1
            elif may_see(recorded, tables, viewer):
                assert isinstance(recorded.event, SupplierInvited)

    assert whole > len(at.play.log)


def test_an_invitation_is_the_authority_s_to_have_until_the_ranking() -> None:
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    deal.bid(deal.winner, {"cash": 2_000})
    invited = [read_record(row) for row in deal.play.log if row.type == "supplier-invited.v1"]
    assert all(one.event.connected_to is None for one in invited)  # type: ignore[attr-defined]
    before = {having(deal, one) for one in invited}
    deal.close()
    after = {having(deal, one) for one in invited}

    assert before == {AUTHORITY}
    assert after == {EVERYBODY}


def test_without_a_trail_nobody_can_tell_what_led_to_a_record() -> None:
    deal = Deal(Play())
    deal.prepare()
    tables = deal.play.views().tables
    last = read_record(deal.play.log[-1])
    deal.draft()
    later = read_record(deal.play.log[-1])

    viewer: Actor = deal.buyer
    assert may_have(last, tables, viewer)
    assert not may_have(later, tables, viewer)
