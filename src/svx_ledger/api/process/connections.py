"""How many connections may be open: in all, and from one address.

Each holds a file, and a process has so many: with none left it can neither take connections nor
open what it needs to answer. So when all that may be open are, one that does nothing is closed,
the one that has done so longest; and when each is at work, the new one.
"""

import resource
from collections import OrderedDict, defaultdict
from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final, Protocol

from svx_ledger.api.admission.addresses import counted_as
from svx_ledger.settings import CONNECTIONS, CONNECTIONS_EACH

MOST_FILES: Final = 65_536
RESERVE: Final = 256
"""Files that are left for everything but connections, or half of all where those are few."""


class Open(Protocol):
    """A connection, as much as is known of it here."""

    def cut(self) -> None:
        """End it now."""


class Connections:
    """Those of one process; no more than `most`, and `most_each` from an address.

    `trusted` proxies bring those of many people: they may have as many as there may be. So may
    everybody where `most_each` is 0.
    """

    def __init__(
        self,
        most: int = CONNECTIONS,
        most_each: int = CONNECTIONS_EACH,
        trusted: Iterable[str] = (),
    ) -> None:
        self._most = most
        self._most_each = most_each
        self._trusted = [ip_network(one) for one in trusted]
        self._open: dict[Open, str] = {}
        """With what the address of each is counted as; nothing for who may have any number."""
        self._idle: OrderedDict[Open, None] = OrderedDict()
        """In the order in which they became idle."""
        self._of_address: defaultdict[str, dict[Open, None]] = defaultdict(dict)
        """Of each address, those at work too, in the order in which they became idle."""

    def __len__(self) -> int:
        """How many there are."""
        return len(self._open)

    def trusts(self, host: str) -> bool:
        """Whether this is the address of a proxy that was named."""
        try:
            address = ip_address(host)
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return any(address in network for network in self._trusted)

    def enter(self, one: Open, host: str) -> bool:
        """Take in a connection, which is idle, if there is room or can be made."""
        address = "" if self.trusts(host) or not self._most_each else counted_as(host)
        of_address = self._of_address.get(address, {})
        if address and len(of_address) >= self._most_each:
            if not self._cut(next((same for same in of_address if same in self._idle), None)):
                return False
        elif len(self._open) >= self._most and not self._cut(next(iter(self._idle), None)):
            return False
        self._open[one] = address
        self.idle(one)
        return True

    def busy(self, one: Open) -> None:
        """Know that somebody waits for an answer on it."""
        self._idle.pop(one, None)

    def idle(self, one: Open) -> None:
        """Know that it does nothing from now on."""
        if one not in self._open:
            return
        self._idle[one] = None
        self._idle.move_to_end(one)
        if address := self._open[one]:
            self._of_address[address].pop(one, None)
            self._of_address[address][one] = None

    def leave(self, one: Open) -> None:
        """Forget a connection, if it is known still."""
        self._idle.pop(one, None)
        address = self._open.pop(one, "")
        if address:
            del self._of_address[address][one]
            if not self._of_address[address]:
                del self._of_address[address]

    def _cut(self, one: Open | None) -> bool:
        if one is None:
            return False
        self.leave(one)
        one.cut()
        return True


def raise_file_limit() -> int:
    """Let this process open as many files as it may; return how many those are."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    may = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft == resource.RLIM_INFINITY or soft >= may:
        return MOST_FILES if soft == resource.RLIM_INFINITY else soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (may, hard))
    except (OSError, ValueError):
        return soft
    return may


def most_within(files: int) -> int:
    """Return how many connections there may be with so many files."""
    return max(files // 2, files - RESERVE)
