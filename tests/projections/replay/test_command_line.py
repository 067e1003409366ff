"""`svx-ledger replay`: the answers and the ways to ask wrongly."""

import json
from typing import Any

import pytest

from tests.demo.running import run

CLEANING = "auction-cleaning"
OPEN = "auction-recovery"


@pytest.fixture
def ask(demo_address: str) -> Any:
    """Ask for JSON: (exit code, values, what was said beside them)."""

    def ask(*arguments: str) -> tuple[int, list[Any], str]:
        code, lines, beside = run("replay", *arguments, "--ledger", demo_address, "--json")
        return code, [json.loads(line) for line in lines], beside

    return ask


def test_an_auction_at_a_position(ask: Any) -> None:
    code, (then,), _ = ask("auction", CLEANING, "--position", "231")

    assert code == 0
    assert (then["known_at"], then["position"], then["phase"]) == (231, 231, "open")
    assert then["leader"] == then["standing"][0]["supplier_id"] == "organisation-pellwick"
    assert len(then["head"]) == 64
    assert then["step"]["type"] == "bid-accepted.v1"
    assert {
        "field": "/leader",
        "how": "changed",
        "before": "organisation-harle",
        "after": "organisation-pellwick",
    } in then["step"]["changes"]


def test_an_instant_between_two_events_is_known_at_the_first(ask: Any) -> None:
    _, (then,), _ = ask("auction", CLEANING, "--at", "2025-07-01T12:01:49Z")

    assert (then["known_at"], then["as_at"]) == (230, "2025-07-01T12:01:49.000000Z")
    for same in ("2025-07-01T12:01:49.000Z", "2025-07-01T13:01:49+01:00"):
        assert ask("auction", CLEANING, "--at", same)[1] == [then]


def test_by_default_it_is_the_last_moment(ask: Any) -> None:
    _, (then,), _ = ask("auction", CLEANING)

    assert (then["known_at"], then["phase"]) == (665, "ranked")


@pytest.mark.parametrize(
    ("party", "sees"),
    [
        (["--as", "public"], set()),
        (["--as", "auditor:/person-a"], set()),
        (["--as", "supplier.bidder:organisation-harle/person-b"], {"own"}),
        (["--as", "organisation-harle"], {"own"}),
        ([], {"leader", "standing"}),
    ],
)
def test_as_a_party_it_is_what_could_be_seen_then(
    ask: Any, party: list[str], sees: set[str]
) -> None:
    code, (then,), _ = ask("auction", CLEANING, "--position", "231", *party)

    assert code == 0
    assert {name for name in ("own", "leader", "standing") if name in then} == sees


def test_a_bidder_of_a_live_auction_is_shown_to_itself_alone(ask: Any) -> None:
    bidder = "organisation-kitestone"
    code, (then,), _ = ask("auction", OPEN, "--as", f"supplier.bidder:{bidder}/person-b")
    assert (code, then["own"]["supplier_id"]) == (0, bidder)

    code, (then,), _ = ask(
        *("auction", OPEN, "--as", f"supplier.bidder:{bidder}/person-b"),
        *("--actor", "auditor:/person-a"),
    )
    assert (code, "own" in then) == (0, False)
    assert ask("auction", OPEN, "--as", bidder)[0] == 2  # nobody is said to ask
    code, _, beside = ask("auction", OPEN, "--as", bidder, "--actor", "auditor:/person-a")
    assert code == 6
    assert bidder in beside


def test_one_object_a_step(ask: Any) -> None:
    code, steps, _ = ask("auction", CLEANING, "--step", "--diff", "229..231")

    assert code == 0
    assert [(s["position"], s["type"]) for s in steps] == [
        (230, "auction-extended.v1"),
        (231, "bid-accepted.v1"),
    ]
    assert all(len(s["head"]) == 64 and s["changes"] for s in steps)
    several = ask("stream", CLEANING, "award-cleaning", "--step", "--position", "250")[1]
    assert {s["stream"] for s in several} == {CLEANING, "award-cleaning"}
    assert [s["position"] for s in several] == sorted(s["position"] for s in several)


def test_a_difference(ask: Any) -> None:
    _, (found,), _ = ask("auction", CLEANING, "--diff", "230..231")
    _, (onwards,), _ = ask("auction", CLEANING, "--diff", "230", "--position", "231")

    assert found == onwards
    assert (found["from"]["position"], found["to"]["position"]) == (230, 231)
    assert "/leader" in {change["field"] for change in found["changes"]}
    _, (begun,), _ = ask("stream", CLEANING, "--diff", "0..300")
    assert {change["how"] for change in begun["changes"]} == {"added"}
    _, (exchange,), _ = ask("exchange", "--diff", "250..262")
    assert "/awards/award-cleaning/award/phase" in {c["field"] for c in exchange["changes"]}


def test_the_next_and_the_previous_of_a_kind(ask: Any) -> None:
    def position(*arguments: str) -> int:
        code, (found,), _ = ask(*arguments)
        assert code == 0
        return int(found["position"])

    assert position("auction", CLEANING, "--next", "leader", "--position", "230") == 231
    assert position("auction", CLEANING, "--next", "bid-accepted") == 223  # from the beginning
    assert position("auction", CLEANING, "--previous", "bid-accepted") == 237  # from the end
    assert position("stream", "award-cleaning", "--next", "phase", "--position", "241") > 241
    assert position("exchange", "--next", "auction-closed", "--position", "231") == 238
    assert position("exchange", "--previous", "contract-entered", "--position", "262") == 260


def test_a_stream_says_what_is_withheld(ask: Any) -> None:
    _, (then,), _ = ask("stream", OPEN)

    assert {"standing", "bids", "participants"} <= set(then["withheld"])
    assert not {"standing", "bids", "participants"} & set(then["state"])
    assert then["step"]["withheld"]


def test_the_exchange_as_it_was(ask: Any) -> None:
    code, (then,), _ = ask("exchange", "--at", "2025-07-02")

    assert (code, then["known_at"]) == (0, 239)
    assert [a["auction_id"] for a in then["auctions"]] == [
        "auction-catering",
        "auction-estates",
        CLEANING,
    ]
    assert [a["award"]["award_id"] for a in then["awards"]] == [
        "award-catering",
        "award-estates",
    ]
    assert "known at position 239" in then["leverage"]["headline"]["text"]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["auction", CLEANING, "--position", "666"], 4, "666"),
        (["auction", CLEANING, "--position", "0"], 4, "no-such-moment"),
        (["auction", CLEANING, "--position", "100"], 4, "begins_at"),
        (["auction", CLEANING, "--at", "1999-01-01"], 4, "first_event"),
        (["exchange", "--at", "1999-01-01"], 4, "first_event"),
        (["auction", "auction-none"], 4, "not-found"),
        (["auction", "award-cleaning"], 4, "not-found"),
        (["stream", "nothing"], 4, "not-found"),
        (["auction", CLEANING, "--as", "organisation-none"], 4, "supplier"),
        (["auction", OPEN, "--next", "bid-accepted"], 4, "no-such-change"),
        (["auction", CLEANING, "--at", "2025-07-02", "--position", "3"], 2, "--at or"),
        (["auction", CLEANING, "--at", "noon"], 2, "--at reads"),
        (["auction", CLEANING, "--at", "2025-07-01T12:01:49"], 2, "the offset from UTC"),
        (["auction", CLEANING, "--diff", "a..b"], 2, "--diff reads"),
        (["auction", CLEANING, "--diff", "-1..3"], 2, "begins at"),
        (["auction", CLEANING, "--diff", "240..230"], 2, "forwards"),
        (["auction", CLEANING, "--diff", "1..2", "--position", "3"], 2, "where it ends"),
        (["auction", CLEANING, "--next", "colour"], 2, "no type"),
        (["exchange", "--next", "phase"], 2, "type"),
        (["auction", CLEANING, "--next", "phase", "--previous", "phase"], 2, "say one"),
        (["auction", CLEANING, "--as", "king:/person-a"], 2, "role"),
    ],
)
def test_a_wrong_question_is_told_why(
    ask: Any, arguments: list[str], code: int, says: str
) -> None:
    done, found, beside = ask(*arguments)

    assert (done, found) == (code, [])
    assert says in beside


def test_people_read_a_board_and_what_changed(demo_address: str) -> None:
    _, lines, _ = run(
        "replay", "auction", CLEANING, "--position", "231", "--ledger", demo_address
    )
    text = "\n".join(lines)

    assert "As at 2025-07-01 12:01:50Z, known at position 231" in text
    assert "In the lead: Pellwick Cleaning (fictional) with £104,800.00" in text
    assert "leader: organisation-harle → organisation-pellwick" in text
    _, lines, _ = run(
        *("replay", "auction", CLEANING, "--position", "231", "--as", "public"),
        *("--ledger", demo_address),
    )
    assert "Bids are hidden until the auction is ranked." in lines
    assert not [line for line in lines if "£104,800" in line]
    _, lines, _ = run("replay", "exchange", "--at", "2025-07-02", "--ledger", demo_address)
    assert lines[0] == "As at 2025-07-02 00:00:00Z, known at position 239"
    _, lines, _ = run("replay", "auction", CLEANING, "--diff", "1..2", "--ledger", demo_address)
    assert lines[-1] == "  nothing that may be seen"
