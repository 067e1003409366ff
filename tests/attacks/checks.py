"""What somebody runs who wants to know, and what they have in hand for it."""

from collections.abc import Callable
from typing import NamedTuple

from tests.cli.conftest import Said

from .case import Case, Honest
from .honest import VKEY


class Check(NamedTuple):
    """One run of the program in the folder of a case; `who` runs it, and has what in hand."""

    name: str
    who: str
    arguments: tuple[str, ...]

    @property
    def is_of_files(self) -> bool:
        """Whether it reads files only, and so does the same whatever the store is."""
        return self.arguments[0] == "verify" and self.arguments[1] != "database"


BY_POLICY = ("--policy", "policy")
BY_KEY = ("--key", VKEY)
_MOST_SECONDS = ("--max-age", "7200")

LOG = Check("`verify log`", "anybody: the log's key", ("verify", "log", "published", *BY_KEY))
WITNESSED = Check(
    "`verify log --policy`",
    "anybody: a policy with a witness",
    ("verify", "log", "published", *BY_POLICY),
)
BY_TWO = Check(
    "`verify log --policy`, of two witnesses",
    "anybody: a policy that asks for both of two witnesses",
    ("verify", "log", "published", "--policy", "both"),
)
REMEMBERED = Check(
    "`verify log --remember`",
    "anybody who looked before: the head that was remembered then",
    ("verify", "log", "published", *BY_KEY, "--remember", "heads"),
)
FRESH = Check(
    "`verify log --max-age`",
    "anybody: a policy with a witness, and a clock",
    ("verify", "log", "published", *BY_POLICY, *_MOST_SECONDS),
)
CONSISTENCY = Check(
    "`verify consistency`",
    "whoever kept a signed head",
    (
        "verify",
        "consistency",
        "kept/bids",
        "published/checkpoint",
        "--log",
        "published",
        *BY_KEY,
    ),
)
FROM_RECEIPT = Check(
    "`verify consistency`, from the head in a receipt",
    "whoever has a receipt: there is a head in it",
    ("verify", "consistency", "head", "published/checkpoint", "--log", "published", *BY_KEY),
)
RECEIPT = Check(
    "`verify receipt`", "whoever has a receipt", ("verify", "receipt", "receipt", *BY_KEY)
)
DATABASE = Check(
    "`verify database`",
    "whoever may read the database",
    ("verify", "database", "--log", "published", *BY_KEY),
)
DATED = Check(
    "`verify database --policy`",
    "whoever may read the database, with a policy",
    ("verify", "database", "--log", "published", *BY_POLICY),
)
BUNDLE = Check(
    "`verify bundle`",
    "whoever has an evidence bundle",
    ("verify", "bundle", "evidence.zip", *BY_KEY),
)
BUNDLE_DATED = Check(
    "`verify bundle --policy`",
    "the same, with a policy",
    ("verify", "bundle", "evidence.zip", *BY_POLICY),
)
LOST = Check(
    "`epoch lost`",
    "the operator, with the receipts that people have",
    ("epoch", "lost", "receipt", *BY_KEY),
)
AUDIT = Check("`audit --all`", "whoever may read the database", ("audit", "--all"))
GUARD = Check(
    "the guard, at any command",
    "the program itself: the state, the mark",
    ("do", "command", "--actor", "operator:/person-op"),
)
PUBLISHER = Check(
    "the guard, at `publish`",
    "the publisher itself: the state, the mark, the folder, the witnesses",
    ("publish", "--to", "published", "--once"),
)


class Caught(NamedTuple):
    """That a check finds it: how it ends, what it says first, and of which leaf.

    `says` is an SVX code, a rule of the audit, or words of the message. `at` names the leaf in
    words, `leaf` in a played ledger; None for what no single leaf is to blame for.
    """

    check: Check
    says: str
    exit_code: int = 1
    at: str = ""
    leaf: Callable[[Honest], int] | None = None


def outcome(case: Case, caught: Caught) -> tuple[int, str, int | None]:
    """Return how a check ends, what it says first, and the leaf it says that of."""
    if caught.check.arguments[0] == "verify":
        said = case.svx(*caught.check.arguments, "--json")
        first = said.json["findings"][0] if said.code and said.out else {}
        return said.code, first.get("code", told(said, caught)), first.get("leaf")
    if caught.check is AUDIT:
        said = case.svx(*caught.check.arguments, "--json")
        first = said.lines[-1]["first"] or {}
        return said.code, first.get("rule", ""), first.get("position", 0) - 1
    if caught.check is LOST:
        said = case.svx(*caught.check.arguments, "--json")
        return said.code, said.lines[0]["fate"], said.lines[0]["position"] - 1
    said = case.svx(*caught.check.arguments)
    return said.code, told(said, caught), None


def told(said: Said, caught: Caught) -> str:
    """Return the expected words where they were said, else all that was."""
    words = " ".join(said.err.split())
    return caught.says if caught.says in words else words
