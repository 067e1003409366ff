"""Two ledgers that differ only in who takes part, and those who may not know.

In both, each of the two suppliers does something that is everybody's after the invitations, on
its own stream: what comes then must not tell that anything came between.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from copy import copy
from dataclasses import replace
from pathlib import Path

import pytest

from svx_ledger.api.admission.principals import Principal
from svx_ledger.api.serving import Config
from svx_ledger.domain.organisation import RegisterKey
from tests import world
from tests.api.reads.reading import AsNamed
from tests.api.served import Served, served

MINE, YOURS, RIVAL = (f"organisation-w001s{n:03d}" for n in range(3))
"""The first takes part in one world, the second in the other, the third in both."""
OF_MINE, OF_YOURS, OF_NOBODY = (f"participations-w001s{n}" for n in ("000", "001", "999"))
"""What the first two take part in; and a stream that is in neither world."""
VIEWERS = {
    "public": None,
    "rival": f"supplier.bidder:{RIVAL}/person-w001-bidder002",
    "observer": "authority.observer:organisation-w001auth/person-eye",
    "auditor": "auditor:organisation-w001eval/person-eye",
}
MANY = 10**6


class Bearing(AsNamed):
    """The same as keys are presented, which may act as well."""

    async def of(self, authorization: str | None) -> Principal:
        """Return who a header names."""
        who = await super().of(authorization and authorization.removeprefix("Bearer "))
        return replace(who, scopes=frozenset({"read", "act"}))


@contextmanager
def where(takes_part: int, folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Served]:
    """Serve a ledger on which one supplier is invited beside the rival."""

    class Cast(world._Cast):
        def invited(self) -> Iterator[world.Step]:
            among = copy(self)
            among.suppliers = (self.suppliers[takes_part], self.suppliers[2])
            among.bidders = (self.bidders[takes_part], self.bidders[2])
            yield from super(Cast, among).invited()
            for bidder, supplier in zip(self.bidders[:2], self.suppliers[:2], strict=True):
                key = RegisterKey(
                    organisation_id=supplier,
                    key_id="bids",
                    algorithm="ed25519",
                    public_key="3d" * 32,
                )
                yield bidder, key

    folder.mkdir()
    config = Config(
        heavy_processes=0,
        requests=MANY,
        anonymous_requests=MANY,
        at_once=MANY,
        watchers_each=40,
    )
    with ExitStack() as stack:
        with patch.context() as patched:
            patched.setattr(world, "_Cast", Cast)
            one = stack.enter_context(served(folder, bidders=3, config=config))
        one.app.state.serving.principals = Bearing()
        yield one
