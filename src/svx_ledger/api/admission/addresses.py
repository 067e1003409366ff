"""What an address is counted as, for requests, streams and connections alike."""

from ipaddress import IPv6Address, ip_address
from typing import Final

_NETWORK_BITS: Final = 64
MOST_CHARACTERS: Final = 64
"""Of what is no address, such as the name of a socket."""


def counted_as(host: str) -> str:
    """Return by what an address is counted: IPv6 by its network, of which one has many."""
    try:
        address = ip_address(host)
    except ValueError:
        return host[:MOST_CHARACTERS]
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        network = int(address) >> _NETWORK_BITS << _NETWORK_BITS
        return f"{IPv6Address(network)}/{_NETWORK_BITS}"
    return str(address)
