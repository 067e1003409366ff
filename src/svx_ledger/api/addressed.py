"""Which kinds of things have commands, and where each is addressed: made from the vocabulary.

`POST /contracts/{contract_id}/set-kpi` is given on what `GET /contracts/{contract_id}` reads.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple, get_type_hints

from svx_ledger.domain.form import StreamOf
from svx_ledger.domain.kind import Command, fields_of
from svx_ledger.domain.vocabulary import COMMANDS

from .vocabulary import COLLECTIONS, VERBS, path_of


class Addressed(NamedTuple):
    """A kind of thing: its `path` has one part, `field`, which is the name of the thing.

    `form` is the type of such a name, `group` that of its verbs on the command line.
    """

    kind: str
    group: str
    field: str
    form: Any
    path: str


def kind_of_target(cls: type[Command]) -> str | None:
    """Return the kind of stream that a command is given on; None where it may be any."""
    marks = get_type_hints(cls, include_extras=True)[fields_of(cls)[0]].__metadata__
    return next((mark.kind for mark in marks if isinstance(mark, StreamOf)), None)


def _addressed() -> Iterator[Addressed]:
    groups = {collection: group for group, collection in COLLECTIONS.items()}
    for name, verb in VERBS.items():
        cls = COMMANDS[name]
        kind = kind_of_target(cls)
        if verb.group not in COLLECTIONS or kind is None:
            continue
        field = fields_of(cls)[0]
        path = path_of(name, "{" + field + "}").rpartition("/")[0]
        form = get_type_hints(cls, include_extras=True)[field]
        yield Addressed(kind, groups[path.split("/")[1]], field, form, path)


ADDRESSED: Final[Mapping[str, Addressed]] = {one.kind: one for one in _addressed()}
"""By kind, in the order of the vocabulary."""
DRAWN: Final = frozenset({"auction", "award", "organisation"})
"""The kinds that have a page drawn from the views, at the same address."""
BY_STATE: Final = {kind: one for kind, one in ADDRESSED.items() if kind not in DRAWN}
"""The kinds that are read as what they have come to, under the kind's own name."""
