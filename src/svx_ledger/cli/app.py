"""The program: its groups of verbs, each made only when it is asked for.

A verb's options follow from its command, and loading the commands takes longer than all the
rest: the overview of the groups, `--version` and a typing error do without them.
"""

import os
from collections.abc import Sequence
from typing import Final

import typer

from svx_ledger.api.vocabulary import GROUPS

from . import (
    auditing,
    board,
    configuring,
    copying,
    demo,
    doctor,
    erasing,
    evidencing,
    keys,
    opening,
    projecting,
    reading,
    serving,
)
from .intake import grants, importing
from .leverage import explaining
from .leverage import report as leverage
from .log import epochs, publishing, witnessing
from .log import keys as log_keys
from .reports import award_page, recorded, registered, trailing
from .verb import GIVING, add, add_options
from .verify.group import VerifyGroup

HELP: Final = """Keep and read an auction ledger of the Social Value Exchange.

Who acts is said by --actor ROLE:ORGANISATION/PERSON or SVX_ACTOR, for example
authority.buyer:organisation-8f3k/person-7k2m; the operator may be operator:/person-1.
Begin with `svx-ledger init`. Exit codes: 0 done, 1 unexpected, 2 usage, 3 damaged log,
4 not found, 5 conflict, 6 refused by a rule, 7 an import with rejected records."""


def build(arguments: Sequence[str] | None = None) -> typer.Typer:
    """Return the program with the groups that the arguments name; with all for None."""
    app = typer.Typer(
        help=HELP,
        rich_markup_mode=None,
        no_args_is_help=True,
        pretty_exceptions_show_locals=False,
    )
    add_options(app)
    groups = {}
    for name, meaning in GROUPS.items():
        kind = VerifyGroup if name == "verify" else None  # its exit codes are its own
        groups[name] = typer.Typer(cls=kind, rich_markup_mode=None, no_args_is_help=True)
        within, _, last = name.rpartition(" ")
        groups.get(within, app).add_typer(groups[name], name=last, help=meaning)
    everything = arguments is None or "_SVX_LEDGER_COMPLETE" in os.environ
    for name, group in groups.items():
        if everything or name.split()[0] in (arguments or ()):
            _fill(group, name)
    add(app, "demo", demo.demo)
    add(app, "practice", demo.practice)
    add(app, "init", opening.init)
    add(app, "do", opening.do, parameters=[opening.SOURCE, *GIVING])
    add(app, "tick", opening.tick)
    add(app, "events", reading.events)
    add(app, "show", reading.show)
    add(app, "audit", auditing.audit)
    add(app, "serve", serving.serve)
    add(app, "publish", publishing.publish)
    add(app, "doctor", doctor.doctor)
    add(app, "explain", explaining.explain, parameters=explaining.OPTIONS)
    return app


def _fill(group: typer.Typer, name: str) -> None:
    """Add the verbs of one group."""
    if name == "config":
        add(group, "show", configuring.show)
    elif name == "import":
        add(group, "ocds", importing.ocds)
        add(group, "360giving", grants.grants)
        add(group, "proxies", importing.proxies)
        add(group, "bids", importing.bids)
    elif name == "export":
        add(group, "columns", copying.columns)
        add(group, "evidence", evidencing.evidence)
    elif name == "witness":
        witnessing.add_verbs(group)
    elif name == "projections":
        add(group, "status", projecting.status)
        add(group, "rebuild", projecting.rebuild)
        add(group, "follow", projecting.follow)
    elif name == "report":
        add(group, "awards", registered.awards)
        add(group, "award", award_page.award)
        add(group, "needs", recorded.needs)
        add(group, "organisation", recorded.organisation)
        add(group, "requests", recorded.requests)
        add(group, "timeline", recorded.timeline)
        add(group, "trail", trailing.trail)
        add(group, "leverage", leverage.leverage, parameters=leverage.OPTIONS)
        from .reports.asking import add_questions

        add_questions(group)
    elif name == "replay":
        from .replay import replaying

        add(group, "auction", replaying.auction)
        add(group, "stream", replaying.stream)
        add(group, "exchange", replaying.exchange)
    elif name == "verify":
        from .verify.verbs import add_checks

        add_checks(group)
    else:
        from .commands.giving import add_verbs
        from .things import add_lists

        add_verbs(group, name)
        add_lists(group, name)
    if name == "auction":
        add(group, "board", board.board)
    if name == "key":
        add(group, "make", keys.make)
    if name in _MORE:
        _MORE[name](group)
    if name == "erase":
        add(group, "prepare", erasing.prepare)
        add(group, "reapply", erasing.reapply)


_MORE: Final = {"key log": log_keys.add_verbs, "epoch": epochs.add_verbs}
"""What adds the verbs of a group that are not made from their commands' fields."""
