"""Policies: who is trusted, how many of them are enough, and every line that is none."""

import contextlib
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.proofs.finding import Code, Refused
from svx_ledger.proofs.notes.checkpoint import Checkpoint, sign_checkpoint
from svx_ledger.proofs.notes.cosignature import cosign
from svx_ledger.proofs.notes.keys import COSIGNATURE, ED25519, SigningKey, VerifierKey
from svx_ledger.proofs.notes.note import NOTE_SIGNATURES, NoteSignature
from svx_ledger.proofs.notes.policy import Policy, policy_of_keys
from svx_ledger.proofs.notes.policy_file import POLICY_LENGTH, parse_policy
from tests.proofs.hostile import mutated

ORIGIN = "svx.example/ledger"
LOG = SigningKey(ORIGIN, ED25519, b"l" * 32)
OTHER_LOG = SigningKey("another.example/log", ED25519, b"o" * 32)
WITNESSES = {
    name: SigningKey(f"witness.example/{name}", COSIGNATURE, name.encode() * 16)
    for name in ("X1", "X2", "X3", "Y1", "Y2", "Y3")
}
HEAD = Checkpoint(ORIGIN, 513, bytes(range(32)))
LOG_SIGNATURE = sign_checkpoint(HEAD, [LOG]).partition(b"\n\n")[2]
SHORT = Code.QUORUM_MISSING
SEEN_AT = 1_790_000_000

LOG_LINE = f"log {LOG.verifier.text}\n"
LINES = {name: f"witness {name} {key.verifier.text}\n" for name, key in WITNESSES.items()}
TWO_LEVELS = (  # the example of the specification, with keys
    f"{LOG_LINE}\n"
    f"{LINES['X1']}{LINES['X2']}{LINES['X3']}"
    "group X-witnesses 2 X1 X2 X3\n"
    "\n"
    f"{LINES['Y1']}{LINES['Y2']}{LINES['Y3']}"
    "group Y-witnesses any Y1 Y2 Y3\n"
    "\n"
    "group X-and-Y all X-witnesses Y-witnesses\n"
    "quorum X-and-Y\n"
)

# A log published this head with the lines of its witnesses; nobody here had part in it.
PUBLISHED = (
    "arche2025h1.staging.ct.transparency.dev\n"
    "1432088532\n"
    "U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n"
    "\n"
    "\u2014 arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLf"
    "QFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=\n"
    "\u2014 arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27l"
    "efwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=\n"
    "\u2014 transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd"
    "8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==\n"
    "\u2014 remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+a"
    "VCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==\n"
).encode()
PUBLISHED_POLICY = (
    "log arche2025h1.staging.ct.transparency.dev"
    "+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f\n"
    "witness remora remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2\n"
    "quorum remora\n"
)


def published(*cosigners: str, time: int = SEEN_AT) -> bytes:
    """The head as a log publishes it, with the cosignatures of these witnesses."""
    lines = [cosign(WITNESSES[name], HEAD.body, time).line for name in cosigners]
    return sign_checkpoint(HEAD, [LOG]) + "".join(lines).encode()


def found(policy: Policy, data: bytes) -> Code | None:
    """What opening finds wrong."""
    try:
        policy.open(data)
    except Refused as refusal:
        return refusal.finding.code
    return None


def is_refused(text: str) -> bool:
    try:
        parse_policy(text)
    except Refused as refusal:
        return refusal.finding.code is Code.NOT_CANONICAL
    return False


@pytest.mark.parametrize(
    ("cosigners", "wrong"),
    [
        ("X1 X2 Y1", None),
        ("X1 X3 Y3", None),
        ("X1 X2 X3 Y1 Y2 Y3", None),
        ("", SHORT),
        ("X1 X2 X3", SHORT),
        ("Y1 Y2 Y3", SHORT),
        ("X1 Y1 Y2 Y3", SHORT),
    ],
)
def test_two_levels_of_groups_count_as_the_specification_says(
    cosigners: str, wrong: Code | None
) -> None:
    policy = parse_policy(TWO_LEVELS)

    assert policy.satisfied_by(cosigners.split()) is (wrong is None)
    assert found(policy, published(*cosigners.split())) is wrong


def test_what_is_trusted_says_why() -> None:
    trusted = parse_policy(TWO_LEVELS).open(published("Y2", "X1", "X2", time=5))

    assert trusted.checkpoint == HEAD
    assert trusted.log_keys == (LOG.verifier.text,)
    assert trusted.cosigned == {"Y2": 5, "X1": 5, "X2": 5}


def test_a_missing_quorum_says_how_many_cosigned() -> None:
    with pytest.raises(Refused, match=r"2 of the policy's 6 witnesses .* quorum 'X-and-Y'"):
        parse_policy(TWO_LEVELS).open(published("X1", "Y1"))


def test_a_head_that_others_published_and_cosigned_is_trusted() -> None:
    trusted = parse_policy(PUBLISHED_POLICY).open(PUBLISHED)

    assert trusted.checkpoint.size == 1432088532
    assert trusted.cosigned == {"remora": 1779573024}
    assert found(parse_policy(TWO_LEVELS), PUBLISHED) is Code.KEY_UNKNOWN


@pytest.mark.parametrize(
    ("quorum", "cosigners", "wrong"),
    [
        ("quorum none\n", "", None),
        ("quorum X1\n", "X1", None),
        ("quorum X1\n", "X2", SHORT),
        ("group g any X1 X2\nquorum g\n", "X2", None),
        ("group g any X1 X2\nquorum g\n", "X3", SHORT),
        ("group g all X1 X2\nquorum g\n", "X1 X2", None),
        ("group g all X1 X2\nquorum g\n", "X1 X3", SHORT),
        ("group g 1 X1 X2\nquorum g\n", "X1", None),
        ("group g 2 X1 X2\nquorum g\n", "X1 X2", None),
        ("group g 2 X1 X2 X3\nquorum g\n", "X3 X1", None),
        ("group g 2 X1 X2 X3\nquorum g\n", "X3", SHORT),
        ("group g any X1\ngroup h all g X2\nquorum h\n", "X2 X1", None),
        ("group g any X1\ngroup h all g X2\nquorum h\n", "X2", SHORT),
        ("group g all X1 X2\nquorum X3\n", "X3", None),
    ],
)
def test_each_kind_of_quorum(quorum: str, cosigners: str, wrong: Code | None) -> None:
    policy = parse_policy(LOG_LINE + LINES["X1"] + LINES["X2"] + LINES["X3"] + quorum)

    assert found(policy, published(*cosigners.split())) is wrong


@given(st.sets(st.sampled_from(sorted(WITNESSES))), st.sampled_from(sorted(WITNESSES)))
def test_one_more_cosignature_never_hurts(cosigners: set[str], one_more: str) -> None:
    policy = parse_policy(TWO_LEVELS)

    assert policy.satisfied_by(cosigners | {one_more}) >= policy.satisfied_by(cosigners)


def test_a_head_whose_signatures_are_not_of_it_is_refused() -> None:
    policy, data = parse_policy(TWO_LEVELS), published("X1", "X2", "Y1")
    liar = WITNESSES["Y2"]
    of_nothing = NoteSignature(liar.name, liar.verifier.key_id, bytes(72))

    assert found(policy, data) is None
    for changed in (
        data.replace(b"513", b"514"),
        data.replace(LOG_SIGNATURE, b""),
        data.replace(ORIGIN.encode(), b"another.example/log"),
        data + of_nothing.line.encode(),
        data + cosign(liar, b"another head\n", 5).line.encode(),
    ):
        assert found(policy, changed) is Code.KEY_UNKNOWN


def test_a_second_cosignature_of_one_witness_is_refused() -> None:
    data = published("X1", "X2", "Y1") + cosign(WITNESSES["X1"], HEAD.body, 6).line.encode()

    assert found(parse_policy(TWO_LEVELS), data) is Code.NOT_CANONICAL


def test_a_second_signature_of_the_log_is_refused() -> None:
    assert found(parse_policy(TWO_LEVELS), published("X1", "X2", "Y1") + LOG_SIGNATURE) is (
        Code.NOT_CANONICAL
    )


def test_the_lines_of_strangers_are_passed_over_and_count_for_nothing() -> None:
    stranger = SigningKey("witness.example/X1", COSIGNATURE, b"s" * 32)
    line = cosign(stranger, HEAD.body, 5).line.encode()

    assert found(parse_policy(TWO_LEVELS), published("X1", "X2", "Y1") + line) is None
    assert found(parse_policy(TWO_LEVELS), published("X2", "Y1") + line) is Code.QUORUM_MISSING


def test_too_many_signatures_are_refused() -> None:
    line = NoteSignature("stranger.example", b"\x00\x00\x00\x00", b"?").line.encode()
    policy, data = parse_policy(TWO_LEVELS), published("X1", "X2", "Y1")

    assert found(policy, data + line * (NOTE_SIGNATURES - 4)) is None
    assert found(policy, data + line * (NOTE_SIGNATURES - 3)) is Code.NOT_CANONICAL


def test_either_key_of_a_log_is_enough_and_both_are_told() -> None:
    following = SigningKey(ORIGIN, ED25519, b"f" * 32)
    policy = parse_policy(f"{LOG_LINE}log {following.verifier.text}\nquorum none\n")

    for signers in ([LOG], [following], [following, LOG]):
        trusted = policy.open(sign_checkpoint(HEAD, signers))

        assert trusted.log_keys == tuple(key.verifier.text for key in signers)


def test_a_policy_without_logs_trusts_none() -> None:
    assert found(parse_policy("quorum none\n"), published()) is Code.KEY_UNKNOWN


def test_addresses_are_kept_for_whoever_wants_to_ask() -> None:
    policy = parse_policy(
        f"log {LOG.verifier.text} https://log.example/\n"
        f"witness X1 {WITNESSES['X1'].verifier.text} https://witness.example/\n"
        f"{LINES['X2']}quorum X1\n"
    )

    assert policy.logs == ((LOG.verifier, "https://log.example/"),)
    assert policy.witnesses["X1"] == (WITNESSES["X1"].verifier, "https://witness.example/")
    assert policy.witnesses["X2"].url is None


def test_white_space_comments_and_empty_lines_change_nothing() -> None:
    spaced = TWO_LEVELS.replace(" ", "  \t").replace("\n", "\t\n\t ")

    assert parse_policy(f"# caf\u00e9 log x\n \t# too\n\n{spaced}\n") == parse_policy(
        TWO_LEVELS
    )


def test_names_are_told_apart_by_their_characters_alone() -> None:
    kelvin = LINES["X2"].replace("X2", "\u212a", 1)
    policy = parse_policy(LOG_LINE + LINES["X1"].replace("X1", "K", 1) + kelvin + "quorum K\n")

    assert list(policy.witnesses) == ["K", "\u212a"]
    assert policy.satisfied_by(["K"])
    assert not policy.satisfied_by(["\u212a"])


def test_bytes_that_are_no_utf_8_may_stand_in_names_and_comments() -> None:
    text = LOG_LINE + LINES["X1"].replace("X1", "\udcff", 1) + "quorum \udcff # \udcfe\n"

    assert is_refused(text)  # a comment has a line of its own
    assert list(parse_policy(text.replace(" # ", "\n# ")).witnesses) == ["\udcff"]


def test_lines_after_the_quorum_are_read() -> None:
    policy = parse_policy(LINES["X1"] + "quorum X1\n" + LINES["X2"] + LOG_LINE)

    assert list(policy.witnesses) == ["X1", "X2"]
    assert len(policy.logs) == 1


@pytest.mark.parametrize(
    "lines",
    [
        "group g any\nquorum g\n",
        "group g X1 X2\nquorum g\n",
        "group g 0 X1 X2\nquorum g\n",
        "group g 3 X1 X2\nquorum g\n",
        "group g -1 X1 X2\nquorum g\n",
        "group g +1 X1 X2\nquorum g\n",
        "group g 01 X1 X2\nquorum g\n",
        "group g 1.0 X1 X2\nquorum g\n",
        "group g \u0661 X1 X2\nquorum g\n",
        f"group g {10**20} X1 X2\nquorum g\n",
        f"group g {'9' * 5000} X1 X2\nquorum g\n",
        "group g ALL X1 X2\nquorum g\n",
        "group g any X1 X1\nquorum g\n",
        "group g any X1\ngroup h any X1\nquorum h\n",
        "group g any X1 unknown\nquorum g\n",
        "group g any X1 none\nquorum g\n",
        "group g any g\nquorum g\n",
        "group g any h\ngroup h any g\nquorum g\n",
        "group g any h\ngroup h any X1\nquorum g\n",
        "group g any X1\ngroup g any X2\nquorum g\n",
        "group X1 any X2\nquorum X1\n",
        "group none any X1\nquorum none\n",
        "group any\nquorum none\n",
        "quorum unknown\n",
        "quorum g\ngroup g any X1\n",
        "quorum X1\nquorum X1\n",
        "quorum none\nquorum none\n",
        "quorum\n",
        "quorum X1 X2\n",
        "quorum X1",
        "quorum X1\r\n",
        "quorum\u00a0X1\n",
        "\u00a0quorum X1\n",
        "Quorum X1\n",
        "quorum X1 # why\n",
        "witness X3\nquorum X1\n",
        f"witness none {WITNESSES['X3'].verifier.text}\nquorum X1\n",
        f"witness X1 {WITNESSES['X3'].verifier.text}\nquorum X1\n",
        f"witness X3 {WITNESSES['X1'].verifier.text}\nquorum X1\n",
        f"witness X3 {WITNESSES['X3'].verifier.text} https://w.example/ more\nquorum X1\n",
        f"witness X3 {WITNESSES['X3'].verifier.text[:-1]}\nquorum X1\n",
        f"witness X3 {WITNESSES['X3'].text}\nquorum X1\n",
        f"witness X3 {OTHER_LOG.verifier.text}\nquorum X1\n",
        f"log {WITNESSES['X3'].verifier.text}\nquorum X1\n",
        f"log {LOG.verifier.text}\nquorum X1\n",
        "log\nquorum X1\n",
        f"log {OTHER_LOG.verifier.text} https://log.example/ more\nquorum X1\n",
        "policy 1\nquorum X1\n",
        "quorum X1\n\x00",
        "# \x7f\nquorum X1\n",
        "# \x0b\nquorum X1\n",
        "",
    ],
)
def test_a_line_that_is_none_is_refused(lines: str) -> None:
    before = LOG_LINE + LINES["X1"] + LINES["X2"]

    assert not is_refused(before + "quorum X1\n")
    assert is_refused(before + lines)


def test_one_key_under_two_names_counts_once_by_being_refused() -> None:
    renamed = VerifierKey("witness.example/other", COSIGNATURE, WITNESSES["X1"].verifier.public)
    as_log = VerifierKey("witness.example/X1", ED25519, WITNESSES["X1"].verifier.public)

    assert is_refused(f"{LINES['X1']}witness other {renamed.text}\nquorum X1\n")
    assert is_refused(f"{LINES['X1']}log {as_log.text}\nquorum X1\n")
    assert is_refused(f"log {as_log.text}\n{LINES['X1']}quorum X1\n")


def test_a_refusal_says_in_which_line_and_repeats_no_private_key() -> None:
    with pytest.raises(Refused, match="line 2: ") as refusal:
        parse_policy(f"{LOG_LINE}witness X1 {WITNESSES['X1'].text}\nquorum X1\n")

    assert b64encode(WITNESSES["X1"].seed[:30]).decode()[4:] not in str(refusal.value)


def test_a_long_policy_is_read_up_to_a_limit() -> None:
    longest = "quorum none\n".rjust(POLICY_LENGTH, "\n")

    assert parse_policy(longest).quorum == "none"
    assert is_refused("\n" + longest)


@given(mutated(TWO_LEVELS.encode()) | st.binary())
def test_whatever_is_no_policy_is_refused_and_nothing_else_raised(data: bytes) -> None:
    with contextlib.suppress(Refused):
        policy = parse_policy(data.decode(errors="surrogateescape"))
        assert policy.quorum == "none" or policy.quorum in {**policy.witnesses, **policy.groups}


@given(mutated(published("X1", "X2", "Y1")) | st.binary())
def test_only_the_head_that_was_signed_is_trusted(data: bytes) -> None:
    with contextlib.suppress(Refused):
        assert parse_policy(TWO_LEVELS).open(data).checkpoint == HEAD


def test_keys_alone_may_be_several_in_one_text_and_repeated() -> None:
    both = f"{LOG.verifier.text}\n{OTHER_LOG.verifier.text}\n"

    policy = policy_of_keys([both, LOG.verifier.text])

    assert [log.key for log in policy.logs] == [LOG.verifier, OTHER_LOG.verifier]
    assert policy == policy_of_keys([LOG.verifier.text, OTHER_LOG.verifier.text])
    assert policy == parse_policy(f"{LOG_LINE}log {OTHER_LOG.verifier.text}\nquorum none\n")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (f"{LOG.verifier.text}\nwitness w {WITNESSES['X1'].verifier.text}", "'witness'"),
        (f"{LOG.verifier.text} https://log.example/", "'https://log.example/'"),
        (f"{LOG.verifier.text}\n# note", "'#'"),
        ("x", "'x': not NAME+ID+BASE64"),
        (WITNESSES["X1"].verifier.text, "of a witness"),
        (" \n", "no key"),
    ],
)
def test_what_is_no_key_of_a_log_is_named_and_adds_no_line_to_a_policy(
    text: str, named: str
) -> None:
    with pytest.raises(Refused) as refused:
        policy_of_keys([text])

    assert refused.value.finding.code is Code.NOT_CANONICAL
    assert named in refused.value.finding.detail
