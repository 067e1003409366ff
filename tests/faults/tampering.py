"""Everything that can be verified, altered at random: all of it is found, at the right leaf.

Each time one value of one row, one file of the published log, a receipt, or an evidence bundle
is altered (`tests/attacks`). `times` are the mutations.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.attacks.case import Honest, on_postgres, on_sqlite
from tests.attacks.mutated_files import MutatedFiles
from tests.attacks.mutated_rows import MutatedRows
from tests.attacks.mutating import Mutate

from .places import Place, PostgresPlace
from .tally import Plan, Tally


def tampered(place: Place, plan: Plan) -> Tally:
    """Alter one thing at a time: no check overlooks it, and none breaks on it."""
    tally = Tally(fault="tampered", store=place.name)
    found: Counter[str] = Counter()
    with (
        TemporaryDirectory() as folder,
        _honest(place, Path(folder)) as honest,
        honest.case(Path(folder) / "case") as case,
    ):
        rows, files = MutatedRows(case, plan.random), MutatedFiles(case, plan.random)
        kinds: dict[Mutate, int] = {rows.row: 5, rows.private: 1}
        if place.name == "sqlite":  # what was published does not hang on the store
            kinds |= {files.log: 7, files.receipt: 4}
            kinds |= {files.bundle: 1, files.part: 1, files.listed: 1}
        for _ in range(plan.times):
            (mutate,) = plan.random.choices(list(kinds), list(kinds.values()))
            _take(mutate, tally, found)
            plan.tick()
    tally.said["refused"] = found.total()
    tally.note = ", ".join(f"{code} {count:,}" for code, count in sorted(found.items()))
    return tally


def _take(mutate: Mutate, tally: Tally, found: Counter[str]) -> None:
    """Alter something once; whatever the check does but find it, is a fault."""
    tally.count += 1
    try:
        mutation = mutate()
    except Exception as crashed:  # noqa: BLE001 - a check that breaks is what is looked for
        tally.fail(f"{mutate.__name__}: {type(crashed).__name__}: {crashed}")
        return
    if mutation.fault is not None:
        tally.fail(mutation.fault)
    else:
        found[str(mutation.findings[0].code)] += 1


@contextmanager
def _honest(place: Place, folder: Path) -> Iterator[Honest]:
    """The ledger that is altered, on the place's kind of store."""
    if isinstance(place, PostgresPlace):
        with on_postgres(place.server, folder) as honest:
            yield honest
    else:
        with on_sqlite(folder) as honest:
            yield honest
