"""The audit's own rules: of what stands around events, where no decider speaks.

What deciders demand is found under the names of their rules, and a field that is not what they
would have written under `<type>.<field>`; an event that they would have written, or would not,
under `<type>-missing` and `<type>-unfounded`. docs/audit.md lists all of it.
"""

from typing import Final, NamedTuple


class AuditRule(NamedTuple):
    """One rule of the log: its published name, what holds, and what to do where it does not."""

    name: str
    demands: str
    remedy: str


_RESTORE = "Find out who wrote to the database; restore the log from a copy that verifies."
_VERIFY = (
    "Hold the log against a witnessed head: it says from which position on it was altered."
)
_REPORT = "Report it with the position: a write path that is ours does not do this."
_REBUILD = "The log is the truth: put the table right from it, and find out who changed it."

_TABLE = (
    AuditRule("position-gap", "Positions count up from 1, without a gap.", _VERIFY),
    AuditRule("version-gap", "The versions of a stream count up from 1.", _VERIFY),
    AuditRule("link-broken", "An event names the leaf of the one before it.", _VERIFY),
    AuditRule(
        "of-another-ledger", "A stream's first event names this ledger's opening.", _VERIFY
    ),
    AuditRule("not-opened", "The first event of a log is the ledger's opening.", _VERIFY),
    AuditRule("time-backwards", "Each command is recorded later than the one before.", _VERIFY),
    AuditRule("time-of-a-command", "The events of a command have one time.", _VERIFY),
    AuditRule(
        "command-incomplete",
        "The events of a command stand together, numbered 1 to m, and say the same of it.",
        _VERIFY,
    ),
    AuditRule(
        "command-digest", "The digest of a command is that of the command on record.", _VERIFY
    ),
    AuditRule("command-repeated", "Nobody's command id is used twice.", _VERIFY),
    AuditRule("not-canonical", "A record is the canonical bytes of what it says.", _VERIFY),
    AuditRule("columns-differ", "A row's columns say what its record says.", _RESTORE),
    AuditRule(
        "unknown-type",
        "Events and commands have types that this program knows, and that belong together.",
        "Audit with the program version that wrote it, or a newer one.",
    ),
    AuditRule("unreadable", "A record is an event in its documented form.", _VERIFY),
    AuditRule("unfoldable", "Each event fits the state that its stream is in.", _VERIFY),
    AuditRule("undecidable", "A recorded command can be decided on what it reads.", _REPORT),
    AuditRule(
        "deadline-skipped",
        "Nothing is decided on a stream after its deadline, before the clock has decided that.",
        _REPORT,
    ),
    AuditRule("deadline-early", "The clock decides a deadline once it has come.", _REPORT),
    AuditRule(
        "clock-command-id",
        "The clock's command for a deadline has the one id that this deadline gives it.",
        _REPORT,
    ),
    AuditRule(
        "rejected-without-a-rule", "A bid is rejected because it breaks a rule.", _REPORT
    ),
    AuditRule(
        "rejected-by-another-rule", "A rejection names the first rule that is broken.", _REPORT
    ),
    AuditRule("claims-differ", "The claims table says what the events claim.", _REBUILD),
    AuditRule("outcomes-differ", "The outcomes table says what the log says.", _REBUILD),
    AuditRule(
        "private-text-altered",
        "A private text is what its record committed to.",
        "Restore the text from a copy; erase it by an event where there is none.",
    ),
    AuditRule(
        "private-text-missing",
        "A private text is kept until an event erases it.",
        "Restore the text from a copy; erase it by an event where there is none.",
    ),
    AuditRule(
        "private-text-kept",
        "What an event erased is gone.",
        "Run `svx-ledger erase reapply`: a restored copy brought it back.",
    ),
    AuditRule("private-text-unfounded", "A private text belongs to a record.", _RESTORE),
    AuditRule("no-salt", "Every record has its salt, 16 random bytes.", _VERIFY),
    AuditRule("salt-repeated", "No salt is used twice.", _VERIFY),
    AuditRule(
        "leverage-differs",
        "The leverage report's sums are those of the states.",
        "Rebuild the views; if they still differ, report it with both values.",
    ),
)
AUDIT_RULES: Final = {rule.name: rule for rule in _TABLE}
