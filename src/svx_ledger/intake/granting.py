"""Importing 360Giving: grants become community organisations, projects, and needs in pounds.

In stages, because the rules ask for it: an organisation is registered at once, its projects
and needs follow once somebody has verified it. The importer verifies nobody of its own
accord. What is not possible yet *waits*, with the reason; the same import, given again, goes
on from there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.kind import Command
from svx_ledger.domain.need import Need, ProposeNeed, Theme
from svx_ledger.domain.organisation import (
    Organisation,
    RegisterOrganisation,
    VerifyOrganisation,
)
from svx_ledger.domain.place import Place
from svx_ledger.domain.project import Project, RegisterProject
from svx_ledger.domain.rule import Refusal
from svx_ledger.domain.uk_calendar import uk_date
from svx_ledger.ledger import Ledger

from .areas import Areas
from .documents import documents
from .exact import Faulty
from .giving import Step, give
from .grant_rows import grant_in, place_in
from .grants import Grant, grants_in, read_grant
from .naming import named
from .rows import rows
from .tally import Tally, Watch, reason_of

AT_ONCE = 500
MEASURE, UNIT = "cash", "£"
UNCLASSIFIED = Theme(scheme="360Giving", code="unclassified")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What whoever imports says beside the files.

    `needed_by` is for needs whose planned dates are past or not stated; `verify_basis` says
    how the recipients were checked, where the operator did that.
    """

    areas: Areas
    needed_by: date | None = None
    theme: Theme = UNCLASSIFIED
    verify_basis: str | None = None


@dataclass(frozen=True, slots=True)
class _Read:
    """A grant with where it stands."""

    file: str
    pointer: str
    grant: Grant


def import_grants(
    ledger: Ledger, actor: Actor, paths: Sequence[Path], terms: Terms, *, watch: Watch[_Read]
) -> Tally:
    """Register what these grants tell of, as far as the rules allow by now.

    Raises OSError for a file that cannot be read, and what `Ledger.execute_each` raises.
    """
    work = _Import(ledger, actor, terms)
    chunk: list[_Read] = []
    for read in watch(work.read(paths), None, "importing"):
        chunk.append(read)
        if len(chunk) == AT_ONCE:
            work.take(chunk)
            chunk = []
    work.take(chunk)
    work.tally.more["organisations"] = work.organisations
    return work.tally


class _Import:
    """One run over some files."""

    def __init__(self, ledger: Ledger, actor: Actor, terms: Terms) -> None:
        self.tally = Tally()
        self.organisations = {"registered": 0, "verified": 0}
        self._ledger = ledger
        self._actor = actor
        self._terms = terms
        self._today = uk_date(ledger.clock.wall())
        self._holders = dict(ledger.store.held("identifier:"))
        self._amounts: dict[str, object] = {}
        self._unregistered: dict[str, str] = {}
        """Why the recipient with an identifier could not be registered."""
        self._unverified: dict[str, str] = {}
        """Why an organisation could not be verified."""
        self._noted: set[tuple[str, str]] = set()

    def read(self, paths: Sequence[Path]) -> Iterator[_Read]:
        """Read each grant of the files."""
        for path in paths:
            yield from self._table(path) if path.suffix.lower() == ".csv" else self._json(path)

    def take(self, chunk: Sequence[_Read]) -> None:
        """Bring some grants as far as they can go."""
        known = [read for read in chunk if self._identified(read)]
        self._register(known)
        known = [read for read in known if self._one_recipient(read)]
        self._verify(known)
        ready = [(read, place) for read in known if (place := self._ready(read))]
        self._propose(ready)

    def _json(self, path: Path) -> Iterator[_Read]:
        for document in documents(path):
            for pointer, value in grants_in(document.value):
                self.tally.read += 1
                place = document.pointer(pointer)
                try:
                    yield _Read(path.name, place, read_grant(value))
                except Faulty as fault:
                    at = document.pointer(pointer + fault.pointer)
                    self.tally.reject(path.name, at, fault.reason)

    def _table(self, path: Path) -> Iterator[_Read]:
        for row in rows(path):
            self.tally.read += 1
            try:
                if row.fault:
                    raise row.fault
                yield _Read(path.name, row.pointer(), read_grant(grant_in(row)))
            except Faulty as fault:
                self.tally.reject(path.name, place_in(row, fault.pointer), fault.reason)

    def _identified(self, read: _Read) -> bool:
        if read.grant.identifiers:
            return True
        reason = "its recipient states no number of a register that the exchange knows"
        self.tally.reject(read.file, read.pointer, reason)
        return False

    def _organisation(self, grant: Grant) -> str | None:
        """Return the organisation that has one of the recipient's numbers, if any does."""
        keys = (identifier.key for identifier in grant.identifiers)
        return next((self._holders[key] for key in keys if key in self._holders), None)

    def _one_recipient(self, read: _Read) -> bool:
        """Whether the recipient is one registered organisation; reject and note what is odd."""
        keys = [identifier.key for identifier in read.grant.identifiers]
        held = {self._holders[key]: key for key in keys if key in self._holders}
        if not held:
            reason = next(self._unregistered[key] for key in keys if key in self._unregistered)
            self.tally.reject(read.file, read.pointer, reason)
        elif len(held) > 1 and not self._imported(read.grant):
            both = " and ".join(f"{stream} ({_number(key)})" for stream, key in held.items())
            reason = f"the numbers of its recipient belong to {both}"
            self.tally.reject(read.file, read.pointer, reason)
        else:
            stream = next(iter(held))
            further = [
                k for k in keys if k not in self._holders and (stream, k) not in self._noted
            ]
            self._noted |= {(stream, key) for key in further}
            for key in further:
                remark = f"{stream} is not registered under {_number(key)}, which is stated too"
                self.tally.note(read.file, read.pointer, remark)
            return True
        return False

    def _imported(self, grant: Grant) -> bool:
        return self._ledger.state(Need, named("need", grant.grant_id)) is not None

    def _register(self, reads: Sequence[_Read]) -> None:
        """Register the recipients that are not known under any of their numbers."""
        new: list[RegisterOrganisation] = []
        for read in reads:
            if self._organisation(read.grant) is None:
                command = RegisterOrganisation(
                    organisation_id=named("organisation", read.grant.identifiers[0].key),
                    name=read.grant.recipient,
                    side="community",
                    identifiers=read.grant.identifiers,
                )
                new.append(command)
                self._hold(command)
        answers = give(self._ledger, [(command, self._actor) for command in new])
        for command, answer in zip(new, answers, strict=True):
            if isinstance(answer, Refusal):
                self._release(command, reason_of(answer))
            else:
                self.organisations["registered"] += 1

    def _hold(self, command: RegisterOrganisation) -> None:
        for identifier in command.identifiers:
            self._holders.setdefault(identifier.key, command.organisation_id)

    def _release(self, command: RegisterOrganisation, reason: str) -> None:
        gone = command.organisation_id
        self._unregistered |= {identifier.key: reason for identifier in command.identifiers}
        self._holders = {k: held for k, held in self._holders.items() if held != gone}

    def _verify(self, reads: Sequence[_Read]) -> None:
        """Verify the recipients, where whoever imports says how they were checked."""
        if self._terms.verify_basis is None:
            return
        steps: dict[str, Step] = {}
        for read in reads:
            stream = self._organisation(read.grant)
            state = self._ledger.state(Organisation, stream) if stream else None
            if stream and state and not state.verified:
                basis = self._terms.verify_basis
                command = VerifyOrganisation(organisation_id=stream, basis=basis)
                steps[stream] = (command, self._actor)
        for stream, answer in zip(steps, give(self._ledger, [*steps.values()]), strict=True):
            if isinstance(answer, Refusal):
                self._unverified[stream] = reason_of(answer)
            else:
                self.organisations["verified"] += 1

    def _ready(self, read: _Read) -> Place | None:
        """Return the place of a grant whose need can be proposed; note why of any other."""
        stream = self._organisation(read.grant)
        assert stream is not None  # or it was rejected
        need_id = named("need", read.grant.grant_id)
        need = self._ledger.state(Need, need_id)
        quantity = need.quantity if need else self._amounts.get(need_id)
        if quantity is not None:
            self._known(read, same=quantity == read.grant.amount)
            return None
        organisation = self._ledger.state(Organisation, stream)
        place = self._terms.areas.place(read.grant.areas, read.grant.place_name)
        if organisation is None or not organisation.verified or organisation.suspended:
            why = self._unverified.get(stream)
            reason = f"{stream} is not verified" + (f": {why}" if why else "")
        elif self._needed_by(read.grant) is None:
            reason = "its planned dates are past or not stated: say by when it is needed"
        elif place is None:
            reason = "it states no place that is known: give a table of areas, or a place"
        else:
            self._amounts[need_id] = read.grant.amount
            return place
        self.tally.wait(read.file, read.pointer, reason)
        return None

    def _known(self, read: _Read, *, same: bool) -> None:
        if same:
            self.tally.unchanged += 1
        else:
            reason = "a grant of this id was imported with another amount"
            self.tally.reject(read.file, read.pointer, reason)

    def _needed_by(self, grant: Grant) -> date | None:
        if self._terms.needed_by is not None:
            return self._terms.needed_by
        return grant.ends if grant.ends and grant.ends >= self._today else None

    def _propose(self, ready: Sequence[tuple[_Read, Place]]) -> None:
        """Register the projects and propose their needs."""
        steps: list[list[Step]] = []
        for read, place in ready:
            organisation = self._organisation(read.grant)
            actor = replace(self._actor, on_behalf_of=organisation)
            steps.append([(c, actor) for c in self._commands(read.grant, organisation, place)])
        answers = iter(give(self._ledger, [step for some in steps for step in some]))
        for (read, _), some in zip(ready, steps, strict=True):
            refused = [a for a in [next(answers) for _ in some] if isinstance(a, Refusal)]
            if refused:
                del self._amounts[named("need", read.grant.grant_id)]
                self.tally.reject(read.file, read.pointer, reason_of(refused[0]))
            else:
                self.tally.imported += 1

    def _commands(
        self, grant: Grant, organisation: str | None, place: Place
    ) -> Iterator[Command]:
        assert organisation is not None
        needed_by = self._needed_by(grant)
        assert needed_by is not None
        project_id = named("project", grant.grant_id)
        if self._ledger.state(Project, project_id) is None:
            yield RegisterProject(
                project_id=project_id,
                organisation_id=organisation,
                title=grant.title,
                summary=grant.use,
                place=place,
            )
        yield ProposeNeed(
            need_id=named("need", grant.grant_id),
            project_id=project_id,
            measure=MEASURE,
            unit=UNIT,
            quantity=grant.amount,
            place=place,
            needed_by=needed_by,
            theme=self._terms.theme,
            use=grant.use,
            delivered_by=grant.recipient,
            in_place=f"Not stated: from grant {grant.grant_id} of {grant.funder}",
        )


def _number(key: str) -> str:
    return key.removeprefix("identifier:")
