"""Whatever faults come in whatever order: the log has a command once at most, as was said."""

import itertools
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from svx_ledger.client import Done, NotDone, NotFulfilled, Refused, Unknown
from svx_ledger.ledger import Sequenced

from .conftest import LEAD, Registrar
from .faulty import CutAsked, CutTold, Fate, Hang, Late, Say, Through, faulty
from .hurried import hurried
from .setting import SORTS, Either, Sort, written
from .test_words import problem

_names = itertools.count(1)
_said = st.sampled_from(
    [
        problem("busy", 503),
        problem("not-written", 503),
        problem("outcome-unknown", 503),
        problem("too-many-requests", 429),
        problem("too-slow", 408),
        problem("command-failed", 500),
        problem("fault", 500),
        problem("not-authenticated", 401),
        Say(408),
        Say(502),
        Say(307),
        Say(403),
        Say(200, b"{}", (("Content-Type", "application/json"),)),
    ]
)
_fates: st.SearchStrategy[Fate] = st.one_of(
    st.just(Through()),
    st.integers(0, 700).map(CutAsked),
    st.integers(0, 1500).map(CutTold),
    st.booleans().map(Hang),
    st.sampled_from([0.0, 0.05, 0.15]).map(Late),
    _said,
)


@given(sort=st.sampled_from(SORTS), fates=st.lists(_fates, max_size=6), is_new=st.booleans())
@settings(max_examples=30)
def test_what_is_said_agrees_with_the_log(
    registrar: Registrar, sort: Sort, fates: list[Fate], *, is_new: bool
) -> None:
    command, key = registrar.command(), f"always-{next(_names)}"
    if not is_new:  # it is there already, so that a rule refuses it
        assert isinstance(registrar.one.exchange.execute(command, LEAD), Sequenced)
    before = 0
    with faulty(registrar.one.app, fates) as server, hurried(4):
        client = Either(sort, server.url, registrar.key, timeout=0.2)
        for _ in range(2):  # unknown at first, perhaps; then asked again
            word: Any
            try:
                word = client.ask("execute", command, idempotency_key=key)
            except NotFulfilled as told:
                word = told
            server.settle()
            after = written(registrar.one, key)

            assert after <= (1 if is_new else 0)
            assert says(word, before, after), (word, before, after)
            before = after


def says(word: Any, before: int, after: int) -> bool:
    """Whether a word is true of how many events the log has under the key."""
    match word:
        case Done():
            return after == 1
        case Refused(is_settled=True):
            return after == 0
        case Refused() | NotDone():
            return after == before
        case Unknown():
            return True
        case _:
            return False
