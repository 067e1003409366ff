"""Everything the exchange can say: each kind of stream and each command.

The one dispatcher between the write path and the rules. What holds for every command
(what it names exists, what it creates does not) is decided here, once.
"""

import sys
from collections.abc import Mapping
from datetime import datetime
from decimal import localcontext
from functools import lru_cache
from typing import Final

from svx_ledger.domain.observation.elsewhere import unless_own

from . import (
    access,
    api_key,
    auction,
    award,
    book,
    contract,
    correction,
    direct_offer,
    ending,
    erasing,
    exclusion,
    finishing,
    indicator,
    listing,
    need,
    observation,
    organisation,
    participations,
    pledge,
    procurement,
    project,
    proxies,
    resource_offer,
    spend,
    superseding,
    voiding,
)
from .actor import Actor
from .form import STREAM_NAME
from .kind import Command, Decision, Event, States, StreamKind
from .rule import ALREADY_EXISTS, NOT_FOUND, ROLE_NOT_ALLOWED, Rule
from .values import EXACT

KINDS: Final[Mapping[str, StreamKind]] = {
    kind.name: kind
    for kind in (
        book.KIND,
        organisation.KIND,
        participations.KIND,
        access.KIND,
        api_key.KIND,
        proxies.KIND,
        project.KIND,
        need.KIND,
        resource_offer.KIND,
        direct_offer.KIND,
        observation.KIND,
        auction.KIND,
        award.KIND,
        contract.KIND,
        pledge.KIND,
        spend.KIND,
        indicator.KIND,
        correction.KIND,
    )
}
COMMANDS: Final[Mapping[str, type[Command]]] = {
    command.__name__: command
    for command in (
        *book.COMMANDS,
        *organisation.COMMANDS,
        *access.COMMANDS,
        *api_key.COMMANDS,
        *proxies.COMMANDS,
        *superseding.COMMANDS,
        *project.COMMANDS,
        *need.COMMANDS,
        *listing.COMMANDS,
        *resource_offer.COMMANDS,
        *direct_offer.COMMANDS,
        *ending.COMMANDS,
        *voiding.COMMANDS,
        *exclusion.COMMANDS,
        *procurement.COMMANDS,
        *finishing.COMMANDS,
        *observation.COMMANDS,
        *auction.COMMANDS,
        *award.COMMANDS,
        *contract.COMMANDS,
        *pledge.COMMANDS,
        *spend.COMMANDS,
        *indicator.COMMANDS,
        *correction.COMMANDS,
        *erasing.COMMANDS,
    )
}
RULES: Final[Mapping[str, Rule]] = {
    found.name: found
    for name, module in sorted(sys.modules.items())
    if name.startswith(f"{__package__}.")
    for found in vars(module).values()
    if isinstance(found, Rule)
}
"""Every rule of the exchange by its published name; the modules above declare them."""


@lru_cache(maxsize=4096)  # asked several times for each command of a hot stream
def kind_of(stream: str) -> StreamKind:
    """Return the kind that a stream's name states. Raises LookupError for an unknown one."""
    named = STREAM_NAME.fullmatch(stream)
    if named is None or named[1] not in KINDS:
        message = f"no kind of stream is called as in {stream!r}"
        raise LookupError(message)
    return KINDS[named[1]]


def evolve(stream: str, state: object, event: Event) -> object:
    """Fold one more event into the state of its stream."""
    with localcontext(EXACT):
        return kind_of(stream).evolve(state, event)


def due(stream: str, state: object) -> tuple[datetime, Command] | None:
    """Return the next deadline of a stream and the clock's command for it."""
    return kind_of(stream).due(state, stream)


def decide(command: Command, states: States, actor: Actor, now: datetime) -> Decision:
    """Decide a command on the states it reads.

    - Only the clock gives the clock's commands.
    - What a command creates does not exist yet.
    - What a command names exists; what it only consults may not.
    - Nothing is done with a procurement that was only observed, but for observing more.
    """
    with localcontext(EXACT):
        return _decided(command, states, actor, now)


def _decided(command: Command, states: States, actor: Actor, now: datetime) -> Decision:
    if command.by_clock != (actor.role == "clock"):
        return ROLE_NOT_ALLOWED.refuse(role=actor.role)
    for stream in command.creates(states):
        if stream in states:
            return ALREADY_EXISTS.refuse(stream=stream)
    for stream in command.reads(states):
        state = states.known(object, stream)
        if state is None:
            return NOT_FOUND.refuse(stream=stream)
        if refusal := unless_own(command, state, stream):
            return refusal
    return command.decide(states, actor, now)
