"""Input that is made to do harm, over HTTP: nothing of it does, and none of it is kept.

Each row's `times` are its requests, those of `contract` the operations that are tried.
"""

import tempfile
from pathlib import Path

from tests.api.addresses import Addresses
from tests.api.bodies import Bodies
from tests.api.contract import PHASES, contract
from tests.api.target import Seen, target

from .places import SQLitePlace
from .tally import Plan, Tally

OPERATIONS = 170
"""About so many are in the document; a long run tries all that are."""
MANY = 1_000
DRAWN = 12
"""Bodies of each command that are drawn from its schema, in a long run."""
EXAMPLES = 30
"""Of each operation that a tool of others draws, in a long run."""


def bodies(place: SQLitePlace, plan: Plan) -> Tally:
    """Send what no client would to every command."""
    with _folder(place) as folder, target(Path(folder)) as one:
        drawn = DRAWN if plan.times > MANY else 1
        requests = Bodies(one, seed=plan.random.randrange(10**9), drawn=drawn)
        seen = one.run(requests.requests(plan.times), plan.times, plan.tick)
    return _tally("hostile bodies", place, seen)


def addresses(place: SQLitePlace, plan: Plan) -> Tally:
    """Ask every read what no client would."""
    with _folder(place) as folder, target(Path(folder)) as one:
        one.app.state.serving.live.start()
        requests = Addresses(one, seed=plan.random.randrange(10**9))
        seen = one.run(requests.requests(plan.times), plan.times, plan.tick)
    return _tally("hostile addresses", place, seen)


def contract_held(place: SQLitePlace, plan: Plan) -> Tally:
    """Let a tool of others compare every operation with its document."""
    tally = Tally(fault="contract held", store=place.name)
    is_long = plan.times == OPERATIONS
    with _folder(place) as folder, contract(Path(folder)) as one:
        labels = one.labels()
        tried = labels if is_long else plan.random.sample(labels, plan.times)
        examples = EXAMPLES if is_long else 1
        found = one.run(tried, *PHASES, examples=examples, seed=plan.random.randrange(10**9))
    for (check, operation, told), said in found.faults.items():
        tally.fail(f"{check}: {operation}: {told}: {said}")
    tally.note = str(found)
    for _ in tried:
        plan.tick()
    tally.count = len(tried)
    return tally


def _folder(place: SQLitePlace) -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(dir=place.folder)


def _tally(fault: str, place: SQLitePlace, seen: Seen) -> Tally:
    tally = Tally(fault=fault, store=place.name, note=str(seen), count=seen.many)
    tally.said["sequenced"] = len(seen.acknowledged)
    tally.said["refused"] = sum(n for status, n in seen.statuses.items() if status >= 400)
    for text in seen.faults:
        tally.fail(text)
    return tally
