"""Organisations: authorities, suppliers, community organisations; registered, then verified.

*Registered → Verified → Suspended → Verified.* An organisation is known by an identifier from
an org-id list (https://org-id.guide); no bid, need or pledge is taken from one that nobody
verified. An unincorporated group is on no list: it has an identifier that the exchange issues,
and a host body or an authority's word.

- `identifying`: numbers and names, however spelled
- `codes`: how a community organisation may describe itself
- `events`, `state`: what happened, and the organisation as the rules see it
- `registering`, `verifying`, `connecting`, `describing`, `signing`: its acts
"""

from svx_ledger.domain.kind import Command, StreamKind

from . import connecting, describing, registering, signing, verifying
from .connecting import DeclareConnection
from .describing import DescribeOrganisation
from .events import (
    EVENTS,
    ConnectionDeclared,
    KeyRegistered,
    KeyRevoked,
    OrganisationDescribed,
    OrganisationRegistered,
    OrganisationReinstated,
    OrganisationSuspended,
    OrganisationVerified,
    Side,
)
from .identifying import Identifier, Scheme
from .registering import RegisterOrganisation
from .signing import RegisterKey, RevokeKey
from .state import Organisation, evolve
from .verifying import ReinstateOrganisation, SuspendOrganisation, VerifyOrganisation

__all__ = [
    "COMMANDS",
    "KIND",
    "ConnectionDeclared",
    "DeclareConnection",
    "DescribeOrganisation",
    "Identifier",
    "KeyRegistered",
    "KeyRevoked",
    "Organisation",
    "OrganisationDescribed",
    "OrganisationRegistered",
    "OrganisationReinstated",
    "OrganisationSuspended",
    "OrganisationVerified",
    "RegisterKey",
    "RegisterOrganisation",
    "ReinstateOrganisation",
    "RevokeKey",
    "Scheme",
    "Side",
    "SuspendOrganisation",
    "VerifyOrganisation",
]

KIND = StreamKind("organisation", Organisation, EVENTS, evolve)
COMMANDS: tuple[type[Command], ...] = (
    *registering.COMMANDS,
    *verifying.COMMANDS,
    *connecting.COMMANDS,
    *describing.COMMANDS,
    *signing.COMMANDS,
)
