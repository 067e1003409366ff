"""From one OCDS release to the commands that record it: all of them, or the one fault.

Taken is what docs/intake.md names; everything else stays in the source, which the digest of
the release points to. OCDS 1.0 has an organisation's identifier beside its name, OCDS 1.1 in
the list of parties: both are read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from svx_ledger.domain.kind import Command
from svx_ledger.domain.observation.observing import (
    ObserveProcurement,
    RecordNotice,
    RecordPublishedAward,
)
from svx_ledger.domain.observation.stated import (
    MOST_AWARDS,
    MOST_SUPPLIERS,
    MOST_TAGS,
    OCID_FORM,
    Source,
    StatedParty,
)
from svx_ledger.eventlog.commands import command_bytes
from svx_ledger.eventlog.malformed import TOO_LARGE, Malformed

from .exact import Faulty, digest
from .naming import named
from .parts import Part
from .releases import Found
from .stating import stated_code, stated_text

MOST_BYTES: Final = 56 * 1024
"""Of one command: its event fits the 60 KiB of a record with what stands around it."""
Parties = Mapping[str, Part]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRelease:
    """A release as the ledger would record it."""

    ocid: str
    sha256: str
    observe: ObserveProcurement
    notice: RecordNotice
    awards: tuple[RecordPublishedAward, ...]


def stream_of(ocid: str) -> str:
    """Return the name of the stream that observes a procurement: always the same one."""
    return named("procurement", ocid)


def read_release(found: Found, *, file: str, pointer: str) -> ReadRelease:
    """Read a release. Raises Faulty, with the pointer to what cannot be taken."""
    if isinstance(found.value, Faulty):
        raise Faulty(found.value.reason, "")
    source = Source(
        file=file,
        pointer=pointer,
        release_sha256=digest(found.value),
        publisher=_publisher(found.publisher),
    )
    release = Part(found.value)
    ocid = release.code("ocid")
    if ocid is None:
        raise release.fault("no ocid")
    if OCID_FORM.compiled.fullmatch(ocid) is None:
        raise release.fault("an ocid has 4 to 120 letters, digits, . _ : / or -", "ocid")
    parties = _parties(release)
    notice = _notice(stream_of(ocid), release, source, parties)
    observe = ObserveProcurement(
        procurement_id=notice.procurement_id,
        ocid=ocid,
        source=source,
        title=notice.title,
        buyer=notice.buyer,
    )
    awards = _awards(release, notice, parties)
    _unless_storable(observe, notice, *awards)
    return ReadRelease(
        ocid=ocid, sha256=source.release_sha256, observe=observe, notice=notice, awards=awards
    )


def _notice(stream: str, release: Part, source: Source, parties: Parties) -> RecordNotice:
    tender = release.object("tender")
    period = tender.object("contractPeriod")
    awards = release.objects("awards")
    if len(awards) > MOST_AWARDS:
        raise release.fault(f"more than {MOST_AWARDS} awards", "awards")
    return RecordNotice(
        procurement_id=stream,
        source=source,
        release_id=release.code("id"),
        tags=release.read("tag", _tags),
        dated=release.time("date"),
        title=tender.text("title"),
        buyer=_party(release.object("buyer"), parties),
        status=tender.code("status"),
        value=tender.money("value"),
        least_value=tender.money("minValue"),
        deadline=tender.object("tenderPeriod").time("endDate"),
        starts=period.time("startDate"),
        ends=period.time("endDate"),
        awards=len(awards),
    )


def _awards(
    release: Part, notice: RecordNotice, parties: Parties
) -> tuple[RecordPublishedAward, ...]:
    found: dict[str, RecordPublishedAward] = {}
    for award in release.objects("awards"):
        award_id = award.code("id")
        if award_id is None:
            raise award.fault("an award without an id")
        if award_id in found:
            raise award.fault("a second award of the same id", "id")
        found[award_id] = RecordPublishedAward(
            procurement_id=notice.procurement_id,
            award_id=award_id,
            source=notice.source,
            suppliers=_suppliers(award, parties),
            release_id=notice.release_id,
            released=notice.dated,
            title=award.text("title"),
            status=award.code("status"),
            value=award.money("value"),
            dated=award.time("date"),
        )
    return tuple(found.values())


def _suppliers(award: Part, parties: Parties) -> tuple[StatedParty, ...]:
    mentions = award.objects("suppliers")
    if len(mentions) > MOST_SUPPLIERS:
        raise award.fault(f"more than {MOST_SUPPLIERS} suppliers", "suppliers")
    suppliers = []
    for mention in mentions:
        supplier = _party(mention, parties)
        if supplier is None:
            raise mention.fault("a supplier with neither a name nor an identifier")
        suppliers.append(supplier)
    return tuple(suppliers)


def _parties(release: Part) -> Parties:
    """Return the parties by their id in the release; of two with one id, the first."""
    parties: dict[str, Part] = {}
    for party in release.objects("parties"):
        party_id = party.raw("id")
        if isinstance(party_id, str):
            parties.setdefault(party_id, party)
    return parties


def _party(mention: Part, parties: Parties) -> StatedParty | None:
    """Return an organisation by the name and the identifier that are stated.

    What the mention lacks is taken from the party with its id.
    """
    listed = parties.get(str(mention.raw("id"))) or Part({})
    name = mention.text("name") or listed.text("name")
    identifier = mention.object("identifier")
    if "id" not in identifier:
        identifier = listed.object("identifier")
    number = identifier.code("id")
    scheme = identifier.code("scheme") if number else None
    name = name or identifier.text("legalName")
    if name is None and number is None:
        return None
    return StatedParty(name=name, scheme=scheme, id=number)


def _publisher(value: Any) -> Any:
    try:
        return stated_text(value.get("name")) if isinstance(value, dict) else None
    except Faulty:
        return None


def _tags(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    if len(values) > MOST_TAGS:
        raise Faulty(f"more than {MOST_TAGS} tags")
    return tuple(tag for tag in map(stated_code, values) if tag)


def _unless_storable(*commands: Command) -> None:
    """Raise Faulty for what no record could hold."""
    for command in commands:
        try:
            size = len(command_bytes(command))
        except Malformed as fault:
            if fault.rule is not TOO_LARGE:
                raise Faulty(fault.rule.demands) from None
            size = MOST_BYTES + 1
        if size > MOST_BYTES:
            raise Faulty(f"its facts need more than {MOST_BYTES // 1024} KiB")
