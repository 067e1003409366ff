"""The tables beside the log, held to what the log says: claims and private texts."""

from collections.abc import Iterator

from svx_ledger.domain.private import SubjectErased
from svx_ledger.eventlog.private_fields import PrivateRow, commitment_of, private_fields
from svx_ledger.eventlog.store import ClaimRow, Store
from svx_ledger.eventlog.types import stored_name

from .finding import Finding
from .kept import Kept, Place
from .keys import DUE
from .reading import Read, read


def claim_faults(store: Store, kept: Kept, until: int) -> Iterator[Finding]:
    """Give the claims that no event made, and those of events that are not in the table."""

    def rows() -> Iterator[ClaimRow]:
        last = store.head().position
        for row in store.claims():
            if not until < row.position <= last:  # written while the audit went on
                yield row

    if kept.claims.agrees(rows()):
        return
    told: set[int] = set()
    for row in kept.claims.unfounded(rows()):
        said = ClaimRow(*row)  # type: ignore[arg-type]
        about = said.key.removeprefix(DUE) if said.key.startswith(DUE) else None
        if about in kept.damaged:
            continue
        told.add(said.position)
        stream, derived = _claims_at(store, said.position)
        yield Finding(
            position=said.position,
            stream=stream or said.stream or "",
            rule="claims-differ",
            recorded=said._asdict(),
            derived=derived,
        )
    for position in kept.claims.missing(rows()):
        if position not in told:
            stream, derived = _claims_at(store, position)
            yield Finding(
                position=position, stream=stream, rule="claims-differ", derived=derived
            )


def _claims_at(store: Store, position: int) -> tuple[str, list[dict[str, object]] | None]:
    """Return what the event at a position claims, but for its stream's deadline."""
    for row in store.rows(after=position - 1, limit=1):
        event = read(row).event
        if row.position == position and event is not None:
            claims = event.claims()
            return row.stream, [{"key": one.key, "held": one.held} for one in claims]
    return "", None


def text_faults(store: Store, kept: Kept, until: int) -> Iterator[Finding]:
    """Give the private texts that are not what a record committed to, gone or still there."""
    there: set[str] = set()
    for row in store.privates():
        there.add(row.commitment)
        place = kept.texts.get(row.commitment)
        if place is not None:
            yield from _text(place, row, kept.erased.get(row.commitment))
        elif not _came_since(store, row, until):
            yield _of_text((0, row.stream, row.version, row.field), "private-text-unfounded")
    for commitment, place in kept.texts.items():
        if commitment not in there and commitment not in kept.erased:
            yield _of_text(place, "private-text-missing", None, commitment)


def text_faults_of(store: Store, one: Read) -> Iterator[Finding]:
    """Hold the private texts of one event to their commitments."""
    for name in () if one.event is None else private_fields(type(one.event)):
        said = getattr(one.event, name)
        if said is None:
            continue
        place = one.position, one.stream, one.version, name
        row = store.private(said.commitment)
        erased_at = _erased(store, one).get(said.commitment)
        if row is not None:
            yield from _text(place, row, erased_at)
        elif erased_at is None:
            yield _of_text(place, "private-text-missing", None, said.commitment)


def _erased(store: Store, one: Read) -> dict[str, int]:
    """Return the commitments of a stream that were erased later, and where."""
    erasing = stored_name(SubjectErased)
    erased: dict[str, int] = {}
    for row in store.stream(one.stream, after=one.version):
        event = read(row).event if row.type == erasing else None
        if event is not None:
            erased |= dict.fromkeys(event.erases(), row.position)
    return erased


def _came_since(store: Store, row: PrivateRow, until: int) -> bool:
    later = next(iter(store.stream(row.stream, after=max(row.version, 1) - 1)), None)
    return later is not None and later.position > until


def _text(place: Place, row: PrivateRow, erased_at: int | None) -> Iterator[Finding]:
    if erased_at is not None:
        yield _of_text((erased_at, *place[1:]), "private-text-kept", row.commitment)
        return
    try:
        held = commitment_of(*place[1:], salt=row.salt, payload=row.payload)
    except OverflowError:  # the event's own row was altered as well
        held = None
    if held != row.commitment or row[1:4] != place[1:]:
        yield _of_text(place, "private-text-altered", row.commitment, held)


def _of_text(
    place: Place, rule: str, recorded: str | None = None, derived: str | None = None
) -> Finding:
    position, stream, version, name = place
    where = {"version": version, "field": name}
    return Finding(
        position=position,
        stream=stream,
        rule=rule,
        recorded={**where, "commitment": recorded},
        derived={**where, "commitment": derived},
    )


def repetitions(store: Store, kept: Kept) -> Iterator[Finding]:
    """Give the salts that came twice."""
    for earlier, later in kept.salts.repeated():
        first, again = _read_at(store, earlier), _read_at(store, later)
        if first is not None and again is not None and first.salt == again.salt:
            yield Finding(
                position=later,
                stream=again.stream,
                rule="salt-repeated",
                recorded={"salt": again.salt, "position": later},
                derived={"position": earlier},
            )


def _read_at(store: Store, position: int) -> Read | None:
    return next((read(row) for row in store.rows(after=position - 1, limit=1)), None)
