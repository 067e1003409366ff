"""How often publishing failed: told by the publisher of a service, shown by /metrics.

It runs in the process that was started. Where its workers answer, it leaves its numbers in the
folder that they have for theirs.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

import orjson
from prometheus_client.core import CounterMetricFamily

NUMBERS_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
_FILE: Final = "publisher.json"


class Failures(NamedTuple):
    """How often each stage of publishing failed, and each witness did not cosign."""

    stages: Mapping[str, int]
    witnesses: Mapping[str, int]


def leave_for_workers(failures: Failures) -> None:
    """Put it where the workers of this process find it, once there is a folder for that."""
    folder = os.environ.get(NUMBERS_FOLDER)
    if folder is None:
        return
    file, data = Path(folder, _FILE), orjson.dumps(failures._asdict())
    with suppress(OSError):  # at the end the folder goes before the publisher
        if not file.exists() or file.read_bytes() != data:
            part = file.with_suffix(".part")
            part.write_bytes(data)
            part.replace(file)


def left_for_workers(folder: Path) -> Failures | None:
    """Return what the process left that started this one; None where it publishes nothing."""
    try:
        return Failures(**orjson.loads((folder / _FILE).read_bytes()))
    except FileNotFoundError:
        return None


def counters_of(failures: Failures | None) -> Iterator[CounterMetricFamily]:
    """Give the numbers for Prometheus; none where nothing is published from here."""
    if failures is None:
        return
    yield _counter(
        "svx_publish_failures",
        "Attempts to publish the log that failed.",
        "stage",
        failures.stages,
    )
    yield _counter(
        "svx_witness_failures",
        "Cosignatures that a witness was asked for and did not give.",
        "witness",
        failures.witnesses,
    )


def _counter(
    name: str, meaning: str, label: str, counted: Mapping[str, int]
) -> CounterMetricFamily:
    family = CounterMetricFamily(name, meaning, labels=[label])
    for value, count in counted.items():
        family.add_metric([value], count)
    return family
