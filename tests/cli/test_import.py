"""`import`: the fixed form of its answer, and its exit code (everybody is fictional)."""

import json
from pathlib import Path

import pytest

from svx_ledger.cli.failing import Exit

from .conftest import Run

OPERATOR = ("--actor", "operator:/person-1")
GOOD = '{"ocid": "ocds-demo00-lamps", "id": "1", "tag": ["tender"]}\n'
BAD = '{"ocid": "ocds-demo00-lamps", "date": 7}\n'
BIDS = (
    "auction,bidder,at,pounds,opens_at,closes_at\n"
    "lamp,ann,2004-03-01T09:10:00Z,10,2004-03-01T09:00:00Z,2004-03-01T10:00:00Z\n"
)
EBAY = (
    "auctionid,bid,bidtime,bidder,bidderrate,openbid,price,item,auction_type\n"
    "1,150,1.5,a,1,100,160,Watch,3 day auction\n"
)
GRANT = {
    "id": "360G-demo-1",
    "title": "Lanterns",
    "currency": "GBP",
    "amountAwarded": 10,
    "recipientOrganization": [{"id": "GB-CHC-999901", "name": "Lantern (fictional)"}],
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "notices.jsonl"


def test_an_import_answers_in_its_fixed_form(svx: Run, file: Path) -> None:
    file.write_text(GOOD, encoding="utf-8")
    svx("init")
    said = svx("import", "ocds", str(file), *OPERATOR, "--json")
    again = svx("import", "ocds", str(file), *OPERATOR, "--json")

    assert said.code == Exit.DONE
    assert json.loads(said.out) == {
        "read": 1,
        "imported": 1,
        "unchanged": 0,
        "rejected": [],
        "decided_elsewhere": {
            "statements": 0,
            "statements_pence": 0,
            "merged": 0,
            "merged_pence": 0,
            "other": 0,
            "without": 0,
        },
    }
    assert json.loads(again.out)["unchanged"] == 1


def test_an_import_with_rejected_records_says_which_and_why(svx: Run, file: Path) -> None:
    file.write_text(GOOD + BAD, encoding="utf-8")
    svx("init")
    said = svx("import", "ocds", str(file), *OPERATOR, "--json")
    shown = svx("import", "ocds", str(file), *OPERATOR)

    assert said.code == Exit.REJECTED
    assert json.loads(said.out)["rejected"] == [
        {"file": "notices.jsonl", "pointer": "line 2 /date", "reason": "no text"}
    ]
    assert shown.code == Exit.REJECTED
    assert "2 read, 0 imported, 1 unchanged, 1 rejected" in shown.out
    assert "Rejected: notices.jsonl line 2 /date: no text" in shown.err


def test_a_file_that_is_not_there_is_found_out_before_anything_is_written(
    svx: Run, file: Path
) -> None:
    file.write_text(GOOD, encoding="utf-8")
    svx("init")
    said = svx("import", "ocds", str(file), str(file) + ".no", *OPERATOR)

    assert said.code == Exit.USAGE
    assert "There is no " in said.err
    assert "elsewhere" not in svx("events").out


def test_published_awards_stand_behind_the_register_as_decided_elsewhere(
    svx: Run, file: Path
) -> None:
    award = {"id": "a", "value": {"amount": 7.5, "currency": "GBP"}, "suppliers": []}
    award["status"] = "cancelled"
    file.write_text(json.dumps({"ocid": "ocds-demo00-lamps", "awards": [award]}), "utf-8")
    svx("init")
    svx("import", "ocds", str(file), *OPERATOR)
    shown = svx("report", "awards")
    (line,) = svx("report", "awards", "--json").out.splitlines()

    assert "Decided elsewhere, as published: no awards of this exchange" in shown.out
    assert "1 statements summing to £7.50; merged, 1 awards summing to £7.50" in shown.out
    assert "cancelled" in shown.out
    assert "ocds-demo00-lamps" in shown.out
    assert json.loads(line)["decided"] == "elsewhere"
    assert json.loads(line)["value_pence"] == 750


def test_grants_wait_for_somebody_to_verify_who_received_them(svx: Run, file: Path) -> None:
    file.write_text(json.dumps(GRANT), encoding="utf-8")
    svx("init")
    take = ("import", "360giving", str(file), *OPERATOR, "--json")
    terms = ("--place", "E23999901/E07999901", "--needed-by", "2099-01-01")
    first = json.loads(svx(*take, *terms).out)
    second = svx(*take, *terms, "--verify-basis", "Checked (fictional)", "--theme", "DEMO/a")

    assert [wait["reason"].split()[1:] for wait in first["waiting"]] == [
        ["is", "not", "verified"]
    ]
    assert second.code == Exit.DONE
    assert json.loads(second.out)["imported"] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        ("--needed-by", "tomorrow"),
        ("--place", "E23999901"),
        ("--areas", "none.csv"),
        ("--place", "E23 1/E07999901"),
        ("--theme", "DEMO"),
        ("--theme", "DEMO/no code"),
        ("--verify-basis", " "),
    ],
)
def test_terms_of_another_form_are_usage(svx: Run, file: Path, wrong: tuple[str, str]) -> None:
    file.write_text(json.dumps(GRANT), encoding="utf-8")
    svx("init")

    said = svx("import", "360giving", str(file), *OPERATOR, *wrong)

    assert said.code == Exit.USAGE
    assert wrong[0] in said.err or wrong[1] in said.err
    assert "Lantern" not in svx("events").out


@pytest.mark.parametrize(
    ("at", "code"),
    [
        ("2004-03-01T09:00:00+01:00", Exit.DONE),
        ("2004-03-01", Exit.DONE),
        ("1969-12-31", Exit.USAGE),
        ("2901-01-01", Exit.USAGE),
        ("0001-01-01T00:00:00+01:00", Exit.USAGE),
        ("soon", Exit.USAGE),
    ],
)
def test_an_opening_is_an_instant_in_years_that_a_clock_has(
    svx: Run, file: Path, at: str, code: Exit
) -> None:
    file.write_text(EBAY, encoding="utf-8")

    assert svx("import", "bids", str(file), "--starts-at", at).code == code
    if "+" in at and code == Exit.DONE:
        assert "2004-03-01T08:00:00" in svx("events", "--json").out


def test_who_can_import_nothing_is_refused_at_once(svx: Run, file: Path) -> None:
    file.write_text(GOOD, encoding="utf-8")
    svx("init")
    buyer = ("--actor", "authority.buyer:organisation-demo/person-2")

    for sort in ("ocds", "360giving"):
        said = svx("import", sort, str(file), *buyer)
        assert said.code == Exit.REFUSED
        assert "role-not-allowed" in said.err


def test_a_folder_is_no_file(svx: Run, tmp_path: Path) -> None:
    said = svx("import", "bids", str(tmp_path))

    assert said.code == Exit.USAGE
    assert "is a folder: name the files in it." in said.err


def test_bids_are_replayed_into_a_new_ledger(svx: Run, file: Path) -> None:
    file.write_text(BIDS, encoding="utf-8")
    said = svx("import", "bids", str(file), "--json")
    shown = svx("import", "bids", str(file))

    assert said.code == Exit.DONE
    assert json.loads(said.out)["bids"] == {"accepted": 1, "rejected_by_rule": {}}
    assert "1 read, 0 imported, 1 unchanged, 0 rejected" in shown.out
    assert "ranked" in svx("auction", "board").out


def test_bids_are_kept_out_of_a_ledger_with_real_time(svx: Run, file: Path) -> None:
    file.write_text(BIDS, encoding="utf-8")
    svx("init")
    said = svx("import", "bids", str(file))

    assert said.code == Exit.CONFLICT
    assert "simulated time may not enter it" in said.err


def test_bids_fill_a_ledger_with_simulated_time_and_only_an_empty_one(
    svx: Run, file: Path
) -> None:
    file.write_text(BIDS, encoding="utf-8")
    opened = svx("init", "--simulated")
    first = svx("import", "bids", str(file))
    file.write_text(BIDS.replace("ann", "ben"), encoding="utf-8")
    second = svx("import", "bids", str(file))

    assert (opened.code, first.code) == (Exit.DONE, Exit.DONE)
    assert second.code == Exit.CONFLICT
    assert "ledger-used" in second.err


def test_a_table_of_proxies_is_adopted_by_who_may(svx: Run, file: Path) -> None:
    file.write_text("measure\nhour\n", encoding="utf-8")
    svx("init")
    refused = svx("import", "proxies", str(file), *OPERATOR)
    evaluator = ("--actor", "evaluator:organisation-demo/person-2")
    said = svx("import", "proxies", str(file), *evaluator, "--json")

    assert refused.code == Exit.REFUSED
    assert said.code == Exit.REJECTED
    assert json.loads(said.out)["rejected"][0]["pointer"] == "line 1"
