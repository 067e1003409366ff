"""`python -m svx_ledger`: the command line."""

import importlib


def main() -> None:
    """Run the command line, imported only now so that importing this module costs nothing."""
    importlib.import_module("svx_ledger.cli").main()


if __name__ == "__main__":
    main()
