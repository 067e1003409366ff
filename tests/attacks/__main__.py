"""`python -m tests.attacks`: the tables of docs/attacks.md, to be put there."""

import sys

from .table import check_lines, page_tables

if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in (*check_lines(), *page_tables()))
