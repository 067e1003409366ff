"""The document as a page for people: every address by its tag, and what they share once."""

from collections.abc import Iterable
from html import escape
from typing import Final

from svx_ledger.api.document.patterns import Schema
from svx_ledger.api.policy.page import TOGETHER

from .forms import all_forms
from .markup import code_of, page, paragraphs, table, text
from .operations import (
    PROBLEM_OF,
    address_of,
    anchor_of,
    answer,
    article,
    form_and_meaning,
)
from .words import name_in

Found = tuple[str, str, Schema]
"""A path, a method and the operation there."""
SHARED: Final = (
    ("parameters", "Parameters"),
    ("answers", "Answers of commands"),
    ("problems", "Problems by status"),
    ("headers", "Headers of answers"),
    ("roles", "Roles"),
    ("values", "Values"),
    ("lists", "Lists"),
    ("forms", "Forms"),
)
"""What stands behind the addresses, by its place on the page."""
STATUSES: Final = {"CommandDone": "200", "CommandDoneNotPublished": "202"}
"""Of the answers that commands share."""
READING: Final = """\
- What is not marked as optional is required.
- Every address takes `X-Request-Id`, and answers with it. Those that are counted answer with \
`RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset`.
- In the examples `$SVX` is the address of this service, `$SVX_KEY` an API key and `body.json` \
a file with the body. Each command has a key of its own in place of `my-key-1`; a repeat has \
the same.
"""


def document_page(document: Schema) -> str:
    """Return the page of an OpenAPI document of ours."""
    by_tag: dict[str, list[Found]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            by_tag.setdefault(operation["tags"][0], []).append((path, method, operation))
    tags = [tag for tag in document["tags"] if tag["name"] in by_tag]
    body = [_about(document["info"])]
    body += [_tag(document, tag, by_tag[tag["name"]]) for tag in tags]
    body += [_parameters(document), _commands(document), _problems(document)]
    body += [_headers(document), _roles()]
    body.append(all_forms(document, _bodies(document)))
    contents = _contents([(tag, by_tag[tag["name"]]) for tag in tags])
    return page("The HTTP API", "".join(body), contents)


def _about(info: Schema) -> str:
    return (
        f'<section id="about"><h2>About</h2>{paragraphs(info["description"])}'
        f"<p>Version {escape(info['version'])}. The same for programs: "
        f'<a href="/openapi.json">/openapi.json</a>.</p>{paragraphs(READING)}</section>'
    )


def _contents(tags: Iterable[tuple[Schema, list[Found]]]) -> str:
    """A list of addresses for each tag, folded up, and what they share."""
    folded = []
    for tag, operations in tags:
        name, many = escape(tag["name"]), len(operations)
        items = "".join(
            f'<li><a href="#{anchor_of(op)}">{address_of(path, method)}</a></li>'
            for path, method, op in operations
        )
        first = f'<li><a href="#tag-{name}">About {name}</a></li>'
        folded.append(
            f"<details><summary>{name} ({many})</summary><ul>{first}{items}</ul></details>"
        )
    shared = "".join(f'<li><a href="#{at}">{name}</a></li>' for at, name in SHARED)
    return f"<h2>Addresses</h2>{''.join(folded)}<h2>What they share</h2><ul>{shared}</ul>"


def _tag(document: Schema, tag: Schema, operations: list[Found]) -> str:
    name = escape(tag["name"])
    told = paragraphs(tag.get("description", ""))
    each = "".join(article(document, *found) for found in operations)
    return f'<section><h2 id="tag-{name}">{name}</h2>{told}{each}</section>'


def _bodies(document: Schema) -> set[str]:
    """The names of the forms that stand with the operations that take them."""
    operations = [op for methods in document["paths"].values() for op in methods.values()]
    return {op["operationId"] for op in operations if "requestBody" in op}


def _parameters(document: Schema) -> str:
    rows = []
    for name, told in document["components"]["parameters"].items():
        where = "" if told["in"] == "query" else f" ({told['in']})"
        shown = f'<span id="parameter-{escape(name)}">{code_of(told["name"])}</span>{where}'
        rows.append([shown, *form_and_meaning(document, told)])
    listed = table("Parameters that several addresses take", ("name", "form", "meaning"), rows)
    return f'<section><h2 id="parameters">Parameters</h2>{listed}</section>'


def _commands(document: Schema) -> str:
    rows = (
        [f'<span id="answer-{escape(name)}">{status}</span>', answer(told)]
        for name, told in document["components"]["responses"].items()
        if (status := STATUSES.get(name))
    )
    listed = table("Answers of commands", ("status", "meaning"), rows)
    return f'<section><h2 id="answers">Answers of commands</h2>{listed}</section>'


def _problems(document: Schema) -> str:
    rows = (
        [
            f'<span id="problem-{status}">{status}</span>',
            text(told["description"]),
        ]
        for name, told in document["components"]["responses"].items()
        if (status := name.removeprefix(PROBLEM_OF)) != name
    )
    said = (
        '<p>Each is a <a href="#form-Problem">Problem</a>, as '
        '<code>application/problem+json</code>. <a href="/problems">Every problem</a> is '
        "listed by its name.</p>"
    )
    listed = table("Problems by status", ("status", "meaning"), rows)
    return f'<section><h2 id="problems">Problems by status</h2>{said}{listed}</section>'


def _headers(document: Schema) -> str:
    """The headers of answers, each under the name that it is sent by."""
    components = document["components"]
    told = {
        (name, components["headers"][name_in(given)]["description"])
        for answer in [*components["responses"].values(), *_every_answer(document)]
        for name, given in answer.get("headers", {}).items()
    }
    rows = ([code_of(name), text(said)] for name, said in sorted(told))
    listed = table("Headers of answers", ("name", "meaning"), rows)
    return f'<section><h2 id="headers">Headers of answers</h2>{listed}</section>'


def _every_answer(document: Schema) -> Iterable[Schema]:
    for methods in document["paths"].values():
        for operation in methods.values():
            yield from operation["responses"].values()


def _roles() -> str:
    rows = ([escape(name), ", ".join(map(code_of, sorted(roles)))] for roles, name in TOGETHER)
    said = "<p>A key stands for a person in one role. Several roles together are called so:</p>"
    listed = table("Roles together", ("called", "roles"), rows)
    return f'<section><h2 id="roles">Roles</h2>{said}{listed}</section>'
