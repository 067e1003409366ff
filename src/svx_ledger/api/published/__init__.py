"""The published log over HTTP: its files, proofs, receipts, and waiting to be published.

- `log`: the published log of the ledger that is served, and how far it has come
- `waiting`: many who wait for one thing, and who look for it once for all of them
- `receipts`: the receipt of an event, to whoever may have the whole of its record
- `files`: GET /log/…, as any web server would hand it out; `proofs`: single paths, as JSON
"""

from fastapi import FastAPI


def add_published(app: FastAPI) -> None:
    """Add the routes."""
    from .files import add_files
    from .proofs import add_proofs
    from .receipts import add_receipts

    add_files(app)
    add_proofs(app)
    add_receipts(app)
