"""What a thing has come to, read at the address that its commands are given at.

One read for each kind that has commands and no page drawn from the views. Its events are not
in the answer: `history` is where they are.
"""

from collections.abc import Callable
from dataclasses import make_dataclass
from functools import reduce
from operator import or_
from typing import Any, Final, get_type_hints

from svx_ledger.api.addressed import BY_STATE, Addressed
from svx_ledger.domain.vocabulary import KINDS
from svx_ledger.projections.visibility import FIELDS

from .asking import Asking, One, Read
from .folding import folded

SAID: Final = """A thing that commands are given on, as whoever asks may see it.

`version` is what If-Match takes; the ETag begins with it. What is hidden from whoever asks is
not in `state`; `withheld` has the names of such fields. `history` is the address of its events.
"""


def page_type(one: Addressed) -> type[Any]:
    """Return the type of what is answered of a kind; states are described as their classes."""
    states = [_shown(state) for state in KINDS[one.kind].states]
    fields = [
        ("stream", one.form),
        ("version", int),
        ("state", reduce(or_, states)),
        ("withheld", tuple[str, ...]),
        ("history", str),
    ]
    name = "".join(word.capitalize() for word in one.kind.split("-"))
    return make_dataclass(
        f"{name}Page", fields, namespace={"__module__": __name__, "__doc__": SAID}
    )


def _shown(state: type[Any]) -> type[Any]:
    """Return a state's class, in which what may be hidden from somebody may be absent."""
    hidden = FIELDS.get(state, {})
    hints = get_type_hints(state, include_extras=True)
    fields = [(n, hint | None if n in hidden else hint) for n, hint in hints.items()]
    about = {"__module__": state.__module__, "__doc__": state.__doc__}
    return make_dataclass(state.__name__, fields, namespace=about)


def _asked(one: Addressed) -> Callable[[Asking], One]:
    def ask(asking: Asking) -> One:
        stream = asking.get(one.field)
        come_to = folded(asking, stream, one.kind)
        thing = {
            "stream": stream,
            "version": come_to.version,
            "state": come_to.state,
            "withheld": come_to.withheld,
            "history": f"/streams/{stream}",
        }
        return One(value=thing, version=come_to.version)

    return ask


def _read(one: Addressed) -> Read:
    return Read(
        name=one.kind,
        path=one.path,
        tag=one.group,
        summary=f"Show {called(one.kind)}: what it has come to, and its version.",
        ask=_asked(one),
        answer=page_type(one),
    )


def called(kind: str) -> str:
    """Return what a thing of a kind is called in a sentence: a contract, an API key."""
    words = kind.replace("-", " ").replace("api", "API")
    without = ("access", "spend")
    article = "an" if words[0] in "aeiouA" else "a"
    return words if kind in without else f"{article} {words}"


READS: Final = tuple(map(_read, BY_STATE.values()))
