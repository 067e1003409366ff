"""Replaying bid histories through the rules, in the time that the history dictates."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from svx_ledger import open_ledger
from svx_ledger.domain.auction.events import (
    MOST_SUPPLIERS,
    AuctionClosed,
    BidAccepted,
    BidRejected,
)
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.book import OpenLedger
from svx_ledger.eventlog.record import read_event, recorded_at
from svx_ledger.intake.bid_history import History
from svx_ledger.intake.bid_rows import read_history
from svx_ledger.intake.replay import STARTS_AT, ReplayRefused, replay
from svx_ledger.intake.replay_setting import Setting
from svx_ledger.intake.tally import Tally
from svx_ledger.ledger import Ledger, SimulatedClock, WrongClock

from .conftest import OPERATOR, Write, watch

HEAD = "auction,bidder,at,pounds,opens_at,closes_at,reserve_pounds\n"
TIMES = "2004-03-01T09:00:00Z,2004-03-01T10:00:00Z"
OWN = HEAD + "".join(
    f"{auction},{bidder},2004-03-01T{at}Z,{pounds},{TIMES},{reserve}\n"
    for auction, bidder, at, pounds, reserve in (
        ("lamp", "ann", "09:10:00", "10", 5),
        ("lamp", "ann", "09:20:00", "10", 5),  # not above her own
        ("lamp", "ben", "09:20:00", "4.99", 5),  # below the reserve
        ("quay", "ann", "09:15:00", "7", 0),
        ("lamp", "ben", "09:30:00", "12.50", 5),
        ("lamp", "ann", "09:40:00", "12.50", 5),  # as much, but later
        ("lamp", "ben", "10:00:00", "99", 5),  # at the close
        ("lamp", "cid", "08:59:59", "99", 5),  # before the opening
    )
)
EBAY = (
    "auctionid,bid,bidtime,bidder,bidderrate,openbid,price,item,auction_type\n"
    "1,150,1.5,a,1,100,160,Watch,3 day auction\n"
    "1,160,2.999999999,b,1,100,160,Watch,3 day auction\n"
    "1,170,2,b,1,90,160,Watch,3 day auction\n"
)


def history_in(path: Path) -> tuple[History, Tally]:
    tally = Tally()
    return read_history([path], STARTS_AT, tally), tally


def played(address: str, path: Path) -> tuple[Tally, dict[str, Auction]]:
    """Replay a file into a ledger; return what it came to, and the auctions."""
    history, tally = history_in(path)
    clock = SimulatedClock(history.begins_at)
    with open_ledger(address, create=True, clock=clock) as ledger:
        replay(ledger, clock, history, tally=tally, watch=watch)
        setting = Setting(history)
        found = {lot: ledger.state(Auction, setting.auction(lot)) for lot in history.lots}
    return tally, {lot: auction for lot, auction in found.items() if auction}


def test_each_bid_is_judged_at_its_own_time(address: str, write: Write) -> None:
    tally, auctions = played(address, write("bids.csv", OWN))

    assert (tally.read, tally.imported, tally.rejected) == (8, 8, [])
    assert tally.more == {
        "auctions": 2,
        "bidders": 3,
        "bids": {
            "accepted": 4,
            "rejected_by_rule": {
                "auction-closed": 1,
                "auction-not-open": 1,
                "bid-below-increment": 1,
                "bid-below-reserve": 1,
            },
        },
        "ties_decided_by_time": 1,
    }
    assert [bid.value_pence for bid in auctions["lamp"].ranking] == [1250, 1250]
    assert auctions["lamp"].ranking[0].bid_no < auctions["lamp"].ranking[1].bid_no
    assert auctions["quay"].phase == "ranked"


def test_the_log_has_the_times_of_the_history_in_order(address: str, write: Write) -> None:
    played(address, write("bids.csv", OWN))
    with open_ledger(address, clock=SimulatedClock(STARTS_AT)) as ledger:
        rows = [(recorded_at(row.record), read_event(row)) for row in ledger.store.rows()]
    bids = [at for at, event in rows if isinstance(event, BidAccepted | BidRejected)]
    closes = [at for at, event in rows if isinstance(event, AuctionClosed)]
    morning = datetime(2004, 3, 1, tzinfo=UTC)

    assert [at for at, _ in rows] == sorted(at for at, _ in rows)
    assert bids[0] == morning + timedelta(hours=8, minutes=59, seconds=59)
    assert bids[1] == morning + timedelta(hours=9, minutes=10)
    assert bids[4] - bids[3] == timedelta(microseconds=1)  # at one instant in the history
    assert all(at - morning < timedelta(hours=10, seconds=1) for at in closes)


def test_the_same_history_again_changes_nothing(address: str, write: Write) -> None:
    path = write("bids.csv", OWN)
    first, _ = played(address, path)
    again, _ = played(address, path)

    assert (again.imported, again.unchanged) == (0, first.imported)
    assert again.more == first.more


def test_a_replay_that_was_cut_short_goes_on_from_there(
    address: str, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("bids.csv", OWN)
    whole, _ = played(f"{address}.whole", path)
    execute, left = Ledger.execute, iter(range(5))

    def cut(self: Ledger, *given: object, **more: object) -> object:
        next(left)  # the fifth command from here on meets the end of the process
        return execute(self, *given, **more)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "execute", cut)
        with pytest.raises(StopIteration):
            played(address, path)
    rest, _ = played(address, path)

    assert rest.unchanged == 4
    assert rest.imported + rest.unchanged == whole.imported
    assert rest.more == whole.more


def test_a_ledger_that_init_opened_for_simulated_time_is_filled(
    address: str, write: Write
) -> None:
    clock = SimulatedClock(datetime(1970, 1, 1, tzinfo=UTC))
    with open_ledger(address, create=True, clock=clock) as ledger:
        opening = OpenLedger(ledger_id="ledger-sim1", origin="test", clock="simulated")
        ledger.execute(opening, OPERATOR)

    assert played(address, write("bids.csv", OWN))[0].imported == 8


def test_real_time_and_another_history_are_kept_out(
    address: str, ledger: Ledger, write: Write
) -> None:
    path = write("bids.csv", OWN)
    with pytest.raises(WrongClock):
        open_ledger(address, clock=SimulatedClock(STARTS_AT))
    assert ledger.store.head().position == 1

    played(f"{address}.replay", path)
    with pytest.raises(ReplayRefused, match="ledger-used"):
        played(f"{address}.replay", write("other.csv", EBAY))


def test_ebay_times_are_days_and_its_opening_bid_is_the_reserve(
    address: str, write: Write
) -> None:
    history, tally = history_in(write("ebay.csv", EBAY))

    assert [(bid.bidder, bid.at - STARTS_AT) for bid in history.bids] == [
        ("a", timedelta(days=1.5)),
        ("b", timedelta(days=2)),
        ("b", timedelta(days=3) - timedelta(microseconds=86)),
    ]
    assert history.lots["1"].reserve_pence == 9000
    assert history.lots["1"].closes_at == STARTS_AT + timedelta(days=3)
    assert [note.pointer for note in tally.notes] == ["line 4"]
    assert played(address, write("ebay.csv", EBAY))[0].more["bids"] == {
        "accepted": 2,
        "rejected_by_rule": {"bid-below-increment": 1},
    }


@pytest.mark.parametrize(
    ("row", "pointer", "reason"),
    [
        (f",ann,2004-03-01T09:10:00Z,1,{TIMES},0", ", column auction", "empty"),
        (f"a,,2004-03-01T09:10:00Z,1,{TIMES},0", ", column bidder", "empty"),
        (f"a,ann,01/03/2004,1,{TIMES},0", ", column at", "no instant"),
        (f"a,ann,2004-03-01T09:10:00,1,{TIMES},0", ", column at", "no instant"),
        (f"a,ann,2004-02-28T08:59:59Z,1,{TIMES},0", "", "more than a day before"),
        (f"a,ann,2004-03-01T09:10:00Z,1e3,{TIMES},0", ", column pounds", "no plain number"),
        (f"a,ann,2004-03-01T09:10:00Z,1.005,{TIMES},0", ", column pounds", "parts of a penny"),
        (f"a,ann,2004-03-01T09:10:00Z,{10**12},{TIMES},0", ", column pounds", "a trillion"),
        (f"a,ann,2004-03-01T09:10:00Z,1,{TIMES},-1", "", "a reserve below nothing"),
        (
            "a,ann,2004-03-01T09:10:00Z,1,2004-03-01T10:00:00Z,2004-03-01T10:00:00Z,0",
            ", column closes_at",
            "an auction opens before",
        ),
        ("x", "", "1 cells under 7 headings"),
    ],
)
def test_a_row_that_cannot_be_read_says_where_and_why(
    write: Write, row: str, pointer: str, reason: str
) -> None:
    history, tally = history_in(write("bids.csv", HEAD + row + "\n"))

    assert history.bids == []
    assert [r.pointer for r in tally.rejected] == [f"line 2{pointer}"]
    assert tally.rejected[0].reason.startswith(reason)


def test_an_auction_has_one_time(write: Write) -> None:
    other = "lamp,ann,2004-03-01T09:10:00Z,1,2004-03-01T09:00:00Z,2004-03-01T11:00:00Z,5\n"
    history, tally = history_in(write("bids.csv", OWN + other))

    assert len(history.bids) == 8
    assert [r.pointer for r in tally.rejected] == ["line 10"]


def test_a_file_of_another_sort_is_rejected(write: Write) -> None:
    history, tally = history_in(write("x.csv", "a,b\n1,2\n"))

    assert history.bids == []
    assert [(r.pointer, tally.read) for r in tally.rejected] == [("line 1", 1)]


@pytest.mark.parametrize("content", ["", "\n", HEAD, 'a,"b" x\n', "x" * 200_000 + "\n"])
def test_a_file_without_bids_is_one_fault(write: Write, content: str) -> None:
    history, tally = history_in(write("x.csv", content))

    assert history.bids == []
    assert (tally.read, len(tally.rejected)) == (1, 1)


@pytest.mark.parametrize(
    ("opens", "closes", "taken"),
    [
        ("1970-01-01T00:00:00Z", "1970-01-02T00:00:00Z", True),
        ("2900-12-30T00:00:00Z", "2900-12-31T23:59:59Z", True),
        ("1969-12-31T23:59:59Z", "1970-01-02T00:00:00Z", False),
        ("2900-12-30T00:00:00Z", "2901-01-01T00:00:00Z", False),
        ("0001-01-01T00:00:00+01:00", "0001-01-02T00:00:00Z", False),
        ("9999-12-31T23:00:00-05:00", "9999-12-31T23:59:59Z", False),
    ],
)
def test_a_history_is_of_years_in_which_clocks_run(
    address: str, write: Write, *, opens: str, closes: str, taken: bool
) -> None:
    path = write("x.csv", HEAD + f"lamp,ann,{opens},1,{opens},{closes},0\n")
    if taken:
        assert played(address, path)[0].imported == 1
    else:
        assert history_in(path)[1].rejected[0].reason == "not in the years 1970 to 2900"


def test_a_file_given_twice_is_unchanged_the_second_time(write: Write) -> None:
    paths = [write("a.csv", OWN), write("b.csv", OWN)]
    tally = Tally()
    history = read_history(paths, STARTS_AT, tally)

    assert (tally.read, tally.unchanged, len(history.bids)) == (16, 8, 8)
    assert history.digest == history_in(paths[0])[0].digest


def test_an_auction_of_too_many_bidders_is_left_out(write: Write) -> None:
    def bids(lot: str, number: int) -> str:
        return "".join(f"{lot},b{n},2004-03-01T09:10:00Z,1,{TIMES},0\n" for n in range(number))

    crowd = bids("crowd", MOST_SUPPLIERS + 1)
    history, tally = history_in(write("x.csv", HEAD + crowd + bids("full", MOST_SUPPLIERS)))

    assert list(history.lots) == ["full"]
    assert len(tally.rejected) == MOST_SUPPLIERS + 1
    assert len(history.bids) == MOST_SUPPLIERS
    assert tally.rejected[0].reason == (
        f"{MOST_SUPPLIERS + 1} bidders in auction crowd: at most {MOST_SUPPLIERS} can take part"
    )
