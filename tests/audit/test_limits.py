"""What no re-derivation can find, so that nobody relies on it: that takes a witnessed head.

A history that the rules would have made as well is clean, whatever happened in truth.
"""

from svx_ledger.domain.auction.breaks import HiddenAmountsRead

from .forging import Draft
from .playing import audited, folder, honest
from .tables import write_tables


def clean(draft: Draft) -> bool:
    """Whether an audit finds nothing in what came of a draft."""
    with folder() as place:
        url = f"sqlite:///{place / 'another.db'}"
        write_tables(url, draft.press())
        return audited(url).clean


def test_a_command_on_which_nothing_rests_leaves_no_gap() -> None:
    draft = Draft(honest("demo"))
    draft.drop(draft.find("ReadHiddenAmounts"))

    assert clean(draft)


def test_a_reason_may_have_been_another_one() -> None:
    draft = Draft(honest("demo"))
    draft.fact(HiddenAmountsRead).set(purpose="Another purpose")

    assert clean(draft)


def test_the_last_commands_may_never_have_been() -> None:
    draft = Draft(honest("tied"))
    del draft.told[-3:]

    assert clean(draft)
