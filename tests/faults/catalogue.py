"""Every fault with the store that it is for and how often `make faults` lets it happen."""

from collections.abc import Callable
from typing import Any, NamedTuple

from . import (
    clocks,
    disks,
    hostile,
    kills,
    publishing,
    servers,
    serving,
    sharing,
    tampering,
    viewing,
)
from .tally import Plan, Tally

KILLS = 200


class Fault(NamedTuple):
    """One line of the table that `make faults` prints."""

    run: Callable[[Any, Plan], Tally]
    store: str
    times: int

    @property
    def name(self) -> str:
        """What `--only` selects it by."""
        return f"{self.run.__name__.replace('_', '-')}-{self.store}"


FAULTS = (
    Fault(kills.kill_9, "sqlite", KILLS),
    Fault(kills.kill_9, "postgres", KILLS),
    Fault(servers.lost_reply, "postgres", 200),
    Fault(servers.lost_request, "postgres", 50),
    Fault(kills.fsync_error, "sqlite", 50),
    Fault(kills.write_error, "sqlite", 30),
    Fault(disks.full_file, "sqlite", 50),
    Fault(disks.full_volume, "postgres", 20),
    Fault(servers.immediate_stop, "postgres", 100),
    Fault(servers.ended_backend, "postgres", 50),
    Fault(servers.killed_backend, "postgres", 100),
    Fault(servers.black_hole, "postgres", 20),
    Fault(clocks.clock_steps, "sqlite", 100),
    Fault(clocks.clock_steps, "postgres", 100),
    Fault(sharing.two_processes, "sqlite", 20),
    Fault(sharing.two_processes, "postgres", 20),
    Fault(kills.kill_one_of_two, "sqlite", 30),
    Fault(kills.kill_one_of_two, "postgres", 30),
    Fault(sharing.stock_recorder, "sqlite", 50),
    Fault(sharing.stock_recorder, "postgres", 50),
    Fault(sharing.poisoned, "sqlite", 50),
    Fault(sharing.poisoned, "postgres", 50),
    Fault(viewing.views_rebuilt, "sqlite", 10),
    Fault(viewing.views_rebuilt, "postgres", 10),
    Fault(viewing.rebuild_killed, "sqlite", 20),
    Fault(viewing.rebuild_killed, "postgres", 20),
    Fault(viewing.follower_cut_off, "postgres", 50),
    Fault(publishing.publisher_killed, "sqlite", 100),
    Fault(publishing.publisher_killed, "postgres", 50),
    Fault(publishing.publisher_broken, "sqlite", publishing.POINTS),
    Fault(publishing.publisher_broken, "postgres", publishing.POINTS),
    Fault(tampering.tampered, "sqlite", 100_000),
    Fault(tampering.tampered, "postgres", 5_000),
    Fault(serving.http, "sqlite", 10),
    Fault(serving.http, "postgres", 10),
    Fault(hostile.bodies, "sqlite", 100_000),
    Fault(hostile.addresses, "sqlite", 20_000),
    Fault(hostile.contract_held, "sqlite", hostile.OPERATIONS),
)
