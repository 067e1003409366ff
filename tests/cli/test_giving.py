"""Giving commands: each has its verb, and what is typed is what the ledger gets."""

import json
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from svx_ledger.api.vocabulary import GROUPS, VERBS
from svx_ledger.cli.app import build
from svx_ledger.cli.commands import filling, giving
from svx_ledger.cli.failing import Exit
from svx_ledger.domain.kind import Command
from svx_ledger.domain.private import Private
from svx_ledger.domain.vocabulary import COMMANDS
from svx_ledger.eventlog.private_fields import private_fields
from svx_ledger.eventlog.scalars import instant, plain_decimal
from svx_ledger.eventlog.shapes import shape_of
from tests.strategies import values_of

from .conftest import OPERATOR_TEXT, Run

BY_PEOPLE = {name: cls for name, cls in COMMANDS.items() if not cls.by_clock}


def test_every_command_of_people_has_a_verb_of_its_own() -> None:
    assert set(VERBS) == set(BY_PEOPLE)
    assert len(set(VERBS.values())) == len(VERBS)
    assert {verb.group for verb in VERBS.values() if verb.group} <= set(GROUPS)


def typed(value: Any) -> str:
    """One value as it is typed: a thing with fields as JSON, a private text as it is."""
    if isinstance(value, Private):
        return str(value.text)
    if is_dataclass(value) and not isinstance(value, type):
        return json.dumps(shape_of(type(value)).encode(value))
    if isinstance(value, Decimal):
        return plain_decimal(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return instant(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def arguments(command: Command) -> list[str]:
    """The command line that gives this command; texts may begin with a dash, hence the =."""
    (target, *others) = fields(command)  # type: ignore[arg-type]
    given = []
    for field in others:
        option, value = f"--{field.name.replace('_', '-')}", getattr(command, field.name)
        if isinstance(value, tuple):
            given += [f"{option}={typed(item)}" for item in value] or [f"{option}=[]"]
        elif value is not None:
            given.append(f"{option}={typed(value)}")
    verb = VERBS[type(command).__name__]
    return [*verb.group.split(), verb.name, getattr(command, target.name), *given]


@settings(max_examples=150)
@given(st.data())
def test_what_is_typed_is_the_command(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(set(BY_PEOPLE) - giving.WRITTEN_APART)))
    command = data.draw(values_of(BY_PEOPLE[name]))
    got: list[Command] = []
    line = arguments(command)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(giving, "give", lambda _, command, **__: got.append(command))
        patch.setenv("SVX_ACTOR", OPERATOR_TEXT)
        ran = CliRunner().invoke(build(line), line)

    told = [unsalted(each) for each in got]
    assert (ran.exit_code, told) == (Exit.DONE, [unsalted(command)]), ran.stderr


def unsalted(command: Command) -> Command:
    """The same command without the salts of its private texts, which are random."""
    salts = {name: getattr(command, name) for name in private_fields(type(command))}
    given = {name: replace(value, salt=None) for name, value in salts.items() if value}
    return replace(command, **given)  # type: ignore[type-var]


PROXY = (
    "measure=laptop,name=A laptop, refurbished,unit=laptop,pounds_per_unit=300,"
    "divisible=false,source=Table,edition=2025,price_year=2025,licence=OGL,"
    "theme_scheme=ToMs,theme=NT11"
)
TERMS = {
    "mode": "ascending",
    "visibility": "rank",
    "bidder_count_shown": True,
    "rank_on": "social-value",
    "basis": "pounds",
    "notice_seconds": 0,
    "increment": {"kind": "pence", "pence": 10000},
    "reserve_pence": 100000,
    "social_value_score": "share-of-best",
    "social_value_weight": "10",
    "price_weight": "50",
    "quality_weight": "40",
}


def made(run: Run, *line: str) -> str:
    """Give a command that makes a thing; return the name it got."""
    said = run(*line)
    assert said.code == Exit.DONE, said.err
    return said.out.strip()


class Scene:
    """A thread through the verbs up to an announced auction, as people would type it."""

    def __init__(self, run: Run, folder: Path) -> None:
        def register(side: str, number: str) -> str:
            identifier = f"scheme=GB-COH,id={number}"
            name = made(
                run, "organisation", "register", "--name", f"The {side}, Ltd", "--side", side,
                "--identifier", identifier,
            )  # fmt: skip
            assert run("organisation", "verify", name, "--basis", "Register").code == Exit.DONE
            return name

        authority, self.supplier = register("authority", "1"), register("supplier", "2")
        community = register("community", "3")
        self.buyer = f"authority.buyer:{authority}/person-buyer"
        self.approver = f"authority.approver:{authority}/person-approver"
        self.bidder = f"supplier.bidder:{self.supplier}/person-bidder"
        lead = f"community.lead:{community}/person-lead"
        place = "police_force=E23000001,local_authority=E09000001"
        proxies = made(
            run,
            "proxies",
            "adopt",
            "--name",
            "Proxies",
            "--proxy",
            PROXY,
            "--actor",
            self.buyer,
        )
        project = made(
            run, "project", "register", "--organisation-id", community, "--title", "Club",
            "--summary", "Evenings", "--place", place, "--on-behalf-of", community,
        )  # fmt: skip
        self.need = made(
            run, "need", "propose", "--project-id", project, "--measure", "laptop", "--unit",
            "laptop", "--quantity", "20", "--place", place, "--needed-by", "2199-01-01",
            "--theme", "scheme=ToMs,code=NT11", "--use", "Homework", "--in-place", "A room",
            "--delivered-by", "Mentors", "--actor", lead,
        )  # fmt: skip
        made(run, "need", "approve", self.need, "--actor", self.buyer)
        procurement = made(
            run, "procurement", "register", "--ocid", "ocds-abc123-1", "--title", "Cleaning",
            "--authority-id", authority, "--lot",
            "lot=1,title=All, of it,contract_value_pence=5000000000", "--regime", "pa2023",
            "--nation", "england", "--policy", "own", "--social-value-weight", "10",
            "--actor", self.buyer,
        )  # fmt: skip
        made(
            run, "procurement", "review-conflicts", procurement, "--occasion", "before-notice",
            "--actor", self.buyer,
        )  # fmt: skip
        made(
            run, "procurement", "publish-notice", procurement, "--reference", "UK4-1",
            "--published-on", "2026-01-05", "--actor", self.buyer,
        )  # fmt: skip
        opens = datetime.now(UTC) + timedelta(days=1)
        closes = f"{opens + timedelta(days=1):%Y-%m-%dT%H:%M:00Z}"
        soft = {"window_seconds": 0, "extension_seconds": 0, "at_most": 0, "hard_stop": closes}
        terms = TERMS | {
            "opens_at": f"{opens:%Y-%m-%dT%H:%M:00Z}",
            "closes_at": closes,
            "soft_close": soft | {"extend_on": "rank-change"},
        }
        (folder / "terms.json").write_text(json.dumps(terms), encoding="utf-8")
        self.auction = made(
            run, "auction", "draft", "--procurement-id", procurement, "--lot", "1",
            "--proxy-set-id", proxies, "--terms", "@terms.json", "--actor", self.buyer,
        )  # fmt: skip
        listing = ("auction", "list-need", self.need, "--auction-id", self.auction)
        made(run, *listing, "--relevance", "Near", "--actor", self.buyer)
        self.run = run

    def announce(self) -> None:
        """Freeze, invite and schedule."""
        acts: list[tuple[tuple[str, ...], str]] = [
            (("request-freeze",), self.buyer),
            (("approve-freeze",), self.approver),
            (("invite", "--supplier-id", self.supplier), self.buyer),
            (("schedule",), self.buyer),
        ]
        for (verb, *options), actor in acts:
            made(self.run, "auction", verb, self.auction, *options, "--actor", actor)


def test_a_new_thing_gets_a_random_name(opened: Run) -> None:
    line = ("organisation", "register", "--name", "X", "--side", "supplier", "--identifier")
    first, second = (made(opened, *line, f"scheme=GB-COH,id={n}") for n in "12")

    assert first != second
    assert first.startswith("organisation-")
    assert len(first) == len("organisation-") + 16


def test_two_people_act_and_a_rejected_bid_is_on_record(opened: Run, tmp_path: Path) -> None:
    scene = Scene(opened, tmp_path)
    scene.run("auction", "request-freeze", scene.auction, "--actor", scene.buyer)
    alone = scene.run("auction", "approve-freeze", scene.auction, "--actor", scene.buyer)
    scene.announce()
    line = f"need_id={scene.need},unit=laptop,quantity=5"
    bid = ("auction", "bid", scene.auction, "--supplier-id", scene.supplier, "--line", line)
    early = scene.run(*bid, "--actor", scene.bidder)
    again = scene.run(*bid, "--actor", scene.bidder, "--json")

    assert alone.code == Exit.REFUSED
    assert "same-person" in alone.err
    assert early.code == Exit.REFUSED
    assert early.out.strip() == scene.auction
    assert "The attempt is on record." in early.err
    assert again.json["events"][0]["type"] == "bid-rejected.v1"
    assert (again.problem["type"], again.problem["on_record"]) == (
        "/problems/auction-not-open",
        True,
    )


def test_the_same_command_id_gives_the_first_answer_again(opened: Run) -> None:
    line = ["organisation", "register", "organisation-abcd", "--name", "X", "--side"]
    line += ["supplier", "--identifier", "scheme=GB-COH,id=1", "--command-id", "once"]
    first, repeat = opened(*line, "--json"), opened(*line, "--json")
    other = opened(*line, "--name", "Y")

    assert first.json == repeat.json
    assert other.code == Exit.CONFLICT
    assert "command-id-reused" in other.err


def test_an_expected_version_that_is_not_the_stream_s_is_a_conflict(opened: Run) -> None:
    opened(
        "organisation", "register", "organisation-abcd", "--name", "X", "--side", "supplier",
        "--identifier", "scheme=GB-COH,id=1",
    )  # fmt: skip
    verify = ("organisation", "verify", "organisation-abcd", "--basis", "b")

    assert opened(*verify, "--expected-version", "7").code == Exit.CONFLICT
    assert opened(*verify, "--expected-version", "1").code == Exit.DONE


def test_a_command_comes_as_json_from_a_file_or_from_standard_input(opened: Run) -> None:
    command = {
        "command": "RegisterOrganisation",
        "data": {
            "organisation_id": "organisation-abcd",
            "name": "X",
            "side": "supplier",
            "identifiers": [{"scheme": "GB-COH", "id": "1"}],
        },
    }
    Path("command.json").write_text(json.dumps(command), encoding="utf-8")

    assert opened("do", "command.json").out == "organisation-abcd\n"
    assert opened("do", "-", stdin=json.dumps(command)).code == Exit.CONFLICT


def test_a_ledger_is_opened_once(opened: Run) -> None:
    again = opened("init")

    assert again.code == Exit.CONFLICT
    assert "already-open" in again.err


def test_a_clock_step_is_accepted_with_what_the_log_says(opened: Run) -> None:
    said = opened("clock", "accept", "--reason", "The clock was set right", "--json")

    assert said.code == Exit.DONE
    assert said.json["stream"].startswith("ledger-")
    assert said.json["events"][0]["data"]["reason"] == "The clock was set right"


HOLIDAYS = {
    "england-and-wales": {"events": [{"date": "2026-05-04"}, {"date": "2026-12-25"}]},
    "scotland": {"events": [{"date": "2026-06-15"}, {"date": "2026-05-16"}]},
}


def test_bank_holidays_of_all_nations_are_cut_to_the_sixty_days(
    opened: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "days.json").write_text(json.dumps(HOLIDAYS), encoding="utf-8")
    got: list[Any] = []
    monkeypatch.setattr(giving, "give", lambda _, command, **__: got.append(command))
    notice = ("award", "publish-notice", "award-abcd", "--reference", "UK6-1")
    monkeypatch.setattr(filling, "today", lambda: date(2026, 5, 1))
    said = opened(*notice, "--published-on", "2026-05-01", "--bank-holidays", "days.json")
    monkeypatch.setattr(filling, "today", lambda: date(2026, 12, 20))
    late = opened(*notice, "--published-on", "2026-12-20", "--bank-holidays", "days.json")
    without = opened(*notice, "--published-on", "2026-05-01")

    assert said.code == Exit.DONE, said.err
    assert got[0].non_working_days == (date(2026, 5, 4), date(2026, 6, 15))
    assert (late.code, without.code) == (Exit.USAGE, Exit.USAGE)
    assert "ends before" in late.err
    assert "missing-field at /calendar" in without.err


def test_the_actor_is_asked_for(svx: Run) -> None:
    svx("init")
    said = svx("need", "approve", "need-abcd")

    assert said.code == Exit.USAGE
    assert "--actor" in said.err


def test_who_acts_is_who_approves_adopts_and_verifies(
    opened: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    got: list[Any] = []
    monkeypatch.setattr(giving, "give", lambda _, command, **__: got.append(command))
    verify = ("organisation", "verify", "organisation-abcd", "--basis", "Register")
    buyer, other = "authority.buyer:organisation-auth/person-b", "organisation-other"
    for line in (
        ("need", "approve", "need-abcd", "--actor", buyer),
        ("need", "approve", "need-abcd", "--approver-organisation", other, "--actor", buyer),
        ("proxies", "adopt", "--name", "P", "--proxy", PROXY, "--actor", buyer),
        (*verify, "--actor", buyer),
        (*verify, "--actor", "operator:organisation-exch/person-o"),
    ):
        assert opened(*line).code == Exit.DONE

    own = "organisation-auth"

    assert [command.approver_organisation for command in got[:2]] == [own, other]
    assert got[2].adopter_id == own
    assert [command.verifier_id for command in got[3:]] == [own, None]


def test_acts_go_to_postgresql_as_well(svx: Run, postgres_url: str) -> None:
    svx("init", "--ledger", postgres_url)
    register = ("organisation", "register", "--name", "X", "--side", "supplier")
    given = svx(
        *register, "--identifier", "scheme=GB-COH,id=1", "--actor", OPERATOR_TEXT,
        "--ledger", postgres_url,
    )  # fmt: skip
    read = svx("events", "--json", "--ledger", postgres_url)

    assert given.code == Exit.DONE
    assert [event["position"] for event in read.lines] == [1, 2]
