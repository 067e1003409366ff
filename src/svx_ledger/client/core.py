"""What the two clients have in common: all but sending, hearing and waiting."""

from collections.abc import Mapping
from typing import Any

from svx_ledger.domain.kind import Command

from .address import Parameter, base_of, path_of, path_with
from .beside import Beside, checked, for_whom
from .call import Call, Patience
from .following import Following, boards_once, events_once
from .giving import Giving, giving, giving_new
from .reading import Json, Pages, ReadingReceipt, Table, reading, reading_table

EVENTS = "/events"


class Core:
    """Where the exchange is and how long to try; it makes the calls. It has no key."""

    def __init__(
        self, base_url: str, *, timeout: float, retry_for: float, allow_http: bool
    ) -> None:
        self.base = base_of(base_url, allow_http=allow_http)
        self.patience = Patience(timeout, retry_for)

    def execute(self, command: Command, given: Beside) -> Giving:
        """Return the call that gives a command."""
        return giving(command, given, self.patience)

    def execute_new(
        self, cls: type[Command], fields: Mapping[str, Any], given: Beside
    ) -> Giving:
        """Return the call that makes a thing, which the ledger names."""
        return giving_new(cls, fields, given, self.patience)

    def get(self, path: str, parameters: Mapping[str, Parameter]) -> Call[Json]:
        """Return the call that reads an object."""
        return reading(path, parameters, self.patience)

    def table(self, path: str, parameters: Mapping[str, Parameter]) -> Call[Table]:
        """Return the call that reads a table."""
        return reading_table(path, parameters, self.patience)

    def outcome(self, command_id: str, on_behalf_of: str | None) -> Call[Json]:
        """Return the call that asks what became of a command.

        Raises Refused for what is no key, or no organisation.
        """
        path = path_of("outcomes", checked(command_id))
        return reading(path, {}, self.patience, for_whom(on_behalf_of))

    def board(self, auction_id: str, supplier_id: str | None) -> Call[Json]:
        """Return the call that reads an auction's board."""
        return self.get(_board(auction_id, supplier_id), {})

    def receipt(self, position: int) -> Call[bytes]:
        """Return the call that reads the receipt of an event, once it is published."""
        return ReadingReceipt(position, self.patience)

    def pages(self, path: str, parameters: Mapping[str, Parameter]) -> Pages:
        """Return the pages of a list."""
        return Pages(path, parameters, self.patience)

    def events(self, after: int, parameters: Mapping[str, Parameter]) -> Pages:
        """Return the pages of the log."""
        return Pages(EVENTS, {"after": after, **parameters}, self.patience, "after")

    def stream_events(
        self, after: int | None, parameters: Mapping[str, Parameter]
    ) -> Following:
        """Return the live stream of the log."""
        last = "" if after is None else str(after)
        path = path_with(EVENTS, parameters)
        return Following(path, self.patience, events_once(after), last)

    def watch(self, auction_id: str, supplier_id: str | None) -> Following:
        """Return the live stream of a board."""
        path = path_with(_board(auction_id, supplier_id), {})
        return Following(path, self.patience, boards_once())


def _board(auction_id: str, supplier_id: str | None) -> str:
    if supplier_id is None:
        return path_of("auctions", auction_id)
    return path_of("auctions", auction_id, "boards", supplier_id)
