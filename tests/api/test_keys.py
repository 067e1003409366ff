"""The text of API keys: made at random, read strictly, held against a digest, never shown."""

import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime
from hmac import compare_digest
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.api import keys
from svx_ledger.api.keys import NewKey, Presented, matches, new_key, read_key
from svx_ledger.domain.api_key import ApiKey, IssueApiKey
from svx_ledger.eventlog.commands import command_bytes

ID = "0123456789abcdef"
TEXT = f"svx_{ID}_{'5e' * 32}"
DIGEST = hashlib.sha256(TEXT.encode()).hexdigest()
STATE = ApiKey(
    access_id="access-a001",
    secret_sha256=DIGEST,
    scopes=("read",),
    expires_at=datetime(2027, 1, 1, tzinfo=UTC),
    person_id="person-holder",
    organisation_id="organisation-auth1",
    role="authority.buyer",
    issued_by="person-operator",
)


def test_a_new_key_has_a_name_and_a_secret_of_their_own() -> None:
    made = [new_key() for _ in range(50)]

    for key in made:
        assert re.fullmatch(r"api-key-[0-9a-hjkmnp-tv-z]{16}", key.api_key_id)
        assert re.fullmatch(r"svx_[0-9a-hjkmnp-tv-z]{16}_[0-9a-f]{64}", key.text)
        assert key.text.split("_")[1] == key.api_key_id.removeprefix("api-key-")
        assert key.sha256 == hashlib.sha256(key.text.encode("ascii")).hexdigest()
    for part in (0, 1):
        assert len({key.text.split("_")[1 + part] for key in made}) == len(made)


def test_every_character_of_an_id_is_used() -> None:
    used = "".join(new_key().api_key_id.removeprefix("api-key-") for _ in range(200))

    assert set(used) == set("0123456789abcdefghjkmnpqrstvwxyz")


def test_the_secret_is_32_bytes_of_the_systems_own_randomness() -> None:
    with patch("svx_ledger.api.keys.secrets.token_hex", return_value="ab" * 32) as drawn:
        key = new_key()

    drawn.assert_called_once_with(32)
    assert key.text.endswith(f"_{'ab' * 32}")


def test_a_key_may_be_made_for_a_name() -> None:
    key = new_key("api-key-nightly")

    assert key.api_key_id == "api-key-nightly"
    assert key.text.startswith("svx_nightly_")
    assert read_key(key.text) == Presented(api_key_id="api-key-nightly", sha256=key.sha256)


def test_the_command_takes_what_is_made() -> None:
    key = new_key()
    command = IssueApiKey(
        api_key_id=key.api_key_id,
        access_id="access-a001",
        secret_sha256=key.sha256,
        scopes=("read",),
        expires_at=datetime(2027, 1, 1, tzinfo=UTC),
    )

    assert key.text.encode() not in command_bytes(command)


def test_no_text_of_a_key_is_shown_by_accident() -> None:
    key = new_key()
    secret = key.text.rpartition("_")[2]
    presented = read_key(key.text)

    for shown in (repr(key), str(key), f"{key}", repr([key]), repr(presented)):
        assert secret not in shown
    assert repr(key) == f"NewKey(api_key_id={key.api_key_id!r}, sha256={key.sha256!r})"


def test_a_key_that_was_read_matches_what_was_issued() -> None:
    presented = read_key(TEXT)

    assert presented == Presented(api_key_id=f"api-key-{ID}", sha256=DIGEST)
    assert matches(STATE, presented)


@pytest.mark.parametrize("length", [4, 16, 32])
def test_any_name_that_a_key_may_have_is_read(length: int) -> None:
    text = f"svx_{'z' * length}_{'5e' * 32}"
    presented = read_key(text)

    assert presented is not None
    assert presented.api_key_id == f"api-key-{'z' * length}"


WRONG = [
    "",
    "svx_",
    TEXT[:-1],
    TEXT + "0",
    TEXT + "\n",
    " " + TEXT,
    TEXT.upper(),
    TEXT.replace("svx", "SVX"),
    TEXT.replace("svx_", "svx-"),
    TEXT.replace("_", "__", 1),
    f"svx_{ID}{'5e' * 32}",
    f"svx_abc_{'5e' * 32}",
    f"svx_{'z' * 33}_{'5e' * 32}",
    f"svx_{ID}_{'5E' * 32}",
    f"svx_{ID}_{'5g' * 32}",
    f"svx_{ID[:-1]}é_{'5e' * 32}",
    f"svx_{ID[:-1]}_{'5e' * 31}5\u0663",  # an Arabic digit
    f"svx_{ID[:-1]}-_{'5e' * 32}",
    f"Bearer {TEXT}",
    f"{TEXT},{TEXT}",
    "svx_" + "0" * 10_000_000,
]


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
def test_another_text_is_no_key(text: str) -> None:
    assert read_key(text) is None


@pytest.mark.parametrize("text", [TEXT[:40], TEXT * 2, "é" * 85])
def test_what_cannot_be_a_key_is_not_searched(text: str) -> None:
    with patch.object(keys, "_TEXT") as pattern:
        assert read_key(text) is None

    pattern.fullmatch.assert_not_called()


@given(st.text(max_size=120) | st.text("svx_0123456789abcdef", max_size=110))
def test_no_text_is_a_fault(text: str) -> None:
    presented = read_key(text)

    if presented is not None:
        assert re.fullmatch(r"svx_[0-9a-z]{4,32}_[0-9a-f]{64}", text, re.ASCII)


@given(st.integers(0, len(TEXT) - 1), st.sampled_from("0123456789abcdefz"))
def test_a_key_with_one_character_changed_does_not_match(at: int, other: str) -> None:
    text = TEXT[:at] + other + TEXT[at + 1 :]
    presented = read_key(text)

    assert presented is None or matches(STATE, presented) is (text == TEXT)


def test_the_name_is_part_of_what_is_held_against_the_digest() -> None:
    """The secret of one key does not open another, whoever copies its digest."""
    elsewhere = read_key(TEXT.replace(ID, "z" * 16))

    assert elsewhere is not None
    assert not matches(STATE, elsewhere)


def test_a_digest_opens_nothing() -> None:
    for text in (DIGEST, f"svx_{ID}_{DIGEST}"):
        presented = read_key(text)
        assert presented is None or not matches(STATE, presented)


def test_a_key_that_is_not_there_never_matches_and_takes_the_same_path() -> None:
    nobody = Presented(api_key_id="api-key-none", sha256="0" * 64)
    presented = read_key(TEXT)
    assert presented is not None

    with patch("svx_ledger.api.keys.compare_digest", wraps=compare_digest) as compared:
        assert not matches(None, presented)
        assert not matches(None, nobody)
        assert matches(STATE, presented)
        assert not matches(replace(STATE, secret_sha256="0" * 64), presented)

    assert compared.call_count == 4
    assert all(len(arg) == 64 for call in compared.call_args_list for arg in call.args)


def test_new_keys_are_compared_by_what_they_are() -> None:
    same = NewKey(api_key_id="api-key-a", text=TEXT, sha256=DIGEST)

    assert same == replace(same)
    assert same != new_key()
