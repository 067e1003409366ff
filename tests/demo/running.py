"""Running the program as its own tests do."""

from typer.testing import CliRunner

from svx_ledger.cli.app import build


def run(*arguments: str) -> tuple[int, list[str], str]:
    """Run the program; return its exit code, its lines, and what it said beside them."""
    ran = CliRunner().invoke(build(arguments), list(arguments))
    if ran.exception is not None and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    return ran.exit_code, ran.stdout.splitlines(), ran.stderr
