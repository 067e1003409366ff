"""Importing OCDS: what others published, recorded as observed on the procurements' streams."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.kind import Command
from svx_ledger.domain.observation.events import observed_key
from svx_ledger.domain.observation.merging import Statement, sums, uncertain
from svx_ledger.domain.observation.observing import (
    RELEASE_RECORDED,
    STATEMENT_RECORDED,
    ObserveProcurement,
    RecordNotice,
    RecordPublishedAward,
)
from svx_ledger.domain.observation.state import ObservedProcurement
from svx_ledger.domain.procurement.events import ocid_key
from svx_ledger.domain.rule import Refusal
from svx_ledger.ledger import Answer, Ledger

from .documents import documents
from .exact import Faulty, escaped
from .giving import give
from .ocds import ReadRelease, read_release
from .releases import releases_in
from .tally import Tally, Watch, reason_of

AT_ONCE = 200
"""Releases whose commands are given together."""
_UNCERTAIN = "the dates do not say that this is its latest statement; it counts as such"
_KNOWN = (RELEASE_RECORDED, STATEMENT_RECORDED)


@dataclass(slots=True)
class _Seen:
    """What is recorded already of a procurement, or was given in this run."""

    observed: bool
    notices: set[str] = field(default_factory=set)
    awards: set[tuple[str, str]] = field(default_factory=set)


@dataclass(slots=True)
class _Given:
    """A release with the commands that it still takes."""

    file: str
    pointer: str
    stream: str
    read: ReadRelease
    commands: list[Command]


def import_ocds(
    ledger: Ledger, actor: Actor, paths: Sequence[Path], watch: Watch[_Given]
) -> Tally:
    """Record the releases in these files; of each what is not recorded yet.

    Raises OSError for a file that cannot be read, and what `Ledger.execute_all` raises.
    """
    work = _Import(ledger)
    chunk: list[_Given] = []
    for given in watch(work.given(paths), None, "importing"):
        chunk.append(given)
        if len(chunk) == AT_ONCE:
            work.give(chunk, actor)
            chunk = []
    work.give(chunk, actor)
    work.note_uncertain()
    work.tally.more["decided_elsewhere"] = sums(work.statements)._asdict()
    return work.tally


class _Import:
    """One run over some files."""

    def __init__(self, ledger: Ledger) -> None:
        self.tally = Tally()
        self.statements: list[Statement] = []
        self._ledger = ledger
        self._own = ledger.store.held(ocid_key(""))
        self._streams = ledger.store.held(observed_key(""))
        self._seen: dict[str, _Seen] = {}
        self._stated: set[tuple[str, str, str]] = set()
        self._places: list[tuple[str, str]] = []
        self._refused: dict[tuple[str, str], str] = {}

    def given(self, paths: Sequence[Path]) -> Iterator[_Given]:
        """Read each release, and find out which commands it still takes."""
        for path in paths:
            for document in documents(path):
                for found in releases_in(document.value):
                    pointer = document.pointer(found.pointer)
                    self.tally.read += 1
                    try:
                        read = read_release(found, file=path.name, pointer=pointer)
                        yield self._given(path.name, pointer, read)
                    except Faulty as fault:
                        place = document.pointer(found.pointer + fault.pointer)
                        self.tally.reject(path.name, place, fault.reason)

    def give(self, releases: Sequence[_Given], actor: Actor) -> None:
        """Give the commands of some releases, and count what became of each release."""
        every = [(command, actor) for release in releases for command in release.commands]
        answers = iter(give(self._ledger, every, lambda refusal: refusal.rule in _KNOWN))
        for release in releases:
            self._count(release, [next(answers) for _ in release.commands])

    def note_uncertain(self) -> None:
        """Note the awards of which the dates do not say what was stated last."""
        for statement in uncertain(self.statements):
            file, pointer = self._places[statement.order]
            told = f"award {escaped(statement.award_id)} of {statement.ocid}"
            self.tally.note(file, pointer, f"{told}: {_UNCERTAIN}")

    def _given(self, file: str, pointer: str, read: ReadRelease) -> _Given:
        stream = self._streams.get(observed_key(read.ocid), read.observe.procurement_id)
        return _Given(file, pointer, stream, read, self._missing(stream, read))

    def _state(self, release: _Given) -> None:
        """Take the statements of a release that is recorded into the sums, each once."""
        read = release.read
        for award in read.awards:
            key = (release.stream, award.award_id, read.sha256)
            if key in self._stated:
                continue
            self._stated.add(key)
            statement = Statement(
                ocid=read.ocid,
                award_id=award.award_id,
                released_at=award.released.at if award.released else None,
                released_on=award.released.on if award.released else None,
                order=len(self.statements),
                pence=award.value.pence if award.value else None,
                valued=award.value is not None,
            )
            self.statements.append(statement)
            self._places.append((release.file, release.pointer))

    def _missing(self, stream: str, read: ReadRelease) -> list[Command]:
        seen = self._seen_of(stream, read)
        missing: list[ObserveProcurement | RecordNotice | RecordPublishedAward] = []
        if not seen.observed:
            missing.append(read.observe)
            seen.observed = True
        if read.sha256 not in seen.notices:
            missing.append(read.notice)
            seen.notices.add(read.sha256)
        for award in read.awards:
            if (award.award_id, read.sha256) not in seen.awards:
                missing.append(award)
                seen.awards.add((award.award_id, read.sha256))
        return [replace(command, procurement_id=stream) for command in missing]

    def _seen_of(self, stream: str, read: ReadRelease) -> _Seen:
        """Return what is known of a stream. Raises Faulty for one of the exchange's own."""
        if stream not in self._seen:
            state = self._ledger.state(ObservedProcurement, stream)
            if state is None and ocid_key(read.ocid) in self._own:
                raise Faulty("a procurement of the exchange's own has this ocid", "/ocid")
            self._seen[stream] = (
                _Seen(observed=False)
                if state is None
                else _Seen(observed=True, notices={*state.notices}, awards={*state.awards})
            )
        return self._seen[stream]

    def _count(self, release: _Given, answers: Sequence[Answer]) -> None:
        refused = [
            answer
            for answer in answers
            if isinstance(answer, Refusal) and answer.rule not in _KNOWN
        ]
        key = (release.stream, release.read.sha256)
        if refused:
            self._refused[key] = reason_of(refused[0])
        elif release.commands:
            self._refused.pop(key, None)
        if reason := self._refused.get(key):
            self.tally.reject(release.file, release.pointer, reason)
            return
        self._state(release)
        if all(isinstance(answer, Refusal) for answer in answers):
            self.tally.unchanged += 1
        else:
            self.tally.imported += 1
