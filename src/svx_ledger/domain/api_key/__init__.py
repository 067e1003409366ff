"""API keys: what a program shows to act as one person in one role for one organisation.

*Issued → Revoked*, and expired by the clock. A key stands for one grant of access and ends
with it. The ledger has the SHA-256 of the whole key text and never the text: what it says
opens nothing. A lost key is not found again but revoked, and another is issued.

A scope is *read*, *act* (any command that the role may give) or *act:SubmitBid* (that command
only). A scope that is well formed and names no command allows nothing: whether a key is issued
does not hang on which commands a version of the program knows.

- `state`: what happened, the key as the rules see it, and when it is in force
- `issuing`, `revoking`: its acts
"""

from svx_ledger.domain.kind import Command, StreamKind

from .issuing import (
    ACCESS_OVER,
    KEY_ENDS_TOO_EARLY,
    KEY_LASTS_TOO_LONG,
    KEY_OUTLASTS_ACCESS,
    LONGEST,
    SCOPE_TWICE,
    SECRET_TAKEN,
    IssueApiKey,
)
from .revoking import RevokeApiKey
from .state import (
    ApiKey,
    ApiKeyEvent,
    ApiKeyIssued,
    ApiKeyRevoked,
    Scope,
    evolve,
    in_force,
    secret_claim,
)

__all__ = [
    "ACCESS_OVER",
    "COMMANDS",
    "EVENTS",
    "KEY_ENDS_TOO_EARLY",
    "KEY_LASTS_TOO_LONG",
    "KEY_OUTLASTS_ACCESS",
    "KIND",
    "LONGEST",
    "SCOPE_TWICE",
    "SECRET_TAKEN",
    "ApiKey",
    "ApiKeyEvent",
    "ApiKeyIssued",
    "ApiKeyRevoked",
    "IssueApiKey",
    "RevokeApiKey",
    "Scope",
    "in_force",
    "secret_claim",
]

EVENTS: tuple[type[ApiKeyEvent], ...] = (ApiKeyIssued, ApiKeyRevoked)
KIND = StreamKind("api-key", ApiKey, EVENTS, evolve)
COMMANDS: tuple[type[Command], ...] = (IssueApiKey, RevokeApiKey)
