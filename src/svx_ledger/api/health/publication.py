"""How far the log is published, and how old that is: told by /ready and /metrics.

A log that is not published in time makes no process unfit: bids are taken, and are on record,
whoever of the witnesses does not answer.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from prometheus_client.core import GaugeMetricFamily

from svx_ledger.api.published.log import Published
from svx_ledger.eventlog.record import recorded_at
from svx_ledger.eventlog.store import Store
from svx_ledger.publishing.standing import Standing


class Publication(NamedTuple):
    """Whose log it is, the last positions in the tree, signed, and published, and what waits.

    `receipted` is the last position with a receipt, which is behind `published` where a policy
    does not accept the newest head. `lag_seconds` is the age of the oldest record that is not
    published. Where witnesses do not answer, what is signed runs ahead of what is published,
    and `cosigned_seconds_ago`, by the witness's name, says when each of those in the newest
    note saw it last.
    """

    origin: str
    epoch: int
    integrated: int
    signed: int
    published: int
    receipted: int
    lag_events: int
    lag_seconds: float
    cosigned_seconds_ago: dict[str, int]


def publication_of(published: Published, store: Store, head: int) -> Publication | None:
    """Return how far the log is published; None for one that never was. Raises NotRead.

    A log that begins anew after a restore is told of from the first: then nothing is published
    of it yet, and who keeps it has to see that.
    """
    standing, cosigned = published.now(), published.cosigned() or {}
    book = published.own().now
    if book is None or (standing == Standing() and book.epoch == 1):
        return None
    now = datetime.now(UTC)
    waits = next(store.rows(after=standing.published, limit=1), None)
    lag = (now - recorded_at(waits.record)).total_seconds() if waits else 0.0
    return Publication(
        origin=book.origin,
        epoch=book.epoch,
        integrated=standing.integrated,
        signed=standing.signed,
        published=standing.published,
        receipted=published.receipted(),
        lag_events=max(0, head - standing.published),
        lag_seconds=round(max(0.0, lag), 3),
        cosigned_seconds_ago={
            witness: max(0, int(now.timestamp()) - at) for witness, at in cosigned.items()
        },
    )


def gauges_of(one: Publication | None) -> Iterator[GaugeMetricFamily]:
    """Give the numbers for Prometheus; none where nothing was ever published."""
    if one is None:
        return
    for name, meaning, value in (
        ("integrated_position", "Position up to which the log is in its tree.", one.integrated),
        ("signed_position", "Position up to which the log is signed.", one.signed),
        ("published_position", "Position up to which it is published.", one.published),
        ("receipted_position", "Position up to which there are receipts.", one.receipted),
        ("publish_lag_events", "Events that are not published.", one.lag_events),
        ("publish_lag_seconds", "Age of the oldest of those.", one.lag_seconds),
    ):
        yield GaugeMetricFamily(f"svx_log_{name}", meaning, value=value)
    cosigned = GaugeMetricFamily(
        "svx_log_cosigned_seconds",
        "Seconds since a witness of the newest checkpoint saw it last.",
        labels=["witness"],
    )
    for witness, age in one.cosigned_seconds_ago.items():
        cosigned.add_metric([witness], age)
    yield cosigned
