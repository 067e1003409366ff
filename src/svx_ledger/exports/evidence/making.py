"""All of an evidence bundle in one file, as of a published head."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from svx_ledger.domain.actor import Actor
from svx_ledger.eventlog.as_it_was import AsItWas
from svx_ledger.eventlog.canonical import canonical
from svx_ledger.eventlog.store import Store
from svx_ledger.proofs.files.bundle import (
    AUDIT_RESULT,
    HEAD_NOTE,
    MAKERS_POLICY,
    MANIFEST,
    PUBLIC_VIEWER,
    RULES_TEXT,
    SUMMARY_TEXT,
    Manifest,
    digests_of,
    record_name,
)
from svx_ledger.proofs.files.stored_zip import ZIP_ENTRIES, pack_zip
from svx_ledger.proofs.notes.policy_file import parse_policy
from svx_ledger.publishing.state.database import Database

from .disclosed import Disclosed, Disclosing
from .family import Family, family_of
from .frozen_rules import rules_text
from .refusing import TOO_LARGE_FOR_ONE_FILE, NoEvidence
from .summary import summary_text
from .vouched import Vouching

RECORDS_AT_ONCE: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which bundle is asked for.

    `kind` is auction or award, `name` its name. The head is the newest that is published and
    that the `policy` accepts, or that of `size`. `partial` makes it although something of it
    is still to be disclosed.
    """

    kind: str
    name: str
    size: int | None = None
    policy: bytes | None = None
    partial: bool = False


class EvidenceBundle:
    """A bundle that is being made; raises NoEvidence where there is none.

    NotPublished, NotRead and Unreadable are raised where the ledger or the state of its
    published log is not what it should be.
    """

    def __init__(
        self, store: Store, database: Database, wanted: Wanted, viewer: Actor | None
    ) -> None:
        """Find what belongs to it, and what of that the viewer may have.

        Raises Refused, or UnicodeDecodeError, for a policy that is none.
        """
        policy = parse_policy(wanted.policy.decode()) if wanted.policy is not None else None
        self._vouching = Vouching(store, database, wanted.size, policy)
        self._wanted = wanted
        self._viewer = viewer
        self.head = self._vouching.head
        self.log = AsItWas(store, self.head.checkpoint.size)
        self.family: Family = family_of(self.log, wanted.kind, wanted.name)
        disclosing = Disclosing(self.log, self.family, viewer)
        if not wanted.partial and (refusal := disclosing.hidden(wanted.name)):
            raise NoEvidence(refusal)
        self.disclosed: Disclosed = disclosing.sorted()
        self._parts: dict[str, bytes] = {}

    def collected(self) -> Iterator[int]:
        """Collect records with their receipts; say how many there are by now."""
        rows = self.disclosed.rows
        if 2 * len(rows) > ZIP_ENTRIES:
            raise NoEvidence(TOO_LARGE_FOR_ONE_FILE.refuse(records=len(rows)))
        for number, position in enumerate(sorted(rows), start=1):
            row, _ = rows[position]
            name, receipt = self._vouching.receipt(row)
            self._parts |= {record_name(position): row.record, name: receipt}
            if number % RECORDS_AT_ONCE == 0:
                yield number
        self._parts |= self._vouching.earlier(rows)
        yield len(rows)

    def packed(self, audit: Mapping[str, Any]) -> bytes:
        """Return the file, once all is collected, with what an audit of `decided` found."""
        head, family = self.head, self.family
        recorded, withheld = self.disclosed.recorded, sorted(self.disclosed.withheld)
        summary = summary_text(
            self.subject,
            family,
            recorded=recorded,
            withheld=withheld,
            head=head,
            viewer=self._viewer,
        )
        parts = self._parts | {
            HEAD_NOTE: head.note,
            MAKERS_POLICY: self.policy,
            RULES_TEXT: rules_text(family.auction, recorded).encode(),
            SUMMARY_TEXT: summary.encode(),
            AUDIT_RESULT: canonical(audit),
        }
        at = head.checkpoint
        manifest = Manifest(
            origin=at.origin,
            size=at.size,
            root=at.root,
            subject=self.subject,
            viewer=PUBLIC_VIEWER if self._viewer is None else self._viewer.principal,
            withheld=tuple(withheld),
            parts=digests_of(parts),
        )
        try:
            return pack_zip({MANIFEST: manifest.data(), **parts})
        except ValueError:
            raise NoEvidence(TOO_LARGE_FOR_ONE_FILE.refuse(records=len(recorded))) from None

    @property
    def subject(self) -> str:
        """Return what it is about."""
        return self._wanted.name

    @property
    def decided(self) -> tuple[str, ...]:
        """Return the streams on which something was decided that rules say how to decide."""
        family = self.family
        names = (family.auction, family.award, family.contract)
        return tuple(name for name in names if name is not None)

    @property
    def policy(self) -> bytes:
        """Return whom the maker trusts: as given, else the log's own keys and no witness."""
        own = "".join(f"log {key}\n" for key in self.head.keys) + "quorum none\n"
        return self._wanted.policy or own.encode()
