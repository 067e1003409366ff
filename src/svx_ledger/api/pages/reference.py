"""The document as a page for people: every address by its tag, and every form that it names."""

from collections.abc import Iterable
from html import escape
from typing import Final

from svx_ledger.api.document.patterns import Schema

from .markup import code_of, page, paragraphs, table, text
from .words import form_of

_POINTER: Final = "#/components/"
Found = tuple[str, str, Schema]
"""A path, a method and the operation there."""


def document_page(document: Schema) -> str:
    """Return the page of an OpenAPI document of ours."""
    by_tag: dict[str, list[Found]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            by_tag.setdefault(operation["tags"][0], []).append((path, method, operation))
    tags = [tag for tag in document["tags"] if tag["name"] in by_tag]
    info = document["info"]
    about = f"{paragraphs(info['description'])}<p>Version {escape(info['version'])}.</p>"
    about += "<p>The same for programs: <a href='/openapi.json'>/openapi.json</a>.</p>"
    body = [f'<section id="about"><h2>About</h2>{about}</section>']
    body += [_tag(document, tag, by_tag[tag["name"]]) for tag in tags]
    body += [_problems(document), _shared(document), _forms(document)]
    contents = _contents([(tag, by_tag[tag["name"]]) for tag in tags])
    return page("The HTTP API", "".join(body), contents)


def _contents(tags: Iterable[tuple[Schema, list[Found]]]) -> str:
    items = []
    for tag, operations in tags:
        inner = "".join(
            f'<li><a href="#{_anchor(op)}">{_address(path, method)}</a></li>'
            for path, method, op in operations
        )
        name = escape(tag["name"])
        items.append(f'<li><a href="#tag-{name}">{name}</a><ul>{inner}</ul></li>')
    more = "".join(
        f'<li><a href="#{anchor}">{name}</a></li>'
        for anchor, name in (
            ("problems", "Problems by status"),
            ("headers", "Headers of requests"),
            ("forms", "Forms"),
        )
    )
    return f"<h2>Contents</h2><ul>{''.join(items)}{more}</ul>"


def _tag(document: Schema, tag: Schema, operations: list[Found]) -> str:
    name = escape(tag["name"])
    told = paragraphs(tag.get("description", ""))
    each = "".join(_operation(document, *found) for found in operations)
    return f'<section><h2 id="tag-{name}">{name}</h2>{told}{each}</section>'


def _operation(document: Schema, path: str, method: str, operation: Schema) -> str:
    name = operation["operationId"]
    parts = [
        f'<h3 id="{_anchor(operation)}">{_address(path, method)}</h3>',
        paragraphs(operation["description"]),
        _who(operation["x-svx-policy"]),
        _parameters(document, name, operation["parameters"]),
    ]
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        parts.append(_fields(_resolved(document, schema), f"Body of {name}"))
    parts.append(_answers(name, operation["responses"]))
    parts.append(f'<pre tabindex="0">{escape(curl(path, method, operation))}</pre>')
    return f"<article>{''.join(parts)}</article>"


def _who(policy: Schema) -> str:
    roles = ", ".join(map(code_of, policy["roles"]))
    return f"<p>Roles: {roles}.</p>"


def _parameters(document: Schema, name: str, parameters: list[Schema]) -> str:
    rows, headers = [], []
    for given in parameters:
        told = _resolved(document, given)
        needed = "required" if told["required"] else "optional"
        if "$ref" in given:
            headers.append(f"{code_of(told['name'])} ({needed})")
            continue
        said = text(told.get("description") or told["schema"].get("description", ""))
        rows.append(
            [code_of(told["name"]), f"{told['in']}, {needed}", form_of(told["schema"]), said]
        )
    columns = ("name", "where", "form", "meaning")
    listed = table(f"Parameters of {name}", columns, rows) if rows else ""
    links = f'<p><a href="#headers">Headers</a>: {", ".join(headers)}.</p>'
    return f"{listed}{links if headers else ''}"


def _answers(name: str, responses: Schema) -> str:
    rows, problems = [], []
    for status, given in responses.items():
        if "$ref" in given:
            problems.append(f'<a href="#problem-{status}">{status}</a>')
            continue
        content = given.get("content", {})
        forms = [f"{code_of(media)} {_form_in(one)}".strip() for media, one in content.items()]
        headers = ", ".join(code_of(name) for name in given.get("headers", {}))
        rows.append([status, text(given["description"]), ", ".join(forms), headers])
    columns = ("status", "meaning", "form", "headers")
    listed = table(f"Answers of {name}", columns, rows)
    return f"{listed}<p>Problems: {', '.join(problems)}.</p>"


def _form_in(content: Schema) -> str:
    schema = content.get("schema", {})
    return form_of(schema) if schema not in ({}, {"type": "string"}) else ""


def _problems(document: Schema) -> str:
    rows = (
        [
            '<span id="problem-{0}">{0}</span>'.format(name.removeprefix("Problem")),
            text(told["description"]),
            ", ".join(code_of(header) for header in told["headers"]),
        ]
        for name, told in document["components"]["responses"].items()
    )
    said = (
        '<p>Each is a <a href="#form-Problem">Problem</a>, as '
        '<code>application/problem+json</code>. <a href="/problems">Every problem</a> is '
        "listed by its name.</p>"
    )
    listed = table("Problems by status", ("status", "meaning", "headers"), rows)
    return f'<section><h2 id="problems">Problems by status</h2>{said}{listed}</section>'


def _shared(document: Schema) -> str:
    rows = (
        [code_of(told["name"]), form_of(told["schema"]), text(told["description"])]
        for told in document["components"]["parameters"].values()
    )
    listed = table("Headers of requests", ("name", "form", "meaning"), rows)
    return f'<section><h2 id="headers">Headers of requests</h2>{listed}</section>'


def _forms(document: Schema) -> str:
    """Every form that is named, but for bodies, which stand with their operations."""
    operations = [op for methods in document["paths"].values() for op in methods.values()]
    bodies = {op["operationId"].removesuffix("New") for op in operations if "requestBody" in op}
    each = (
        f'<h3 id="form-{escape(name)}">{escape(name)}</h3>'
        f"{paragraphs(schema.get('description', ''))}{_fields(schema, f'Fields of {name}')}"
        for name, schema in document["components"]["schemas"].items()
        if name not in bodies
    )
    return f'<section><h2 id="forms">Forms</h2>{"".join(each)}</section>'


def _fields(schema: Schema, caption: str) -> str:
    """The fields of an object; of anything else its form."""
    if "properties" not in schema:
        return f"<p>{form_of({n: p for n, p in schema.items() if n != 'description'})}</p>"
    required = schema.get("required", ())
    rows = (
        [
            code_of(name),
            "required" if name in required else "optional",
            form_of(field),
            text(field.get("description", "")),
        ]
        for name, field in schema["properties"].items()
    )
    return table(caption, ("name", "needed", "form", "meaning"), rows)


def curl(path: str, method: str, operation: Schema) -> str:
    """Return a line that calls an operation, with the key and the address in variables."""
    line = f'curl "$SVX{path}"'
    if operation.get("security") != [{}]:
        line += ' -H "Authorization: Bearer $SVX_KEY"'
    if method == "post":
        line += (
            ' -H "Idempotency-Key: $(uuidgen)" -H "Content-Type: application/json"'
            " --data @body.json"
        )
    if operation["x-svx-policy"]["if_match"]:
        line += " -H 'If-Match: \"7\"'"
    return line


def _resolved(document: Schema, schema: Schema) -> Schema:
    pointer = schema.get("$ref")
    if pointer is None:
        return schema
    kind, name = pointer.removeprefix(_POINTER).split("/")
    found: Schema = document["components"][kind][name]
    return found


def _anchor(operation: Schema) -> str:
    return f"operation-{escape(operation['operationId'])}"


def _address(path: str, method: str) -> str:
    return f"{method.upper()} {code_of(path)}"
