"""Everything runs on real files: the folder that SVX_TEST_DATA names. None of them is ours."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from svx_ledger import open_ledger
from svx_ledger.domain.auction.events import AuctionClosed, BidRejected
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.place import Place
from svx_ledger.eventlog.record import read_event
from svx_ledger.intake.areas import Areas
from svx_ledger.intake.bid_rows import read_history
from svx_ledger.intake.granting import Terms, import_grants
from svx_ledger.intake.observing import import_ocds
from svx_ledger.intake.proxies import import_proxies
from svx_ledger.intake.proxy_rows import Manner
from svx_ledger.intake.replay import STARTS_AT, replay
from svx_ledger.intake.replay_setting import Setting
from svx_ledger.intake.tally import Tally
from svx_ledger.ledger import Ledger, SimulatedClock
from svx_ledger.projections.elsewhere import ELSEWHERE, elsewhere, totals
from svx_ledger.projections.memory import Views

from .conftest import OPERATOR, watch

RELEASES = {  # in each file, and the statements of awards in them
    "ocds_uk/contractsfinder_2014-2015_ocds10_packages.jsonl": (85, 0),
    "ocds_uk/contractsfinder_2017fetch_ocds11_records.jsonl": (11, 0),
    "ocds_uk/contractsfinder_2022-10-20_release_package.json": (100, 53),
    "ocds_uk/contractsfinder_2025-01-23_release_package.json": (100, 59),
    "ocds_uk/findatender_2026_032703_tender.json": (1, 0),
    "ocds_uk/findatender_2026_037689_planning.json": (1, 0),
    "ocds_uk/publiccontractsscotland_2019-04_releases.jsonl": (45, 0),
    "ocds_uk/sell2wales_2025-02_releases.jsonl": (45, 0),
    "ocds_other_real/armenia_armeps_release_package.json": (100, 21),
    "ocds_other_real/mexico_cdmx_records.jsonl": (12, 12),
    "ocds_other_real/nigeria_bpp_records.jsonl": (11, 11),
    "ocds_other_real/ukraine_prozorro_2016-17_records.jsonl": (11, 13),
    "ocds_fictional_official/ocds-213czf-000-00001-01-planning.json": (1, 0),
    "ocds_fictional_official/ocds-213czf-000-00001-02-tender.json": (1, 0),
    "ocds_fictional_official/ocds-213czf-000-00001-03-tenderAmendment.json": (1, 0),
    "ocds_fictional_official/ocds-213czf-000-00001-04-award.json": (1, 1),
    "ocds_fictional_official/ocds-213czf-000-00001-05-contract.json": (1, 1),
    "ocds_fictional_official/ocds-213czf-000-00001-06-implementation.json": (1, 1),
    "ocds_fictional_official/ocds-213czf-000-00001-withversions.json": (1, 1),
    "ocds_fictional_official/ocds-213czf-000-00001.json": (6, 3),
}
GRANTS = {  # read, recipients without a number of a known register, nothing awarded
    "ab_charitable_trust_2013-2021.jsonl": (783, 4, 0),
    "baring_2014-2015.jsonl": (53, 16, 0),
    "lloyds_bank_foundation_2010-2015_dev_2010-2013.jsonl": (3201, 1, 1),
    "mixed_funders_regrants.jsonl": (55, 0, 0),
    "oxfordshire_cf_2013-09.jsonl": (156, 54, 0),
    "oxfordshire_cf_2014-06.jsonl": (98, 25, 0),
    "power_to_change_2015-2019.jsonl": (870, 76, 0),
}


@pytest.mark.parametrize("name", RELEASES)
def test_a_file_of_releases_is_imported_whole_and_once(
    ledger: Ledger, test_data: Path, name: str
) -> None:
    releases, statements = RELEASES[name]
    tally = import_ocds(ledger, OPERATOR, [test_data / name], watch)
    head = ledger.store.head()
    again = import_ocds(ledger, OPERATOR, [test_data / name], watch)

    assert (tally.read, tally.imported, tally.unchanged) == (releases, releases, 0)
    assert tally.rejected == []
    assert tally.more["decided_elsewhere"]["statements"] == statements
    assert (again.imported, again.unchanged) == (0, releases)
    assert ledger.store.head() == head


def test_all_of_them_together(ledger: Ledger, test_data: Path) -> None:
    tally = import_ocds(ledger, OPERATOR, [test_data / name for name in RELEASES], watch)

    assert tally.read == sum(releases for releases, _ in RELEASES.values()) == 535
    assert (tally.imported, tally.unchanged, len(tally.rejected)) == (529, 6, 0)


def test_the_sums_of_2022_10_20_both_ways(ledger: Ledger, test_data: Path) -> None:
    name = "ocds_uk/contractsfinder_2022-10-20_release_package.json"
    tally = import_ocds(ledger, OPERATOR, [test_data / name], watch)
    views = Views(ledger.store, (ELSEWHERE,))
    views.refresh()
    sums = totals(views.tables)
    shown = elsewhere(views.tables)

    assert tally.more["decided_elsewhere"] == sums._asdict()
    assert (sums.statements, sums.statements_pence) == (53, 8_162_495_990)
    assert (sums.merged, sums.merged_pence) == (48, 3_611_484_002)
    assert (sums.other, sums.without) == (0, 0)
    assert sum(award.value_pence or 0 for award in shown) == 3_611_484_002
    assert sum(award.statements for award in shown) == 53


def test_traps_of_2025_01_23(ledger: Ledger, test_data: Path) -> None:
    name = "ocds_uk/contractsfinder_2025-01-23_release_package.json"
    import_ocds(ledger, OPERATOR, [test_data / name], watch)
    views = Views(ledger.store, (ELSEWHERE,))
    views.refresh()
    shown = elsewhere(views.tables)

    assert max(len(award.suppliers) for award in shown) == 12
    assert any(award.value_pence == 0 for award in shown)  # zero is a value


@pytest.mark.parametrize("name", GRANTS)
def test_a_file_of_grants_is_imported_as_far_as_it_can_be(
    ledger: Ledger, test_data: Path, name: str
) -> None:
    read, numberless, nothing = GRANTS[name]
    terms = Terms(
        areas=Areas(Place(police_force="E23999901", local_authority="E07999901")),
        needed_by=date(2099, 1, 1),
    )
    path = test_data / "grants_360giving" / name
    first = import_grants(ledger, OPERATOR, [path], terms, watch=watch)
    verifying = replace(terms, verify_basis="Only to try it (fictional)")
    second = import_grants(ledger, OPERATOR, [path], verifying, watch=watch)
    third = import_grants(ledger, OPERATOR, [path], terms, watch=watch)
    whole = read - numberless - nothing
    torn = 1 if name.startswith("ab_") else 0  # its numbers were registered as of two

    assert (first.read, first.imported, len(first.waiting)) == (read, 0, whole)
    assert (
        Counter(r.reason.split(" ")[0] for r in first.rejected)
        == Counter(its=numberless, nothing=nothing) - Counter()
    )
    assert second.imported + second.unchanged == whole - torn
    assert sum("belong to" in r.reason for r in second.rejected) == torn
    assert (third.imported, third.unchanged, third.waiting) == (0, whole - torn, [])


def test_the_same_grants_in_json_and_in_the_table_are_the_same(
    ledger: Ledger, test_data: Path
) -> None:
    folder = test_data / "grants_360giving"
    terms = Terms(
        areas=Areas(Place(police_force="E23999901", local_authority="E07999901")),
        needed_by=date(2099, 1, 1),
        verify_basis="Only to try it (fictional)",
    )
    import_grants(ledger, OPERATOR, [*folder.glob("*.jsonl")], terms, watch=watch)
    again = import_grants(
        ledger, OPERATOR, [folder / "vcse_projects_flat.csv"], terms, watch=watch
    )

    assert (again.imported, again.unchanged, again.waiting) == (0, 5039, [])
    assert len(again.rejected) == 177


def test_gmca_unit_costs_are_read(ledger: Ledger, test_data: Path) -> None:
    path = test_data / "social_value" / "gmca_unit_cost_database_v1_4.csv"
    manner = Manner(edition="v1.4", licence="CC-BY-4.0")
    wanted = frozenset({"CR1.0", "CR1.1"})
    operator = replace(OPERATOR, organisation="organisation-0perator")
    chosen = import_proxies(ledger, operator, [path], only=wanted, manner=manner)
    every = import_proxies(ledger, operator, [path], manner=manner)
    columns = Counter(r.pointer.rpartition(" ")[2] for r in every.rejected)

    assert [r.reason.partition(":")[0] for r in chosen.rejected] == ["not-found"]  # no adopter
    assert every.read == 683
    assert columns == {"unit": 15, "fiscal_gbp": 9, "fiscal_price_year": 9, "/": 1}


def test_the_ebay_histories(address: str, test_data: Path) -> None:
    path = test_data / "auctions" / "ebay_3-5-7_day_bids.csv"
    tally = Tally()
    history = read_history([path], STARTS_AT, tally)
    clock = SimulatedClock(history.begins_at)
    with open_ledger(address, create=True, clock=clock) as ledger:
        replay(ledger, clock, history, tally=tally, watch=watch)
        setting = Setting(history)
        found = {lot: ledger.state(Auction, setting.auction(lot)) for lot in history.lots}
        events = [read_event(row) for row in ledger.store.rows()]
    rejections = [event for event in events if isinstance(event, BidRejected)]
    highest: dict[str, int] = {}
    for bid in history.bids:
        highest[bid.lot] = max(highest.get(bid.lot, 0), int(bid.pounds * 100))

    assert (tally.read, tally.imported, tally.rejected) == (5325, 5325, [])
    assert len(tally.notes) == 1  # one row states another opening price than its auction
    assert tally.more["auctions"] == 299
    assert tally.more["bids"] == {
        "accepted": 5299,
        "rejected_by_rule": {"bid-below-increment": 26},  # and none of them was late
    }
    assert tally.more["ties_decided_by_time"] == 15
    assert len(rejections) == 26
    assert {  # the winner's value is the highest bid, in every auction
        lot: auction.ranking[0].value_pence for lot, auction in found.items() if auction
    } == highest
    assert sorted({e.closed_at for e in events if isinstance(e, AuctionClosed)}) == [
        STARTS_AT + timedelta(days=days) for days in (3, 5, 7)
    ]
