"""Movements: whatever happened, up to any position they sum to what the lines come to there."""

from collections import Counter, defaultdict
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svx_ledger.eventlog.record import recorded_at
from svx_ledger.projections.leverage.cut import Cut
from svx_ledger.projections.leverage.delivery import FACT, PLEDGE
from svx_ledger.projections.leverage.lines import LineKey, lines
from svx_ledger.projections.leverage.movements import Movement, movements
from svx_ledger.projections.leverage.vocabulary import EVERY_STAGE, Stage
from svx_ledger.projections.memory import Tables, Views
from tests.domain import rated
from tests.projections.deal import Deal, worked_example
from tests.projections.play import Play

from .happening import EVERYTHING, FEATURES, claim, confirm, delivered, happened, played, voided

histories = st.frozensets(st.sampled_from(FEATURES))


class Reached(NamedTuple):
    """What a line comes to at a stage."""

    quantity: Decimal = Decimal(0)
    gross_pence: int = 0
    net_pence: int = 0
    beyond_pence: int = 0


def of_lines(rows: Tables, until: int) -> dict[tuple[LineKey, Stage], Reached]:
    """What every line comes to, by the clear way."""
    return {
        (line.key, stage): Reached(at.quantity, at.gross_pence, at.net_pence, at.beyond_pence)
        for line in lines(rows, Cut(until, until))
        for stage, at in line.stages.items()
        if at.quantity
    }


def key_of(moved: Movement) -> tuple[LineKey, Stage]:
    return (moved.auction_id, moved.supplier_id, moved.need_id), moved.stage


def of_movements(found: list[Movement], until: int) -> dict[tuple[LineKey, Stage], Reached]:
    """What every line comes to, by its movements up to here."""
    sums: defaultdict[tuple[LineKey, Stage], Reached] = defaultdict(Reached)
    for moved in found:
        if moved.position <= until:
            was = sums[key_of(moved)]
            sums[key_of(moved)] = Reached(
                was.quantity + moved.quantity,
                was.gross_pence + moved.gross_pence,
                was.net_pence + moved.net_pence,
                was.beyond_pence + moved.beyond_pence,
            )
    return {key: at for key, at in sums.items() if at != Reached()}


def assert_they_agree(play: Play) -> list[Movement]:
    """Hold one against the other, before and at every position that moves anything."""
    rows = play.views().tables
    found = list(movements(rows))
    moving = {moved.position for moved in found}
    for until in sorted(moving | {position - 1 for position in moving} | {len(play.log)}):
        assert of_movements(found, until) == of_lines(rows, until), until
    return found


@settings(max_examples=40)
@given(histories)
def test_up_to_any_position_they_sum_to_the_lines(having: frozenset[str]) -> None:
    assert_they_agree(played(having)[0])


def test_up_to_any_position_they_sum_to_the_lines_of_everything() -> None:
    found = assert_they_agree(played(EVERYTHING)[0])

    assert {moved.stage for moved in found} == {*EVERY_STAGE}


def test_they_sum_to_the_lines_of_the_worked_example() -> None:
    assert_they_agree(worked_example().play)


@pytest.mark.parametrize("pence", [(), (100_000_000,), (100_000_000, 9_000_000_000)])
def test_they_sum_to_the_lines_of_a_rate_pledge(pence: tuple[int, ...]) -> None:
    play = Play()
    happened(play, *rated.invoiced(*pence))
    found = [moved for moved in assert_they_agree(play) if moved.pledge_id == rated.RATED]

    assert [(moved.stage, f"{moved.quantity.normalize():f}") for moved in found] == [
        ("reference", "20000"),
        *[("awarded", hours) for hours in ("1000", "59000")[: len(pence)]],
    ]


@settings(max_examples=20)
@given(histories)
def test_each_says_what_its_event_was(having: frozenset[str]) -> None:
    play, *_ = played(having)
    rows = play.views().tables
    found = list(movements(rows))
    times = {row.position: recorded_at(row.record) for row in play.log}
    pledges = {
        (row.auction_id, row.supplier_id, row.need_id): row.pledge_id
        for row in rows.all(PLEDGE)
    }
    facts = {(row.pledge_id, row.position, row.stage): row for row in rows.all(FACT)}

    assert max(Counter((moved.position, key_of(moved)) for moved in found).values()) == 1
    for moved in found:
        assert moved.recorded_at == times[moved.position]
        bound = moved.stage not in ("offered", "pledged")
        assert moved.pledge_id == (pledges[key_of(moved)[0]] if bound else None)
        fact = facts.get((moved.pledge_id or "", moved.position, moved.stage))  # type: ignore[arg-type]
        assert (moved.by, moved.outside_period) == (
            (fact.by, fact.outside_period) if fact else (None, False)
        )
    sides = {moved.by for moved in found if moved.stage == "confirmed" and moved.quantity > 0}
    assert "community" in sides
    assert any(moved.outside_period for moved in found if moved.stage == "claimed")


@settings(max_examples=20)
@given(histories)
def test_those_of_a_line_come_by_position(having: frozenset[str]) -> None:
    found = list(movements(played(having)[0].views().tables))
    of: defaultdict[tuple[LineKey, str | None, Stage], list[int]] = defaultdict(list)
    for moved in found:
        of[key_of(moved)[0], moved.pledge_id, moved.stage].append(moved.position)

    for positions in of.values():
        assert all(earlier < later for earlier, later in pairwise(positions))
    for earlier, later in pairwise(found):  # those of a pledge one after the other
        if earlier.pledge_id and earlier.pledge_id == later.pledge_id:
            assert earlier.position <= later.position


def test_after_a_void_nothing_is_left_and_the_void_took_it() -> None:
    play, first, _, third = played(frozenset({"over", "disputed", "voided", "voided-late"}))
    rows = play.views().tables
    found = list(movements(rows))
    ends = {row.stream: row.position for row in play.log if row.type == "auction-voided.v1"}

    assert ends.keys() == {first.auction, third.auction}
    for of, position in ends.items():
        mine = [moved for moved in found if moved.auction_id == of]
        assert not any(key[0] == of for key, _ in of_movements(found, position))
        assert any(key[0] == of for key, _ in of_movements(found, position - 1))
        last = [moved for moved in mine if moved.position == position]
        assert all(moved.quantity < 0 and moved.gross_pence < 0 for moved in last)
        assert {key_of(moved) for moved in last} == {
            key for key in of_movements(mine, position - 1) if key[0][0] == of
        }
        assert all(
            moved.recorded_at == recorded_at(play.log[position - 1].record) for moved in last
        )


def entered(pledged: int) -> Deal:
    """A contract for so many volunteer hours, £16.93 each and 0.72 of that net."""
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    deal.bid(deal.winner, {"volunteer": pledged})
    deal.close()
    deal.disclose()
    deal.approve()
    deal.announce()
    deal.enter()
    return deal


def told(deal: Deal, *stages: Stage) -> list[tuple[str, str, int, int, int]]:
    """The movements of these stages, without what tells their lines apart."""
    return [
        (moved.stage, f"{moved.quantity}", *moved[8:11])
        for moved in movements(deal.play.views().tables)
        if moved.stage in stages
    ]


def test_instalments_move_by_differences_of_values() -> None:
    deal = entered(100)
    for _ in range(4):
        delivered(deal, "volunteer", "0.5")

    assert told(deal, "confirmed") == [
        ("confirmed", "0.5", 846, 609, 0),
        ("confirmed", "0.5", 847, 610, 0),
        ("confirmed", "0.5", 847, 610, 0),
        ("confirmed", "0.5", 846, 609, 0),
    ]


def test_what_is_beyond_moves_when_more_is_owed_and_back_when_less_is() -> None:
    deal = entered(10)
    claim(deal, "volunteer", "12")
    deal.vary({"volunteer": 11})
    deal.vary({"volunteer": 9})
    confirm(deal, "volunteer", 1, "12")

    assert told(deal, "awarded", "reference", "claimed", "confirmed") == [
        ("awarded", "10", 16_930, 12_190, 0),
        ("reference", "10", 16_930, 12_190, 0),
        ("claimed", "12", 16_930, 12_190, 3_386),
        ("awarded", "1", 1_693, 1_219, 0),
        ("claimed", "0", 1_693, 1_219, -1_693),
        ("reference", "1", 1_693, 1_219, 0),
        ("awarded", "-2", -3_386, -2_438, 0),
        ("claimed", "0", -3_386, -2_438, 3_386),
        ("reference", "-2", -3_386, -2_438, 0),
        ("confirmed", "12", 15_237, 10_971, 5_079),
    ]


def test_a_new_ranking_moves_what_changed_and_nothing_else() -> None:
    play, first, *_ = played(frozenset({"ranked-again"}))
    found = [
        moved
        for moved in movements(play.views().tables)
        if moved.auction_id == first.auction and moved.stage == "offered"
    ]
    again = max(moved.position for moved in found)
    after = [moved for moved in found if moved.position == again]

    assert play.log[again - 1].type == "bids-ranked.v1"
    assert {moved.supplier_id for moved in after} == {first.rival}
    assert sorted(moved.gross_pence for moved in after) == [-270_000, -100_000]


def test_an_approval_again_moves_only_the_line_that_it_leaves_out() -> None:
    play, _, second, _ = played(frozenset({"lapsed", "approved-again"}))
    found = [
        moved
        for moved in movements(play.views().tables)
        if moved.auction_id == second.auction and moved.stage == "pledged"
    ]
    moving = sorted(Counter(moved.position for moved in found).items())

    assert [(play.log[position - 1].type, count) for position, count in moving] == [
        ("award-approved.v1", 4),
        ("award-lapsed.v1", 4),
        ("award-approved.v1", 3),
    ]


def test_nothing_moves_in_an_empty_exchange_or_before_a_ranking() -> None:
    assert list(movements(Views(Play()).tables)) == []
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    deal.bid(deal.winner, {"cash": 1_000})
    happened(deal.play, (deal.auction, voided(deal)))

    assert list(movements(deal.play.views().tables)) == []


def test_what_is_worth_nothing_yet_still_moves_its_quantity() -> None:
    deal = entered(10)
    claim(deal, "volunteer", "0.0001")
    claim(deal, "volunteer", "0.0003")

    assert told(deal, "claimed") == [
        ("claimed", "0.0001", 0, 0, 0),
        ("claimed", "0.0003", 1, 1, 0),
    ]
