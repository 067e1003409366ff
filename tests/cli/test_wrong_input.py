"""Wrong input ends in a named rule and the right exit code, and leaves nothing behind."""

import json
import sqlite3
from pathlib import Path

import pytest

from svx_ledger.cli.failing import Exit

from .conftest import OPERATOR_TEXT, Run

BID = ("auction", "bid", "auction-abcd", "--supplier-id", "organisation-abcd", "--line")
REGISTER = ("organisation", "register", "organisation-abcd", "--side", "supplier")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (("frobnicate",), "No such command"),
        (("auction", "bidd"), "Did you mean 'bid'"),
        (("organisation", "register"), "--name"),
        (("organisation", "register", "--side", "umpire"), "umpire"),
        (("events", "--limit", "some"), "--limit"),
        (("--no-such-option",), "--no-such-option"),
    ],
)
def test_a_line_that_is_none_is_explained(svx: Run, line: tuple[str, ...], says: str) -> None:
    said = svx(*line)

    assert said.code == Exit.USAGE
    assert says in said.err
    assert said.out == ""


@pytest.mark.parametrize(
    ("actor", "says"),
    [
        ("person-1", "ROLE:ORGANISATION/PERSON"),
        ("operator", "ROLE:ORGANISATION/PERSON"),
        ("clock:/clock", "role is one of"),
        ("king:/person-1", "role is one of"),
        ("operator:acme/person-1", "bad-name at /actor/organisation"),
        ("operator:/Person One", "bad-form at /actor/id"),
        ("operator:/", "bad-form at /actor/id"),
    ],
)
def test_an_actor_has_its_form(opened: Run, actor: str, says: str) -> None:
    said = opened(
        "organisation", "verify", "organisation-abcd", "--basis", "b", "--actor", actor
    )

    assert said.code == Exit.USAGE
    assert says in said.err


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("need_id=need-abcd,unit=laptop,quantity=NaN", "bad-number at /lines/0/quantity"),
        ("need_id=need-abcd,unit=laptop,quantity=1e3", "bad-number at /lines/0/quantity"),
        ("need_id=need-abcd,unit=laptop,quantity=٣", "bad-number at /lines/0/quantity"),
        ("need_id=need-abcd,unit=laptop,quantity=18446744073709551616", "/lines/0/quantity"),
        ("need_id=need-abcd,unit=lap\u202etop,quantity=1", "bad-form at /lines/0/unit"),
        ("need_id=need-abcd,unit=lap\x1btop,quantity=1", "bad-form at /lines/0/unit"),
        ("need_id=need-abcd,unit=lap\udc80top,quantity=1", "bad-form at /lines/0/unit"),
        ("need_id=auction-abcd,unit=laptop,quantity=1", "bad-name at /lines/0/need_id"),
        ("need_id=need-abcd,quantity=1", "missing-field at /lines/0/unit"),
        ("need_id=need-abcd,need_id=need-abce", "duplicate-key at /lines/need_id"),
        ("laptops=1", "unknown-field at /lines"),
        ("laptops", "--line takes need_id="),
        ("@missing.json", "missing.json cannot be read"),
        ("@.", "cannot be read"),
        (
            '{"need_id":"need-abcd","unit":"x","quantity":NaN}',
            "bad-number at /lines/0/quantity",
        ),
        (
            '{"need_id":"need-abcd","unit":"x","quantity":1.5}',
            "bad-number at /lines/0/quantity",
        ),
        ('{"need_id":"need-abcd","unit":"x","quantity":1}', "wrong-type at /lines/0/quantity"),
        ('{"need_id":"need-abcd","need_id":"need-abce"}', "duplicate-key at /lines"),
        ('{"need_id":', "bad-json at /lines"),
        ('{}, "other": {}', "bad-json at /lines"),
        ("[" * 40, "too-deep at /lines"),
        ('["' + "x" * 70_000 + '"]', "too-large at /lines"),
        ("[]", "bad-length at /lines"),
        ("[3]", "wrong-type at /lines/0"),
    ],
)
def test_a_value_that_has_not_its_form_is_pointed_at(opened: Run, line: str, says: str) -> None:
    said = opened(*BID, line)

    assert said.code == Exit.USAGE
    assert says in said.err


def test_whole_numbers_are_digits(opened: Run) -> None:
    spend = ("spend", "record", "--payer-id", "organisation-abcd", "--invoice", "1")
    period = ("--period-from", "2026-01-01", "--period-to", "2026-02-01", "--amount-pence")
    codes = {
        amount: opened(*spend, *period, amount).err.split(":")[0]
        for amount in ("1_000", "12.5", "٣", "", str(2**64), "-1")
    }

    assert codes == {
        "1_000": "wrong-type at /amount_pence",
        "12.5": "wrong-type at /amount_pence",
        "٣": "wrong-type at /amount_pence",
        "": "wrong-type at /amount_pence",
        str(2**64): "bad-number at /amount_pence",
        "-1": "bad-number at /amount_pence",
    }


def test_what_is_said_of_a_number_is_true_at_a_terminal(opened: Run) -> None:
    """Where quotes are for JSON it says so: typed without them, and with, it is one text."""
    spend = ("spend", "record", "--payer-id", "organisation-abcd", "--invoice", "1")
    period = ("--period-from", "2026-01-01", "--period-to", "2026-02-01", "--amount-pence")
    pence = opened(*spend, *period, "1.5").err
    quantity = opened(*BID, "need_id=need-abcd,unit=laptop,quantity=1.5x").err

    assert "a whole number without a point (in JSON without quotes), from " in pence
    assert 'a decimal such as 12.5 (in JSON as text, "12.5"): at most ' in quantity


def test_times_and_dates_have_their_form(opened: Run) -> None:
    notice = ("procurement", "publish-notice", "procurement-abcd", "--reference", "1")
    said = opened(*notice, "--published-on", "05/01/2026")

    assert said.code == Exit.USAGE
    assert "bad-time at /published_on" in said.err
    assert "a day that there is, as text: YYYY-MM-DD" in said.err


DAY = "reads a day that there is, as YYYY-MM-DD"
IMPORT = ("import", "360giving", "grants.json", "--needed-by")


@pytest.mark.parametrize(
    "line",
    [
        ("report", "leverage", "--from"),
        ("report", "leverage", "--to"),
        ("report", "awards", "--from"),
        ("report", "awards", "--to"),
        ("report", "closing", "--day"),
        IMPORT,
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("text", ["20260302", "2026-W10-1", "2026-02-30", "2026-3-2", "\u0662"])
def test_every_day_has_one_form(
    opened: Run, tmp_path: Path, line: tuple[str, ...], text: str
) -> None:
    (tmp_path / "grants.json").write_text('{"grants": []}')
    said = opened(*line, text)

    assert said.code == Exit.USAGE
    assert said.err == f"{line[-1]} {DAY}.\n"
    assert DAY not in opened(*line, "2026-03-02").err


@pytest.mark.parametrize(
    "text", ["20260302", "2026-W10-1", "2026-02-30", "2026-03-02T12:00:00"]
)
def test_what_is_neither_a_day_nor_an_instant_is_told_both_forms(
    opened: Run, text: str
) -> None:
    said = opened("report", "leverage", "--as-at", text)

    assert said.code == Exit.USAGE
    assert f"--as-at {DAY}, or an instant as " in said.err


@pytest.mark.parametrize(
    "line",
    [
        ("key", "issue", "--scope", "read", "--access", "access-abcd", "--expires-at"),
        ("replay", "auction", "auction-abcd", "--at"),
        ("report", "leverage", "--as-at"),
        ("report", "trail", "--since"),
        ("report", "trail", "--until"),
        ("import", "bids", "bids.csv", "--starts-at"),
    ],
    ids=lambda line: line[-1],
)
def test_every_time_is_an_instant_with_its_offset(
    opened: Run, tmp_path: Path, line: tuple[str, ...]
) -> None:
    if line[0] == "import":
        file = tmp_path / "bids.csv"
        file.write_text("auction,bidder,at,pounds,opens_at,closes_at\n")
        line = tuple(str(file) if part == "bids.csv" else part for part in line)
    asked = ("2026-03-02T12:00:00", "2026-03-02T12:00Z", "2026-03-02T12:00:00-00:00")
    for text in asked:
        said = opened(*line, text)

        assert said.code == Exit.USAGE
        assert "2026-12-01T10:30:00.5+01:00" in said.err
    for text in ("2026-03-02T12:00:00Z", "2026-03-02T13:00:00.25+01:00"):
        assert "2026-12-01T10:30:00.5+01:00" not in opened(*line, text).err


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (b"", "bad-json"),
        (b"\xff\xfe", "bad-json"),
        (b"[]", "bad-json"),
        (b'{"command":"ApproveNeed","command":"ApproveNeed","data":{}}', "duplicate-key"),
        (b'{"command":"ApproveNeed","data":{"need_id":"need-abcd"},"as":1}', "unknown-field"),
        (b'{"command":"ApproveNeed"}', "missing-field"),
        (b'{"command":"ApproveNeed","data":{"need_id":"need-abcd","x":1}}', "unknown-field"),
        (b'{"command":"CloseAuction","data":{}}', "unknown-type"),
        (b'{"command":"Frobnicate","data":{}}', "unknown-type"),
        (b'{"command":"ApproveNeed","data":{"need_id":NaN}}', "wrong-type"),
        (b'{"command":"ApproveNeed","data":' + b"[" * 500, "too-deep"),
        (b" " * 70_000, "too-large"),
    ],
)
def test_a_command_in_hostile_bytes_gets_its_rule(opened: Run, text: bytes, rule: str) -> None:
    said = opened("do", "-", "--json", stdin=text)

    assert said.code == Exit.USAGE
    assert said.problem["type"] == f"/problems/{rule}"


def test_nothing_malformed_leaves_an_event(opened: Run) -> None:
    opened(*REGISTER, "--name", "a\u202eb", "--identifier", "scheme=GB-COH,id=1")

    assert len(opened("events", "--json").lines) == 1


def test_a_problem_in_json_has_the_rule_the_pointer_and_the_remedy(opened: Run) -> None:
    said = opened(*REGISTER, "--name", "a\u202eb", "--identifier", "scheme=x,id=1", "--json")

    assert said.problem == {
        "type": "/problems/bad-text",
        "status": 422,
        "title": said.problem["title"],
        "remedy": said.problem["remedy"],
        "errors": [{"pointer": "/name", "detail": said.problem["title"]}],
    }


def test_a_missing_ledger_is_not_found_and_not_made(svx: Run) -> None:
    for line in (
        ("events",),
        ("show", "need-abcd"),
        ("report", "awards"),
        ("auction", "board"),
    ):
        said = svx(*line)

        assert said.code == Exit.NOT_FOUND
        assert "svx-ledger init" in said.err
    verify = ("organisation", "verify", "organisation-abcd", "--basis", "Register")
    writing = svx(*verify, "--actor", OPERATOR_TEXT)

    assert writing.code == Exit.NOT_FOUND
    assert not Path("svx.db").exists()


def test_what_is_no_ledger_is_left_alone(svx: Run) -> None:
    Path("svx.db").write_bytes(b"this is not a database, but it is long enough to look at" * 20)
    before = Path("svx.db").read_bytes()
    codes = [svx(verb).code for verb in ("events", "init")]
    Path("other.db").unlink(missing_ok=True)
    with sqlite3.connect("other.db") as other:
        other.execute("CREATE TABLE mine (x)")
    other.close()
    codes += [svx(verb, "--ledger", "sqlite:///other.db").code for verb in ("events", "init")]

    assert codes == [Exit.UNEXPECTED] * 4
    assert Path("svx.db").read_bytes() == before


@pytest.mark.parametrize(
    "url", ["svx.db", "mysql://host/db", "sqlite://", "sqlite:///:memory:"]
)
def test_an_address_that_is_none_is_usage(svx: Run, url: str) -> None:
    said = svx("events", "--ledger", url)

    assert said.code == Exit.USAGE
    assert "bad-address" in said.err


def test_a_server_that_is_not_there_is_unexpected_and_its_password_is_not_shown(
    svx: Run,
) -> None:
    said = svx("events", "--ledger", "postgresql://me:s3cret@127.0.0.1:1/ledger")

    assert said.code == Exit.UNEXPECTED
    assert "s3cret" not in said.err + said.out


def test_a_damaged_record_stops_the_reading_with_its_position(opened: Run) -> None:
    opened(*REGISTER, "--name", "X", "--identifier", "scheme=GB-COH,id=1")
    with sqlite3.connect("svx.db") as file:
        (trigger,) = file.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'stored_events_no_update'"
        ).fetchone()
        file.execute("DROP TRIGGER stored_events_no_update")
        file.execute("UPDATE stored_events SET topic = 'need-approved.v1' WHERE rowid = 2")
        file.execute(trigger)
    file.close()
    said = opened("events")

    assert said.code == Exit.DAMAGED
    assert "position 2" in said.err
    assert opened("report", "awards").code == Exit.DAMAGED


def test_a_faulty_settings_file_is_usage(svx: Run) -> None:
    Path("svx.toml").write_text("leger = 'x'", encoding="utf-8")
    said = svx("events", "--json")

    assert said.code == Exit.USAGE
    assert "svx.toml" in json.loads(said.err)["title"]
