"""The log as such: positions, versions, links, salts, bytes."""

from collections.abc import Callable
from typing import Any

from tests.audit.breach import breach
from tests.audit.forging import Draft
from tests.audit.history import Edit, Fact

ESTATES = "auction-estates"


def _say(**said: Any) -> Edit:
    return lambda plain: plain.update(said)


@breach("position-gap")
def position_left_out(draft: Draft) -> Fact:
    fact = draft.find("OpenAuction", ESTATES).first
    fact.edit = _shift("position")
    return fact


@breach("version-gap")
def version_left_out(draft: Draft) -> Fact:
    fact = draft.find("OpenAuction", ESTATES).first
    fact.edit = _shift("version")
    return fact


def _shift(name: str) -> Callable[[dict[str, Any]], None]:
    def shift(plain: dict[str, Any]) -> None:
        plain[name] += 1

    return shift


@breach("link-broken")
def link_to_something_else(draft: Draft) -> Fact:
    fact = draft.find("OpenAuction", ESTATES).first
    fact.prev = "ab" * 32
    return fact


@breach("link-broken")
def link_left_out(draft: Draft) -> Fact:
    fact = draft.find("OpenAuction", ESTATES).first
    fact.edit = lambda plain: plain.pop("prev")
    return fact


@breach("of-another-ledger")
def event_of_another_ledger(draft: Draft) -> Fact:
    fact = draft.find("RegisterProcurement").first
    fact.prev = "cd" * 32
    return fact


@breach("no-salt")
def salt_left_out(draft: Draft) -> Fact:
    fact = draft.find("OpenAuction", ESTATES).first
    fact.edit = lambda plain: plain.pop("salt")
    return fact


@breach("salt-repeated")
def salt_repeated(draft: Draft) -> Fact:
    fact = draft.find("SubmitBid", ESTATES, 4).first
    fact.salt = draft.find("SubmitBid", ESTATES).first.salt
    return fact


@breach("not-canonical")
def bytes_not_canonical(draft: Draft) -> Fact:
    fact = draft.find("OpenAuction", ESTATES).first
    fact.spoil = lambda record: record.replace(b":", b": ", 1)
    return fact


@breach("columns-differ")
def column_says_another_type(draft: Draft) -> Fact:
    fact = draft.find("OpenAuction", ESTATES).first
    fact.columns = {"type": "auction-scheduled.v1"}
    return fact


@breach("columns-differ")
def column_says_another_stream(draft: Draft) -> Fact:
    fact = draft.find("OpenAuction", ESTATES).first
    fact.columns = {"stream": "auction-estates2"}
    return fact


@breach("unknown-type")
def event_of_an_unknown_type(draft: Draft) -> Fact:
    fact = draft.find("OpenAuction", ESTATES).first
    fact.edit = _say(type="auction-opened-wide.v1")
    return fact


@breach("unreadable")
def event_with_an_unknown_field(draft: Draft) -> Fact:
    fact = draft.find("OpenAuction", ESTATES).first
    fact.edit = _say(data={"because": "nobody knows"})
    return fact


@breach("unreadable")
def record_that_is_no_record(draft: Draft) -> Fact:
    fact = draft.find("OpenAuction", ESTATES).first
    fact.spoil = lambda record: record[:-1]
    return fact


@breach("unreadable")
def record_of_another_format(draft: Draft) -> Fact:
    fact = draft.find("OpenAuction", ESTATES).first
    fact.edit = _say(svx=2)
    return fact
