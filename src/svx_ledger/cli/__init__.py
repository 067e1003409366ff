"""The command line: every act of the exchange as a verb, and reading what is on record.

- `app`, `verb`: the groups of verbs, and what every verb has in common
- `commands`: a verb for each command, from its own fields
- `opening`, `reading`, `reports`, `leverage`, `replay`, `intake`, `log`, `verify`, `examining`,
  `demo`: verbs that are written by hand
- `session`, `failing`, `showing`, `progress`: asking the ledger, and telling

Data goes to standard output, everything else to standard error.
"""


def main() -> None:
    """Run the command line on the arguments of this process."""
    import sys

    from .told_early import hear

    hear(sys.argv[1:])  # before anything that takes long to load

    from svx_ledger.proofs.script.streams import escape_unencodable

    from .app import build

    escape_unencodable()
    build(sys.argv[1:])(prog_name="svx-ledger")
