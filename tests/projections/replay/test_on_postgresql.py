"""The same history answers the same on both stores."""

from contextlib import closing
from pathlib import Path
from random import Random

from svx_ledger.eventlog.open import open_store
from svx_ledger.projections.auction_rows import AUCTION
from svx_ledger.projections.replay import (
    auction_at,
    events_seen,
    moment,
    stored_types,
    stream_at,
)

from .conftest import generate
from .oracle import Naive


def test_both_stores_answer_the_same(postgres_url: str, tmp_path: Path) -> None:
    addresses = (f"sqlite:///{tmp_path}/same.db", postgres_url)
    for address in addresses:
        generate(address, 300)
    with closing(open_store(addresses[0])) as one, closing(open_store(addresses[1])) as other:
        naive, random = Naive(one), Random(5)
        for event in random.sample(naive.recorded, 15):
            at, position = event.recorded_at, event.position
            assert moment(one, at=at) == moment(other, at=at)
            assert stream_at(one, event.stream, at=at) == stream_at(other, event.stream, at=at)
            for row in naive.rows(position).all(AUCTION):
                asked = {"position": position}
                found = [auction_at(store, row.auction_id, **asked) for store in (one, other)]  # type: ignore[arg-type]

                assert found[0] == found[1]
        kinds = stored_types("auction-drafted")
        back = [list(events_seen(s, kinds, after=250, backwards=True)) for s in (one, other)]

        assert back[0] == back[1] != []
