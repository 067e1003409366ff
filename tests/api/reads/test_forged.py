"""Cursors that somebody made up: whoever knows how the digest is made can make any of them."""

from base64 import urlsafe_b64encode
from typing import Any

import pytest

from svx_ledger.api import cursors
from svx_ledger.api.cursors import Listing
from svx_ledger.api.reads import lists
from svx_ledger.api.reads.catalogue import READS
from tests.cli.conftest import Example

from .conftest import people
from .reading import Reader

LISTS = sorted(name for name, read in READS.items() if read.listed)
DEEP = f"{'[' * 300}{']' * 300}"
"""What is read, but too deep to be written again."""
KEYS = (
    *("5", "-1", "true", "null", "1.5", "9007199254740992", "18446744073709551615", "1e400"),
    *('"x"', '"here-"', '"here-1-2"', '"\\u0000"', "{}", "[]", "[1]", '["x"]', "[null,null]"),
    *(
        DEEP,
        f'["x",{DEEP}]',
        '[1,"x",1]',
        '[true,"x"]',
        '["x",1]',
        '[1,"x"]',
        '["x","y"]',
        '{"0":1,"1":2}',
    ),
)
"""What may stand for the key of a list: each is wrong for most of them."""
RIGHT = {"trail": ("5",), "auctions": ('["x","y"]',)}
"""What is of the form of a key after all."""
BY_KEY = {"trail", "auctions", "awards", *(one.name for one in lists.READS)}
"""What goes on behind a key, whether there is such an item or not."""
GIVEN: dict[str, dict[str, Any]] = {
    "leverage-parts": {"by": "measure"},
    "report-sample": {"seed": "dice 4 1 6", "size": 3},
}
"""What they are not asked without."""
OF_ITEMS = ('[1,[1,"x"]]', '[1,[1,"x"],"2026-03-05T12:00:00.000000Z"]')
"""A place and a digest, if not of anything that is listed; and the same with an instant."""
PAYLOADS = (
    *OF_ITEMS,
    *("5", "[]", "[1]", "[1,2,3]", "{}", '{"0":1,"1":2}', "null", '"ab"', "nope", "", "[1,"),
    *('[1,[1,"x"],null]', '[1,[1,"x"],5]', '[1,[1,"x"],"2026-03-05T12:00:00Z"]'),
    '[9007199254740991,[1,"x"],"2026-03-05T12:00:00.000000Z"]',
    *('["a","b"]', "[null,null]", '[true,[1,"x"]]', '[-1,[1,"x"]]', '[1.0,[1,"x"]]'),
)


def forged(listing: Listing, payload: str) -> str:
    """Make a cursor of a payload, as the ledger does."""
    raw = payload.encode()
    return urlsafe_b64encode(listing._digest(raw) + raw).rstrip(b"=").decode()


@pytest.mark.parametrize("name", LISTS)
def test_what_no_page_gave_is_refused_however_well_it_is_digested(
    at_the_end: Reader, example: Example, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cursors.Listing, "_digest", lambda *_: b"twelve bytes")
    given = GIVEN.get(name, {})
    path = READS[name].path.format(auction_id=example.deal.auction)
    everybody = map(at_the_end.as_, people(example.deal).values())
    reader = next(one for one in everybody if one.get(path, limit=1, **given).is_success)
    listing = Listing(name, {}, None)

    wrong = [*PAYLOADS, *(f"[1,{key}]" for key in KEYS if key not in RIGHT.get(name, ()))]
    if READS[name].dated:
        wrong += [f'[1,{key},"2026-03-05T12:00:00.000000Z"]' for key in KEYS]
    for payload in wrong:
        answer = reader.get(path, cursor=forged(listing, payload), **given)
        gone = _is_of_an_item(payload, dated=READS[name].dated) and name not in BY_KEY
        said = answer.json()
        if gone:
            assert (answer.status_code, said["type"]) == (410, "/problems/page-gone"), payload
            continue
        assert (answer.status_code, said["type"]) == (422, "/problems/bad-parameter"), payload
        assert [one["pointer"] for one in said["errors"]] == ["/query/cursor"], payload
    for key in RIGHT.get(name, ()):
        answer = reader.get(path, cursor=forged(listing, f"[1,{key}]"), **given)
        assert answer.status_code == 200, key


def _is_of_an_item(payload: str, *, dated: bool) -> bool:
    """Whether it is of the form of a list's cursors: with an instant where it is of one."""
    return payload == OF_ITEMS[dated]
