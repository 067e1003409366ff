"""Pages of the documentation as HTML: no script, nothing from elsewhere, all text escaped."""

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

STYLE: Final = "/docs/style.css"
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'"
)
_INLINE: Final = re.compile(r"`([^`]+)`|\[([^\]]+)\]\((/(?!/)[a-z./-]*)\)")


def page(title: str, body: str, contents: str = "") -> str:
    """Return a whole page; `title` is its one first heading, `contents` its navigation."""
    beside = ' class="beside"' if contents else ""
    nav = f'<nav aria-label="Contents">{contents}</nav>' if contents else ""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} | svx_ledger</title>"
        f'<link rel="stylesheet" href="{STYLE}"></head>'
        '<body><a class="skip" href="#main">Skip to the content</a>'
        f"<header><h1>{escape(title)}</h1></header>"
        f'<div{beside}>{nav}<main id="main">{body}</main></div>'
        "</body></html>\n"
    )


def text(said: str) -> str:
    """Return a text, with `code` and [links](/docs) to this service's own pages."""
    found, last = [], 0
    for part in _INLINE.finditer(said):
        found.append(escape(said[last : part.start()]))
        code, words, target = part.groups("")
        link = f'<a href="{escape(target)}">{escape(words)}</a>'
        found.append(code_of(code) if code else link)
        last = part.end()
    return "".join((*found, escape(said[last:])))


def code_of(said: str) -> str:
    """Return a text as code."""
    return f"<code>{escape(said)}</code>"


def paragraphs(said: str) -> str:
    """Return a text with its paragraphs and lists."""
    return "".join(_block(block) for block in said.strip().split("\n\n"))


def _block(block: str) -> str:
    if not block.startswith("- "):
        return f"<p>{text(block)}</p>"
    items = "".join(f"<li>{text(item)}</li>" for item in block[2:].split("\n- "))
    return f"<ul>{items}</ul>"


def table(caption: str, columns: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table; its cells are HTML already, and the first of a row names the row."""
    heads = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    return (
        f"<table><caption>{escape(caption)}</caption><thead><tr>{heads}</tr></thead>"
        f"<tbody>{''.join(_row(row) for row in rows)}</tbody></table>"
    )


def _row(cells: Iterable[str]) -> str:
    first, *others = cells
    return f'<tr><th scope="row">{first}</th>{"".join(f"<td>{c}</td>" for c in others)}</tr>'
