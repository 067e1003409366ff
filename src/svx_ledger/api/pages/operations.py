"""One operation of the document as a part of a page."""

from html import escape
from typing import Final

from svx_ledger.api.document.patterns import Schema

from .forms import fields_of, resolved
from .markup import code_of, paragraphs, table, text
from .words import form_of, link_to, name_in

PROBLEM_OF: Final = "Problem"
"""How the names of answers begin that are problems."""
EVERYWHERE: Final = (
    "X-Request-Id",
    "RateLimit-Limit",
    "RateLimit-Remaining",
    "RateLimit-Reset",
)
"""Headers that are told of once."""


def anchor_of(operation: Schema) -> str:
    """Return where on the page an operation is told."""
    return f"operation-{escape(operation['operationId'])}"


def address_of(path: str, method: str) -> str:
    """Return an operation's address."""
    return f"{method.upper()} {code_of(path)}"


def article(document: Schema, path: str, method: str, operation: Schema) -> str:
    """Return all that a page says of an operation."""
    parts = [
        f'<h3 id="{anchor_of(operation)}">{address_of(path, method)}</h3>',
        paragraphs(operation["description"]),
        _parameters(document, operation),
        _body(document, operation),
        _answers(operation["responses"]),
        f"<pre>{escape(curl(document, path, method, operation))}</pre>",
    ]
    return f"<article>{''.join(parts)}</article>"


def _parameters(document: Schema, operation: Schema) -> str:
    """A table of what is this operation's own, and links to what it shares with others."""
    rows, shared = [], []
    for given in operation["parameters"]:
        told = resolved(document, given)
        needed = "" if told["required"] else " (optional)"
        if told["name"] in EVERYWHERE:
            continue
        if "$ref" in given:
            name = escape(name_in(given))
            shown = f'<a href="#parameter-{name}">{code_of(told["name"])}</a>'
            shared.append(f"{shown}{' (required)' if told['required'] else ''}")
            continue
        shown = f"{code_of(told['name'])}{needed}"
        rows.append([shown, *form_and_meaning(document, told)])
    caption = f"Parameters of {operation['operationId']}"
    own = table(caption, ("name", "form", "meaning"), rows) if rows else ""
    also = "Also takes" if rows else "Takes"
    return f"{own}<p>{also}: {', '.join(shared)}.</p>" if shared else own


def form_and_meaning(document: Schema, told: Schema) -> tuple[str, str]:
    """Return what a parameter looks like, and what giving it means."""
    schema = told["schema"]
    said = told.get("description") or resolved(document, schema).get("description", "")
    return form_of(schema | ({"description": said} if said else {})), text(said)


def _body(document: Schema, operation: Schema) -> str:
    if "requestBody" not in operation:
        return ""
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    name, of = name_in(schema), operation["operationId"]
    if name != of:
        return f'<p>Body: as of <a href="#operation-{escape(name)}">{escape(name)}</a>.</p>'
    return fields_of(resolved(document, schema), f"Body of {of}")


def _answers(responses: Schema) -> str:
    """What is answered; of what is shared with others only where it is told."""
    items, shared, problems = [], [], []
    for status, given in responses.items():
        name = name_in(given)
        if name.startswith(PROBLEM_OF):
            problems.append(status)
        elif name:
            shared.append(f'<a href="#answer-{escape(name)}">{status}</a>')
        else:
            items.append(f"<li>{status}: {answer(given)}</li>")
    refused = f'<a href="#problems">problems</a> {", ".join(problems)}'
    if shared:
        return f"<p>Answers: {', '.join(shared)}; {refused}.</p>"
    return f"<ul>{''.join(items)}<li>{refused}</li></ul>"


def answer(told: Schema) -> str:
    """Return what is said of an answer: what it means, its forms and headers."""
    forms = ", ".join(_form_in(media, one) for media, one in told.get("content", {}).items())
    headers = [code_of(n) for n in told.get("headers", {}) if n not in EVERYWHERE]
    said = text(told["description"]) if told["description"] != "The answer." else ""
    beside = f"With {', '.join(headers)}." if headers else ""
    return " ".join(filter(None, (said, f"{forms}." if forms else "", beside)))


def _form_in(media: str, content: Schema) -> str:
    schema = content.get("schema", {})
    if schema in ({}, {"type": "string"}):
        return code_of(media)
    return f"{code_of(media)} {link_to(name) if (name := name_in(schema)) else form_of(schema)}"


def curl(document: Schema, path: str, method: str, operation: Schema) -> str:
    """Return a command that calls an operation, with the key and the address in variables."""
    given = [resolved(document, one) for one in operation["parameters"]]
    needed = [one["name"] for one in given if one["in"] == "query" and one["required"]]
    query = "?" * bool(needed) + "&".join(f"{name}={{{name}}}" for name in needed)
    words = [f'curl "$SVX{path}{query}"']
    if operation.get("security") != [{}]:
        words.append('-H "Authorization: Bearer $SVX_KEY"')
    if method == "post":
        words.append('-H "Idempotency-Key: my-key-1"')
        words.append('-H "Content-Type: application/json" --data @body.json')
    if operation["x-svx-policy"]["if_match"]:
        words.append("-H 'If-Match: \"7\"'")
    return " \\\n  ".join(words)
