"""Breaches that look like something else: commands split and merged, odd forms, a cut log."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from svx_ledger.domain.auction.events import BidsRanked
from svx_ledger.domain.book import LedgerOpened
from svx_ledger.domain.need import NeedReleased
from tests.audit.breach import Place, breach
from tests.audit.forging import Draft
from tests.audit.history import Fact
from tests.audit.tables import Tables

ESTATES = "auction-estates"
INSTANT = timedelta(microseconds=1)


@breach("bids-ranked-missing")
def command_split_in_two(draft: Draft) -> Fact:
    """Close and ranking, each as if a command of its own had led to it."""
    told = draft.find("CloseAuction", ESTATES)
    ranked = told.fact(BidsRanked)
    told.facts.remove(ranked)
    alone = draft.tell(told.command, told.actor, [])
    alone.facts = [ranked]
    draft.put(alone, after=told, at=told.at + INSTANT)
    return told.first


@breach("bid-accepted-unfounded")
def two_commands_told_as_one(draft: Draft) -> Fact:
    first, second = (draft.find("SubmitBid", ESTATES, nth) for nth in (0, 1))
    moved = second.first
    first.facts.append(moved)
    draft.drop(second)
    return moved


@breach("need-released-missing")
def events_of_two_streams_exchanged(draft: Draft) -> Fact:
    """The same event of the same command, on each other's streams."""
    told = draft.find("EnterContract", "contract-cleaning")
    one, other = told.fact(NeedReleased, 0), told.fact(NeedReleased, 1)
    one.stream, other.stream = other.stream, one.stream
    return one


@breach("command-digest")
def auction_opened_on_a_stream_of_another_kind(draft: Draft) -> Fact:
    """No command can name that stream, and so none has a digest."""
    told = draft.find("OpenAuction", ESTATES)
    told.first.stream = "award-estates0"
    return told.first


@breach("ledger-opened.epoch")
def ledger_said_to_be_restored(draft: Draft) -> Fact:
    return draft.fact(LedgerOpened).set(epoch=2)


@breach("not-opened")
def log_without_its_opening(draft: Draft) -> Fact:
    draft.drop(draft.find("OpenLedger"))
    first = draft.told[0].first
    first.edit = lambda plain: plain.pop("prev", None)
    return first


@breach("outcomes-differ", of="tied")
def log_cut_short(draft: Draft) -> Place:
    """The last command is gone; that it was done stands in the table of outcomes."""
    last = draft.told[-1].first

    def spoil(tables: Tables) -> None:
        tables.rows = [row for row in tables.rows if row.position < last.position]

    draft.later.append(spoil)
    return lambda: last.position


def _spoiled(draft: Draft, spoil: Callable[[bytes], bytes]) -> Fact:
    fact = draft.find("SubmitBid", ESTATES, 1).first
    fact.spoil = spoil
    return fact


@breach("not-canonical")
def key_stated_twice(draft: Draft) -> Fact:
    """Readers that take the first of two see another value than those that take the last."""
    return _spoiled(draft, lambda record: b'{"position":1,' + record[1:])


@breach("not-canonical")
def text_escaped_that_needs_no_escape(draft: Draft) -> Fact:
    return _spoiled(draft, lambda record: record.replace("£".encode(), b"\\u00a3"))


@breach("not-canonical")
def number_with_a_zero_at_its_end(draft: Draft) -> Fact:
    return _spoiled(draft, lambda record: record.replace(b'"587"', b'"587.0"'))


@breach("unreadable")
def time_without_its_microseconds(draft: Draft) -> Fact:
    def edit(plain: dict[str, Any]) -> None:
        plain["recorded_at"] = plain["recorded_at"].replace(".000000", "")

    fact = draft.find("SubmitBid", ESTATES, 1).first
    fact.edit = edit
    return fact


@breach("unreadable")
def envelope_with_an_unknown_field(draft: Draft) -> Fact:
    fact = draft.find("SubmitBid", ESTATES, 1).first
    fact.edit = lambda plain: plain.update(note="nobody asked")
    return fact


@breach("unreadable")
def nobody_acts(draft: Draft) -> Fact:
    fact = draft.find("SubmitBid", ESTATES, 1).first
    fact.edit = lambda plain: plain.pop("actor")
    return fact


@breach("no-salt")
def salt_too_short(draft: Draft) -> Fact:
    fact = draft.find("SubmitBid", ESTATES, 1).first
    fact.edit = lambda plain: plain.update(salt=plain["salt"][:-2])
    return fact


@breach("command-incomplete")
def events_of_one_command_by_two_people(draft: Draft) -> Fact:
    told = draft.find("EnterContract", "contract-estates")
    second = told.facts[1]
    second.edit = lambda plain: plain["actor"].update(id="person-marchshire-approver")
    return second


@breach("position-gap")
def row_before_the_first_position(draft: Draft) -> Place:
    """Readers of the log begin after 0; readers of the stream would come upon it."""
    opened = draft.find("OpenAuction", ESTATES)

    def spoil(tables: Tables) -> None:
        row = tables.rows[opened.first.position - 1]
        last = max(one.version for one in tables.rows if one.stream == ESTATES)
        tables.rows.append(row._replace(position=-1, version=last + 1))

    draft.later.append(spoil)
    return lambda: -1


@breach("unreadable")
def record_kept_as_text(draft: Draft) -> Fact:
    """SQLite keeps what it is given: the same letters, of another sort than bytes."""
    fact = draft.find("SubmitBid", ESTATES, 1).first

    def spoil(tables: Tables) -> None:
        row = tables.rows[fact.position - 1]
        text: Any = row.record.decode()
        tables.rows[fact.position - 1] = row._replace(record=text)

    draft.later.append(spoil)
    return fact


@breach("unreadable")
def number_too_large_for_any_reader(draft: Draft) -> Fact:
    """As text in the bytes: no integer of JSON that all readers agree on."""
    return _spoiled(draft, lambda record: record.replace(b'"n":1', b'"n":' + b"9" * 40))


@breach("command-incomplete")
def first_event_numbered_nought(draft: Draft) -> Fact:
    fact = draft.find("SubmitBid", ESTATES, 1).first
    fact.edit = lambda plain: plain["command"].update(n=0, of=0)
    return fact
