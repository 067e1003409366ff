"""`export evidence` and `verify bundle`: what a court gets, and what it can check alone."""

import io
import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from svx_ledger.cli.failing import Exit
from svx_ledger.eventlog.open import open_store
from svx_ledger.proofs.files.bundle import growth_name, head_name
from svx_ledger.proofs.files.stored_zip import pack_zip, unpack_zip
from svx_ledger.proofs.script import stand_alone

from .conftest import Run
from .evidenced import CANARY_POUNDS, KEY, POLICY, Played, played

AUCTION = "auction-w001"
PUBLIC = ("export", "evidence", "auction", AUCTION)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def one(
    url: str, svx: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Played]:
    """A ledger on either store with bids that nobody may see yet, published up to them."""
    del svx  # it comes first, and takes the settings out
    monkeypatch.setenv("SVX_LEDGER", url)
    (tmp_path / "policy").write_text(POLICY)
    with played(url, tmp_path) as it:
        yield it


@pytest.fixture
def here(svx: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Played]:
    """The same on SQLite, where the store makes no difference."""
    del svx
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    monkeypatch.setenv("SVX_LEDGER", url)
    (tmp_path / "policy").write_text(POLICY)
    with played(url, tmp_path) as it:
        yield it


def parts(file: Path) -> dict[str, bytes]:
    return unpack_zip(file.read_bytes())


def manifest(file: Path) -> Any:
    return json.loads(parts(file)["manifest.json"])


def test_evidence_is_made_and_verified_without_the_ledger(
    svx: Run, one: Played, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one.end()
    one.publish()
    made = svx(*PUBLIC, "--out", "e.zip", "--policy", "policy", "--json")
    assert made.code == Exit.DONE, made.err
    checked = svx("verify", "bundle", "e.zip", "--policy", "policy", "--json", "--ledger", "x:")
    assert checked.code == 0, checked.out

    done, said = checked.json, made.json
    assert done["verified"]
    assert (
        done["sha256"]
        == said["sha256"]
        == sha256((tmp_path / "e.zip").read_bytes()).hexdigest()
    )
    assert (done["subject"], done["size"]) == (AUCTION, one.head)
    assert (done["records"], len(done["withheld"])) == (said["records"], said["withheld"])
    assert done["dated"] == done["records"]
    assert done["maker_says"] == {"audit_clean": True, "same_policy": True}
    assert (
        stand_alone.main(["bundle", str(tmp_path / "e.zip"), "--key", KEY.verifier.text]) == 0
    )
    assert f"SHA-256 of the file {said['sha256']}\n" in capsys.readouterr().out


def test_every_file_in_it_can_be_read_with_any_program(
    svx: Run, one: Played, tmp_path: Path
) -> None:
    one.end()
    one.publish()
    assert svx(*PUBLIC, "--out", "e.zip").code == Exit.DONE

    with zipfile.ZipFile(io.BytesIO((tmp_path / "e.zip").read_bytes())) as file:
        names = file.namelist()
        summary = file.read("summary.txt").decode()
        rules = file.read("rules.txt").decode()
        records = {row.position: row.record for row in one.ledger.store.rows()}
        for name in names:
            if name.startswith("records/"):
                assert file.read(name) == records[int(name[8:20])]
    assert f"worth £{CANARY_POUNDS + 2:,}.00" in summary
    assert "organisation-w001s000: The W001S000 organisation (fictional)" in summary
    assert "reserve: £" in rules
    assert "pounds per unit: 1" in rules


def test_it_is_the_same_for_the_same_head_on_either_store(
    svx: Run,
    tmp_path: Path,
    postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "policy").write_text(POLICY)
    made = {}
    for name, url in (("a", f"sqlite:///{tmp_path / 'l.db'}"), ("b", postgres_url)):
        (tmp_path / name).mkdir()
        monkeypatch.setenv("SVX_LEDGER", url)
        with played(url, tmp_path / name) as one:
            one.end(disclose=False)
            one.publish()
            size = str(one.head)
            one.end()
            one.publish()
            for number in (1, 2):
                how = ("--out", f"{name}{number}", "--policy", "policy", "--head", size)
                assert svx(*PUBLIC, *how).code == Exit.DONE
                made[f"{name}{number}"] = (tmp_path / f"{name}{number}").read_bytes()

    assert len(set(made.values())) == 1
    assert manifest(tmp_path / "a1")["head"]["size"] == int(size)


def test_what_comes_later_changes_nothing_under_the_same_head(
    svx: Run, here: Played, tmp_path: Path
) -> None:
    here.end(disclose=False)
    here.publish()
    size = str(here.head)
    assert svx(*PUBLIC, "--out", "before").code == Exit.DONE
    here.end()
    here.publish()
    assert svx(*PUBLIC, "--out", "after", "--head", size).code == Exit.DONE
    assert svx(*PUBLIC, "--out", "newest").code == Exit.DONE

    assert (tmp_path / "before").read_bytes() == (tmp_path / "after").read_bytes()
    assert manifest(tmp_path / "newest")["head"]["size"] == here.head > int(size)


def test_it_rests_on_heads_that_its_policy_accepts(
    svx: Run, here: Played, tmp_path: Path
) -> None:
    """Whatever was published with fewer witnesses before and since, and dates nothing."""
    here.publish_unwitnessed()
    early = here.head
    here.end(disclose=False)
    here.publish()
    size = here.head
    here.end()
    here.publish_unwitnessed()
    how = ("--policy", "policy")
    made = svx(*PUBLIC, "--out", "e.zip", *how)
    assert made.code == Exit.DONE, made.err
    assert svx("verify", "bundle", "e.zip", *how).code == 0
    assert svx(*PUBLIC, "--out", "any.zip").code == Exit.DONE
    named = svx(*PUBLIC, "--out", "named.zip", "--head", str(here.head), *how)

    assert manifest(tmp_path / "e.zip")["head"]["size"] == size < here.head
    assert manifest(tmp_path / "any.zip")["head"]["size"] == here.head
    assert head_name(early) in parts(tmp_path / "any.zip")
    assert head_name(early) not in parts(tmp_path / "e.zip")
    assert (named.code, "SVX202" in named.err) == (Exit.USAGE, True)


def test_nothing_is_made_before_everybody_may_see_it(svx: Run, here: Played) -> None:
    said = svx(*PUBLIC, "--out", "e.zip", "--json")

    assert said.code == Exit.REFUSED
    assert said.problem["type"].endswith("not-disclosed-yet")
    assert here.auction.closes_at.strftime("%Y-%m-%dT%H:%M:%S") in said.err
    assert not (Path.cwd() / "e.zip").exists()


def test_hidden_bids_are_in_no_bundle_before_the_ranking(
    svx: Run, one: Played, tmp_path: Path
) -> None:
    """Neither a bid nor who takes part: also not in names, texts, times or the audit."""
    said = svx(*PUBLIC, "--out", "e.zip", "--partial", "--policy", "policy")
    assert said.code == Exit.DONE, said.err
    assert svx("verify", "bundle", "e.zip", "--policy", "policy").code == 0

    data = (tmp_path / "e.zip").read_bytes()
    hidden = [str(CANARY_POUNDS + number) for number in range(3)]
    hidden += [f"{CANARY_POUNDS:,}", "w001s000", "w001s001", "bid-accepted", "supplier-invited"]
    assert [text for text in hidden if text.encode() in data] == []
    bids = {row.position for row in one.ledger.store.rows() if row.type == "bid-accepted.v1"}
    assert len(bids) == 3
    assert bids <= set(manifest(tmp_path / "e.zip")["withheld"])


@pytest.mark.usefixtures("here")
def test_a_bidder_has_its_own_bids_before_the_ranking_and_no_other(
    svx: Run, tmp_path: Path
) -> None:
    who = "supplier.bidder:organisation-w001s000/person-w001-bidder000"
    said = svx(*PUBLIC, "--out", "e.zip", "--partial", "--actor", who)
    assert said.code == Exit.DONE, said.err

    data = (tmp_path / "e.zip").read_bytes()
    assert str(CANARY_POUNDS).encode() in data
    assert str(CANARY_POUNDS + 1).encode() not in data
    assert manifest(tmp_path / "e.zip")["viewer"] == who
    assert f"made for {who}" in svx("verify", "bundle", "e.zip", "--key", KEY.verifier.text).out


@pytest.mark.usefixtures("here")
def test_what_is_not_there_or_not_published_is_said(
    svx: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = ("--out", "e.zip")
    assert svx("export", "evidence", "auction", "auction-none", *out).code == Exit.NOT_FOUND
    assert svx("export", "evidence", "award", "award-none", *out).code == Exit.NOT_FOUND
    assert svx("export", "evidence", "need", "need-w001n000", *out).code == Exit.USAGE
    assert svx("export", "evidence", "award", AUCTION, *out).code == Exit.USAGE
    unknown = svx(*PUBLIC, *out, "--head", "3", "--json")
    assert unknown.code == Exit.CONFLICT
    assert unknown.problem["type"].endswith("no-such-head")
    beyond = svx(*PUBLIC, *out, "--head", "100000", "--json")
    assert beyond.code == Exit.CONFLICT
    assert beyond.problem["type"].endswith("not-published-yet")
    (tmp_path / "other").mkdir()
    monkeypatch.setenv("SVX_LEDGER", f"sqlite:///{tmp_path / 'other' / 'new.db'}")
    assert svx("init", "--origin", "ledger.example/new").code == Exit.DONE
    assert svx(*PUBLIC, *out).code == Exit.CONFLICT


def test_a_policy_that_does_not_trust_the_head_is_refused(
    svx: Run, here: Played, tmp_path: Path
) -> None:
    here.end()
    here.publish()
    stranger = POLICY.replace(
        "quorum first", "witness x example.com/w+00000000+B\nquorum first"
    )
    for text in ("nonsense\n", stranger, "quorum none\n"):
        (tmp_path / "bad").write_text(text)
        said = svx(*PUBLIC, "--out", "e.zip", "--policy", "bad")
        assert said.code == Exit.USAGE
    assert not (tmp_path / "e.zip").exists()


def test_a_place_that_cannot_be_written_is_said(svx: Run, here: Played) -> None:
    here.end()
    here.publish()

    assert svx(*PUBLIC, "--out", "absent/e.zip").code == Exit.USAGE


def test_what_is_there_is_written_over_only_when_told(
    svx: Run, here: Played, tmp_path: Path
) -> None:
    here.end()
    here.publish()
    (tmp_path / "e.zip").write_bytes(b"mine")

    said = svx(*PUBLIC, "--out", "e.zip")
    assert said.code == Exit.USAGE
    assert "e.zip is there already: --force writes over it" in said.err
    assert (tmp_path / "e.zip").read_bytes() == b"mine"
    assert svx(*PUBLIC, "--out", "e.zip", "--force").code == Exit.DONE
    assert "manifest.json" in parts(tmp_path / "e.zip")


def test_only_what_everybody_may_have_can_be_read_by_others(
    svx: Run, here: Played, tmp_path: Path
) -> None:
    here.end()
    here.publish()
    who = "supplier.bidder:organisation-w001s000/person-w001-bidder000"

    def mode(name: str, *how: str) -> int:
        (tmp_path / f"{name}.part").touch(0o644)  # left behind by one that was cut short
        assert svx(*PUBLIC, "--out", name, *how).code == Exit.DONE
        return (tmp_path / name).stat().st_mode & 0o777

    assert mode("public") & 0o077 == 0o644 & 0o077 & ~umask()
    assert mode("partial", "--partial") == 0o600
    assert mode("own", "--actor", who) == 0o600


def umask() -> int:
    now = os.umask(0o022)
    os.umask(now)
    return now


def test_the_heads_around_the_close_are_in_it(svx: Run, one: Played, tmp_path: Path) -> None:
    one.end()
    one.publish()
    assert svx(*PUBLIC, "--out", "e.zip", "--policy", "policy").code == Exit.DONE

    (close,) = (
        row.position for row in one.ledger.store.rows() if row.type == "auction-closed.v1"
    )
    there = parts(tmp_path / "e.zip")
    for size in (close - 1, close):
        assert {head_name(size), growth_name(size)} <= there.keys()


def test_a_bundle_that_was_changed_leaves_evidence(
    svx: Run, here: Played, tmp_path: Path
) -> None:
    here.end()
    here.publish()
    assert svx(*PUBLIC, "--out", "e.zip").code == Exit.DONE
    there = parts(tmp_path / "e.zip")
    bid = next(name for name, data in there.items() if b"bid-accepted.v1" in data[-300:])
    there[bid] = there[bid].replace(str(CANARY_POUNDS).encode(), b"777124", 1)
    (tmp_path / "bad.zip").write_bytes(pack_zip(there))
    how = ("--key", KEY.verifier.text)

    said = svx("verify", "bundle", "bad.zip", *how)
    assert said.code == 1
    position = int(bid[8:20])
    assert f"(leaf {position - 1}, position {position})" in said.out
    assert said.out.startswith("SVX101")
    assert list(tmp_path.glob("svx-evidence-SVX101-*.json"))
    assert stand_alone.main(["bundle", "bad.zip", *how]) == 1
    del there[bid]
    (tmp_path / "bad.zip").write_bytes(pack_zip(there))
    assert svx("verify", "bundle", "bad.zip", *how).code == 4
    (tmp_path / "bad.zip").write_bytes(b"PK")
    assert svx("verify", "bundle", "bad.zip", *how).code == 3
    assert svx("verify", "bundle", "absent", *how).code == 64
    assert svx("verify", "bundle", "e.zip").code == 64


def test_an_audit_that_finds_something_is_told(
    svx: Run, here: Played, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from svx_ledger import audit as room
    from svx_ledger.audit import Audit, Finding

    def found(*_: object, of: str, **__: object) -> Audit:
        at = Finding(position=1, stream=of, rule="private-text-missing")
        other = Finding(position=1, stream=of, rule="position-gap", recorded=1)
        return Audit(
            findings=(at, other), more=0, events=1, streams=1, commands={}, derived=0,
            unchecked={}, of=of,
        )  # fmt: skip

    here.end()
    here.publish()
    monkeypatch.setattr(room, "audit", found)
    said = svx(*PUBLIC, "--out", "e.zip")

    assert said.code == Exit.DONE
    assert "the audit found something" in said.out
    audit = json.loads(parts(tmp_path / "e.zip")["audit.json"])
    assert [one["rule"] for one in audit["audits"][0]["findings"]] == ["position-gap"]
    told = svx("verify", "bundle", "e.zip", "--key", KEY.verifier.text).out
    assert "SOMETHING AGAINST THE RULES" in told


def test_every_auction_and_award_of_the_demo_has_evidence(
    svx: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that an auction can come to: pauses, exclusions, re-runs, contracts, deliveries."""
    monkeypatch.setenv("SVX_LEDGER", "sqlite:///demo.db")
    assert svx("demo").code == Exit.DONE
    assert svx("publish", "--to", "log", "--once").code == Exit.DONE
    key = svx("key", "log", "show", "--vkey").out.strip()
    with closing(open_store("sqlite:///demo.db")) as store:
        rows = list(store.rows())
    begun = {row.stream for row in rows if row.stream.startswith(("auction-", "award-"))}
    unranked = {name for name in begun if name.startswith("auction-")}
    unranked -= {row.stream for row in rows if row.type == "bids-ranked.v1"}
    ended = ("auction-cancelled.v1", "auction-unsuccessful.v1", "auction-voided.v1")
    waiting = unranked - {row.stream for row in rows if row.type in ended}
    waiting |= {row.stream for row in rows if row.type == "award-recommended.v1"} - {
        row.stream for row in rows if row.type == "award-approved.v1"
    }
    made = {}
    for name in sorted(begun):
        kind = name.partition("-")[0]
        made[name] = svx("export", "evidence", kind, name, "--out", name).code
        if made[name] == Exit.DONE:
            done = svx("verify", "bundle", name, "--key", key, "--json").json
            assert done["maker_says"]["audit_clean"]
            assert name in {json.loads(data)["stream"] for data in records_in(tmp_path / name)}

    assert {name for name, code in made.items() if code != Exit.DONE} == waiting
    assert sum(name.startswith("award-") for name in made) > 2


def records_in(file: Path) -> list[bytes]:
    return [data for name, data in parts(file).items() if name.startswith("records/")]
