"""The pages that the service gives of itself: whole, plain, and safe to look at."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx2
import pytest

from svx_ledger.api.document.named_forms import NAMED
from svx_ledger.api.document.openapi import openapi_of
from svx_ledger.api.pages.markup import page, paragraphs, table, text
from svx_ledger.api.pages.operations import curl
from svx_ledger.api.pages.problems import documented, problem_page
from svx_ledger.api.pages.reference import document_page
from svx_ledger.api.pages.words import form_of
from svx_ledger.api.problems import FAILURES, NO_LEDGER, Problem, problem_of
from svx_ledger.api.refusals import EDGE
from svx_ledger.domain.rule import Rule
from svx_ledger.domain.vocabulary import RULES
from svx_ledger.eventlog import malformed
from svx_ledger.ledger.answer import OWN_RULES

from .served import Served, served

HOSTILE = "<script>alert(1)</script>\"'&<img src=x onerror=y>"


class Read(HTMLParser):
    """What a page is made of."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.captions: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if self.open[-1:] == ["caption"]:
            self.captions.append(data)

    def all(self, tag: str, name: str) -> list[str]:
        """Return an attribute of every element of a name."""
        return [a[name] or "" for found, a in self.elements if found == tag and name in a]


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("documentation")) as found:
        yield found


def get(one: Served, path: str, **headers: str) -> httpx2.Response:
    async def ask() -> httpx2.Response:
        async with one.client() as client:
            return await client.get(path, headers=headers)

    return asyncio.run(ask())


PAGES = ("/docs", "/problems", "/problems/not-found")


def test_the_address_of_the_service_leads_on(one: Served) -> None:
    said = get(one, "/")
    page = get(one, "/", accept="text/html,*/*;q=0.8")

    assert said.headers["content-type"] == "application/json"
    for address in said.json().values():
        assert get(one, address).status_code == 200, address
    assert page.text == get(one, "/docs", accept="text/html").text


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_plain_and_safe(one: Served, path: str) -> None:
    answer = get(one, path, accept="text/html")
    read = Read(answer.text)
    tags = {tag for tag, _ in read.elements}
    attributes = {name for _, given in read.elements for name in given}

    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
        "form-action 'none'"
    )
    assert answer.text.startswith("<!doctype html>")
    assert read.open == []
    assert not tags & {"script", "style", "img", "iframe", "object", "form", "svg", "base"}
    assert not {name for name in attributes if name.startswith("on")} | attributes & {"style"}
    assert read.all("link", "href") == ["/docs/style.css"]
    assert not [v for _, given in read.elements for v in given.values() if "://" in (v or "")]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_can_be_read_aloud_and_moved_through(one: Served, path: str) -> None:
    read = Read(get(one, path, accept="text/html").text)
    levels = [int(tag[1]) for tag, _ in read.elements if tag in ("h1", "h2", "h3", "h4")]
    names = [given["id"] for _, given in read.elements if "id" in given]
    links = read.all("a", "href")
    tags = Counter(tag for tag, _ in read.elements)

    assert read.all("html", "lang") == ["en"]
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))
    assert len(set(names)) == len(names)
    assert {link[1:] for link in links if link.startswith("#")} <= {*names}
    assert tags["table"] == tags["caption"] == tags["thead"] == len(set(read.captions))
    assert set(read.all("th", "scope")) <= {"col", "row"}
    assert tags["main"] == tags["title"] == 1


@pytest.mark.parametrize("path", PAGES)
def test_a_link_leads_to_what_there_is(one: Served, path: str) -> None:
    links = set(Read(get(one, path, accept="text/html").text).all("a", "href"))

    for link in sorted(link for link in links if link.startswith("/")):
        if link.startswith("/problems/"):
            assert link.removeprefix("/problems/") in documented()
        else:
            assert get(one, link).status_code == 200


def test_the_page_tells_of_every_operation(one: Served) -> None:
    html = get(one, "/docs").text
    document = openapi_of(one.app)

    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert f'id="operation-{operation["operationId"]}"' in html
            assert f"{method.upper()} <code>{path}</code>" in html
    places = {"schemas": "form", "parameters": "parameter"}
    bodies = {op["operationId"] for p in document["paths"].values() for op in p.values()}
    for kind, place in places.items():
        for name in document["components"][kind]:
            assert f'id="{place}-{name}"' in html or name in bodies
    for name in document["components"]["responses"]:
        place = name.replace("Problem", "problem-")
        assert f'id="{place if place != name else f"answer-{name}"}"' in html
    for role in ("supplier.bidder", "auditor", "public"):
        assert f"<code>{role}</code>" in html


def test_what_the_page_says_of_an_operation(one: Served) -> None:
    html = get(one, "/docs").text
    part = html.partition('id="operation-SubmitBid"')[2].partition("</article>")[0]
    said = "".join(Read(f"<h3>{part.partition('>')[2]}").text)

    assert "Bid a whole vector of pledges" in said
    assert "For: supplier on what is their own organisation's." in said
    assert "Takes: auction_id (required), wait, Idempotency-Key (required), If-Match." in said
    assert "lineslist of BidLine, 1 to 190 items" in said
    assert "Answers: 200, 202; problems 400, 401" in said
    assert 'curl "$SVX/auctions/{auction_id}/bid" \\\n  -H "Authorization: Bearer' in said


def test_what_the_page_says_of_a_list(one: Served) -> None:
    html = get(one, "/docs").text
    part = html.partition('id="operation-GetLeverageParts"')[2].partition("</article>")[0]
    said = "".join(Read(f"<h3>{part.partition('>')[2]}").text)

    assert "byLeverageDimensionEach part of it, by this." in said
    assert "200: application/json LeveragePartList, text/csv. With Svx-Position, Link" in said
    assert "LeveragePartListLeveragePart" in "".join(Read(html).text)


def test_an_address_is_found_under_its_tag(one: Served) -> None:
    html = get(one, "/docs").text
    contents = html.partition("<nav")[2].partition("</nav>")[0]
    document = openapi_of(one.app)
    tags = Counter(op["tags"][0] for p in document["paths"].values() for op in p.values())

    assert contents.count("<details>") == len(tags)
    for tag, many in tags.items():
        assert f"<summary>{tag} ({many})</summary>" in contents
    links = Read(f"<nav{contents}</nav>").all("a", "href")
    assert len([link for link in links if link.startswith("#operation-")]) == sum(tags.values())


def test_patterns_and_limits_are_told_in_words(one: Served) -> None:
    html = get(one, "/docs").text
    patterns = {name: one["pattern"] for name, one in NAMED.items() if "pattern" in one}

    assert "9,007,199,254,740,991" not in html
    for name, pattern in patterns.items():
        assert pattern not in "".join(Read(html).text), name


def test_what_is_shared_is_told_once(one: Served) -> None:
    """The page says in one place what each operation refers to."""
    html = get(one, "/docs").text

    assert html.count("Names this command for ever") == 1
    assert html.count("RateLimit-Remaining</code>") == 2  # how to read the page; the headers
    assert html.count("Done, and on record.") == 1


def test_the_style_is_served_beside_the_page(one: Served) -> None:
    answer = get(one, "/docs/style.css")

    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "url(" not in answer.text
    assert "@import" not in answer.text


def test_everything_in_a_page_is_escaped(one: Served) -> None:
    def spoiled(part: Any) -> Any:
        if isinstance(part, dict):
            return {name: spoiled(inner) for name, inner in part.items()}
        if isinstance(part, list):
            return [spoiled(inner) for inner in part]
        return f"{part} {HOSTILE}" if isinstance(part, str) else part

    document = deepcopy(openapi_of(one.app))
    for methods in document["paths"].values():
        for operation in methods.values():
            kept = operation["tags"], operation["operationId"]
            pointers = {"requestBody", "responses", "parameters"}
            operation |= {
                name: inner if name in pointers else spoiled(inner)
                for name, inner in operation.items()
            }
            operation["tags"], operation["operationId"] = kept
    document["info"] = spoiled(document["info"])
    for tag in document["tags"]:
        tag["description"] = HOSTILE
    for schema in document["components"]["schemas"].values():
        schema["description"] = HOSTILE
        for field in schema.get("properties", {}).values():
            field |= {"description": HOSTILE, "default": HOSTILE}
    html = document_page(document)
    hostile = Problem(name=HOSTILE, status=409, title=HOSTILE, remedy=HOSTILE)

    for written in (html, problem_page(hostile), page(HOSTILE, "")):
        tags = {tag for tag, _ in Read(written).elements}
        assert not tags & {"script", "img"}
        assert "alert(1)" in written


def test_texts_have_code_links_lists_and_nothing_else() -> None:
    assert text("<u> `a<b` & [<it>](/docs) <i>") == (
        '&lt;u&gt; <code>a&lt;b</code> &amp; <a href="/docs">&lt;it&gt;</a> &lt;i&gt;'
    )
    assert text("[away](https://other.example)") == "[away](https://other.example)"
    assert text("[no](//other.example/)") == "[no](//other.example/)"
    assert paragraphs("One\ntwo.\n\n- a\n- `b`\n") == (
        "<p>One\ntwo.</p><ul><li>a</li><li><code>b</code></li></ul>"
    )
    assert table("Some", ["x"], [["1"]]) == (
        '<table><caption>Some</caption><thead><tr><th scope="col">x</th></tr></thead>'
        '<tbody><tr><th scope="row">1</th></tr></tbody></table>'
    )


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({}, "anything"),
        ({"type": "string", "maxLength": 9}, "text, up to 9 characters"),
        ({"type": "integer", "minimum": 1, "maximum": 2000}, "whole number, 1 to 2,000"),
        ({"type": "integer", "minimum": 1, "maximum": 2**53 - 1}, "whole number, 1 or more"),
        ({"type": "integer", "minimum": 1 - 2**53}, "whole number"),
        ({"type": "array", "minItems": 2, "maxItems": 2}, "list of anything, 2 items"),
        (
            {"prefixItems": [{"type": "integer"}, {"type": "string"}]},
            "list of whole number, then text",
        ),
        ({"additionalProperties": {"type": "integer"}}, "object, under each name whole number"),
        ({"type": ["integer", "string"]}, "whole number or text"),
        ({"enum": ["a", "b"]}, "<code>a</code> or <code>b</code>"),
        ({"const": True}, "<code>true</code>"),
        ({"type": "boolean", "default": False}, "true or false, by default <code>false</code>"),
        ({"anyOf": [{"type": "null"}, {"type": "object"}]}, "null or object"),
        (
            {"anyOf": [{"enum": ["a", "b"]}, {"type": "string"}]},
            "<code>a</code> or <code>b</code> or a word that comes later",
        ),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}]}, "whole number or text"),
        (
            {"type": "array", "items": {"$ref": "#/components/schemas/Lot"}, "minItems": 1},
            'list of <a href="#form-Lot">Lot</a>, 1 or more items',
        ),
        ({"type": "string", "pattern": "<"}, "text, of the form <code>&lt;</code>"),
        ({"type": "string", "pattern": "<", "description": "Some."}, "text"),
    ],
)
def test_forms_are_told_in_a_few_words(schema: dict[str, Any], words: str) -> None:
    assert form_of(schema) == words


def test_a_line_of_curl_has_what_its_operation_needs(one: Served) -> None:
    document = openapi_of(one.app)

    def line(path: str, method: str) -> str:
        return curl(document, path, method, document["paths"][path][method])

    describe = line("/organisations/{organisation_id}/describe", "post")
    assert line("/health", "get") == 'curl "$SVX/health"'
    assert line("/me", "get") == ('curl "$SVX/me" \\\n  -H "Authorization: Bearer $SVX_KEY"')
    assert line("/leverage/parts", "get") == 'curl "$SVX/leverage/parts?by={by}"'
    assert "?seed={seed}&size={size}" in line("/reports/sample", "get")
    assert "Idempotency-Key: my-key-1" in describe
    assert "$(" not in describe
    assert "--data @body.json" in describe
    assert "-H 'If-Match: \"7\"'" in describe
    assert "If-Match" not in line("/auctions/{auction_id}/bid", "post")


def test_every_problem_is_listed_with_the_words_that_it_is_answered_with(one: Served) -> None:
    forms = {rule.name for rule in vars(malformed).values() if isinstance(rule, Rule)}
    failures = {name for _, name, *_ in FAILURES}
    edge = {problem.name for problem in EDGE}
    items = get(one, "/problems").json()["items"]
    by_name = {item["type"].removeprefix("/problems/"): item for item in items}

    assert by_name.keys() >= {*RULES, *OWN_RULES, *forms, *failures, *edge, NO_LEDGER.name}
    assert [*by_name] == sorted(by_name)
    for rule in RULES.values():
        problem = problem_of(rule.refuse())
        assert problem is not None
        assert by_name[rule.name] == {
            "type": f"/problems/{rule.name}",
            "status": problem.status,
            "title": rule.demands,
            "remedy": rule.remedy,
        }


def test_a_name_has_one_status_whoever_says_it() -> None:
    of_rules = [problem_of(rule.refuse()) for rule in (*RULES.values(), *OWN_RULES.values())]
    of_forms = [
        problem_of(rule.refuse()) for rule in vars(malformed).values() if isinstance(rule, Rule)
    ]

    for problem in (*of_rules, *of_forms, *EDGE):
        assert problem is not None
        assert documented()[problem.name].status == problem.status
    for _, name, status, *_ in FAILURES:
        assert documented()[name].status == status


def test_one_problem_for_programs_and_for_people(one: Served) -> None:
    asked_by_a_browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    plain = get(one, "/problems/not-yours")
    people = get(one, "/problems/not-yours", accept=asked_by_a_browser)

    assert plain.headers["content-type"] == "application/json"
    assert plain.json()["title"] == RULES["not-yours"].demands
    assert people.headers["content-type"] == "text/html; charset=utf-8"
    assert RULES["not-yours"].remedy in people.text
    assert plain.headers["vary"] == people.headers["vary"] == "Accept"


def test_a_problem_that_there_is_not(one: Served) -> None:
    answer = get(one, "/problems/%3Cscript%3E")

    assert answer.status_code == 404
    assert answer.json()["type"] == "/problems/no-such-thing"
    assert "script" not in answer.text
    assert get(one, "/problems", accept="image/png").status_code == 406


def test_the_style_is_in_the_package() -> None:
    import svx_ledger.api

    assert (Path(svx_ledger.api.__file__).parent / "pages" / "style.css").is_file()
