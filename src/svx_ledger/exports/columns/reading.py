"""Leverage from a copy: sums over its facts, each one pass over few columns.

The facts up to a position sum to what the engine makes of the tables there, to the penny
(`projections.leverage.sums`); the copy answers up to its last cut, `tail` adds the rest.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from svx_ledger.eventlog.record import leaf_of
from svx_ledger.projections.leverage.sums import Sum, Sums
from svx_ledger.projections.leverage.vocabulary import Dimension, Stage

from .duck import connected, named, reading
from .faults import CopyRefused
from .folder import Folder
from .folder import reading as reading_file
from .manifest import Manifest, Segment
from .question import EVERYTHING, Chosen, Question
from .source import Source

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_AMOUNTS: Final = ("gross", "net", "beyond")


class Copy:
    """A copy that is open for reading, by one thread."""

    def __init__(self, folder: Path, manifest: Manifest, duck: "DuckDBPyConnection") -> None:
        self.manifest = manifest
        self._folder = folder
        self._duck = duck

    @property
    def last(self) -> int:
        """The last position that it covers."""
        return self.manifest.last

    def files(self, kind: str) -> list[Path]:
        """Return the files of a kind of rows, in the order of their positions."""
        return [self._folder / name for name in self.manifest.names(kind)]

    def assert_of(self, source: Source) -> None:
        """See that the ledger has the last record that is copied, and the facts their bytes.

        Quick: one record is read, and the files of facts. `checking.check` goes through all,
        and through what they say. Raises CopyRefused.
        """
        ledger, leaf = source.opening()
        of = self.manifest
        same = (ledger, leaf) == (of.ledger, of.ledger_leaf) and source.head() >= of.last
        if same and of.segments:
            ((*_, record),) = source.rows(of.last - 1, of.last)
            same = leaf_of(record).hex() == of.segments[-1].leaf
        if not same:
            raise CopyRefused(f"{self._folder} is not a copy of this ledger as it is now")
        _assert_unchanged(self._folder, of)

    def sums(
        self,
        until: int,
        by: Dimension,
        chosen: Chosen = EVERYTHING,
        years: Mapping[str, str] | None = None,
    ) -> Sums:
        """Return each part's sums up to a position, or to the last cut before it.

        The shape is that of `projections.leverage.sums`; what sums to nothing is left out. By
        year, `years` gives the one of each procurement (the basis `cohort`); without it each
        fact has the financial year of its own date (the basis `period`).
        """
        what = "proxy_set_id, measure, stage, " + ", ".join(map(_sum, _AMOUNTS))
        return _shaped(self._grouped(what, Question(until, by, chosen, years)))

    def pence(
        self,
        until: int,
        by: Dimension,
        stage: Stage,
        weight: Literal["gross", "net", "beyond"] = "gross",
        *,
        chosen: Chosen = EVERYTHING,
        years: Mapping[str, str] | None = None,
    ) -> dict[str, int]:
        """Return what each part comes to at one stage: the one figure, and the fastest."""
        question = Question(until, by, chosen, years, stage)
        return {part: pence for part, pence in self._grouped(_sum(weight), question) if pence}

    def _grouped(self, what: str, question: Question) -> list[tuple[Any, ...]]:
        """Return what is asked of the facts, part by part."""
        if not self.manifest.segments:
            return []
        part, years, by = question.part, question.years, question.by
        given: list[Any] = [[named(path) for path in self.files("facts")]]
        source = "read_parquet(?)"
        if by == "year" and years is not None:
            source += (
                " LEFT JOIN (SELECT unnest(?) AS procurement_id, unnest(?) AS year) AS dated"
                " USING (procurement_id)"
            )
            given += [list(years), list(years.values())]
        where, more = question.where
        query = f"SELECT {part} AS part, {what} FROM {source} WHERE {where} GROUP BY ALL"  # noqa: S608
        return self.query(query, [*given, *more])

    def query(self, sql: str, given: Collection[Any] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query of one's own, with `files` as a parameter where it reads.

        Raises CopyRefused.
        """
        with reading():
            return self._duck.execute(sql, list(given)).fetchall()

    def types(self, kind: str, segment: Segment) -> list[tuple[str, str]]:
        """Return the columns of a file with their types. Raises CopyRefused."""
        path = named(self._folder / segment.files[kind].file)
        described = self.query("DESCRIBE SELECT * FROM read_parquet(?)", [path])
        return [(name, of_type) for name, of_type, *_ in described]

    def read(self, kind: str, segment: Segment) -> "DuckDBPyConnection":
        """Return a cursor over the rows of a segment, in the order of the file."""
        path = self._folder / segment.files[kind].file
        with reading():
            return self._duck.execute("SELECT * FROM read_parquet(?)", [named(path)])


@contextmanager
def opened(folder: Path, *, threads: int = 2) -> Iterator[Copy]:
    """Yield a copy for reading. Raises NotInstalled; CopyRefused where there is none.

    Whether it is right is for `Copy.assert_of` and, in full, for `checking.check`.
    """
    with connected(threads=threads) as duck:
        manifest = Folder(folder).manifest()
        if manifest is None:
            raise CopyRefused(f"{folder} has no columnar copy; make one first")
        duck.execute("SET parquet_metadata_cache = true")  # files never change
        yield Copy(folder, manifest, duck)


def _assert_unchanged(folder: Path, manifest: Manifest) -> None:
    """See that the facts have the bytes that were written. Raises CopyRefused."""
    for segment in manifest.segments:
        of = segment.files["facts"]
        try:
            with reading_file(folder / of.file) as file:
                same = file_digest(file, "sha256").hexdigest() == of.sha256
        except OSError as fault:
            raise CopyRefused(f"{folder / of.file}: {fault.strerror}") from None
        if not same:
            raise CopyRefused(
                f"{folder / of.file} is not as it was written; "
                "`svx-ledger export columns --check` says what is wrong"
            )


def leverage_sums(
    folder: Path,
    until: int,
    by: Dimension,
    *,
    chosen: Chosen = EVERYTHING,
    years: Mapping[str, str] | None = None,
) -> Sums:
    """Return the sums of a copy; see `Copy.sums`."""
    with opened(folder) as copy:
        return copy.sums(until, by, chosen, years)


def together(*several: Sums) -> Sums:
    """Return sums added up; what comes to nothing is left out."""
    found: dict[tuple[str, tuple[str, str], Stage], Sum] = {}
    for sums in several:
        for part, proxies in sums.items():
            for proxy, stages in proxies.items():
                for stage, amount in stages.items():
                    key = part, proxy, stage
                    found[key] = found.get(key, Sum()).plus(amount)
    added: Sums = {}
    for (part, proxy, stage), amount in found.items():
        if any(amount):
            added.setdefault(part, {}).setdefault(proxy, {})[stage] = amount
    return added


def _sum(amount: str) -> str:
    return f"sum({amount}_pence)::BIGINT"  # pence of a whole exchange stay below 2^63


def _shaped(rows: list[tuple[Any, ...]]) -> Sums:
    sums: Sums = {}
    for part, proxy_set_id, measure, stage, *amounts in rows:
        if any(amounts):
            of = sums.setdefault(part, {}).setdefault((proxy_set_id, measure), {})
            of[stage] = Sum(*amounts)
    return sums
