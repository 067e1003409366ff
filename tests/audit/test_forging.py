"""The forger: what it does not alter is what it was, byte for byte."""

import pytest

from svx_ledger.eventlog.open import open_store

from .forging import Draft
from .honest import STORIES
from .playing import folder, honest
from .tables import read_tables, write_tables


@pytest.mark.parametrize("story", STORIES)
def test_a_history_that_nobody_altered_is_written_as_it_was(story: str) -> None:
    was = honest(story)

    again = Draft(was).press()

    assert again.rows == was.tables.rows
    assert again.outcomes == was.tables.outcomes
    assert again.claims == was.tables.claims
    assert again.private == was.tables.private


def test_a_written_ledger_stands_as_if_its_own_program_had_made_it() -> None:
    was = honest("tied").tables
    with folder() as place:
        url = f"sqlite:///{place / 'again.db'}"
        write_tables(url, was)

        store = open_store(url)
        store.check()
        store.close()
        assert read_tables(url) == was
