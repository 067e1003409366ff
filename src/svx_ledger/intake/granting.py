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
from .recipients import Read, Recipients
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


def import_grants(
    ledger: Ledger, actor: Actor, paths: Sequence[Path], terms: Terms, *, watch: Watch[Read]
) -> Tally:
    """Register what these grants tell of, as far as the rules allow by now.

    Raises OSError for a file that cannot be read, and what `Ledger.execute_each` raises.
    """
    work = _Import(ledger, actor, terms)
    chunk: list[Read] = []
    for read in watch(work.read(paths), None, "importing"):
        chunk.append(read)
        if len(chunk) == AT_ONCE:
            work.take(chunk)
            chunk = []
    work.take(chunk)
    work.tally.more["organisations"] = {
        "registered": work.recipients.registered,
        "verified": work.recipients.verified,
    }
    return work.tally


class _Import:
    """One run over some files."""

    def __init__(self, ledger: Ledger, actor: Actor, terms: Terms) -> None:
        self.tally = Tally()
        self.recipients = Recipients(ledger, actor, terms.verify_basis, self.tally)
        self._ledger = ledger
        self._actor = actor
        self._terms = terms
        self._today = uk_date(ledger.clock.wall())
        self._amounts: dict[str, object] = {}

    def read(self, paths: Sequence[Path]) -> Iterator[Read]:
        """Read each grant of the files."""
        for path in paths:
            yield from self._table(path) if path.suffix.lower() == ".csv" else self._json(path)

    def take(self, chunk: Sequence[Read]) -> None:
        """Bring some grants as far as they can go."""
        known = [read for read in chunk if self.recipients.identified(read)]
        self.recipients.register(known)
        known = [r for r in known if self.recipients.one(r, imported=self._imported(r.grant))]
        self.recipients.verify(known)
        ready = [(read, place) for read in known if (place := self._ready(read))]
        self._propose(ready)

    def _json(self, path: Path) -> Iterator[Read]:
        for document in documents(path):
            for pointer, value in grants_in(document.value):
                self.tally.read += 1
                place = document.pointer(pointer)
                try:
                    yield Read(path.name, place, read_grant(value))
                except Faulty as fault:
                    at = document.pointer(pointer + fault.pointer)
                    self.tally.reject(path.name, at, fault.reason)

    def _table(self, path: Path) -> Iterator[Read]:
        for row in rows(path):
            self.tally.read += 1
            try:
                if row.fault:
                    raise row.fault
                yield Read(path.name, row.pointer(), read_grant(grant_in(row)))
            except Faulty as fault:
                self.tally.reject(path.name, place_in(row, fault.pointer), fault.reason)

    def _imported(self, grant: Grant) -> bool:
        return self._ledger.state(Need, named("need", grant.grant_id)) is not None

    def _ready(self, read: Read) -> Place | None:
        """Return the place of a grant whose need can be proposed; note why of any other."""
        need_id = named("need", read.grant.grant_id)
        need = self._ledger.state(Need, need_id)
        quantity = need.quantity if need else self._amounts.get(need_id)
        if quantity is not None:
            self._known(read, same=quantity == read.grant.amount)
            return None
        place = self._terms.areas.place(read.grant.areas, read.grant.place_name)
        if unverified := self.recipients.unverified(read.grant):
            reason = unverified
        elif self._needed_by(read.grant) is None:
            reason = "its planned dates are past or not stated: say by when it is needed"
        elif place is None:
            reason = "it states no place that is known: give a table of areas, or a place"
        else:
            self._amounts[need_id] = read.grant.amount
            return place
        self.tally.wait(read.file, read.pointer, reason)
        return None

    def _known(self, read: Read, *, same: bool) -> None:
        if same:
            self.tally.unchanged += 1
        else:
            reason = "a grant of this id was imported with another amount"
            self.tally.reject(read.file, read.pointer, reason)

    def _needed_by(self, grant: Grant) -> date | None:
        if self._terms.needed_by is not None:
            return self._terms.needed_by
        return grant.ends if grant.ends and grant.ends >= self._today else None

    def _propose(self, ready: Sequence[tuple[Read, Place]]) -> None:
        """Register the projects and propose their needs."""
        steps: list[list[Step]] = []
        for read, place in ready:
            organisation = self.recipients.of(read.grant)
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
