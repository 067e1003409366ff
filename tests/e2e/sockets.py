"""Which process is at the other end of a connection of this machine."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_SOCKET: Final = re.compile(r"socket:\[(\d+)\]")


def answered_by(ports: Iterable[int], server_port: int, pids: Iterable[int]) -> dict[int, int]:
    """Return which of these processes has the other end of each connection, by our own port.

    What nobody has taken yet is left out.
    """
    of_socket = {inode: pid for pid in pids for inode in _sockets_of(pid)}
    found = {}
    for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        _, local, remote, *rest = line.split()
        here, there = _port(local), _port(remote)
        if here == server_port and there in set(ports) and rest[6] in of_socket:
            found[there] = of_socket[rest[6]]
    return found


def _port(address: str) -> int:
    return int(address.rpartition(":")[2], 16)


def _sockets_of(pid: int) -> list[str]:
    inodes = []
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            named = _SOCKET.fullmatch(str(descriptor.readlink()))
        except OSError:  # it was closed meanwhile
            continue
        if named is not None:
            inodes.append(named[1])
    return inodes
