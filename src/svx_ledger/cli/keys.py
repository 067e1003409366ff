"""`key make`: a key without a ledger."""

from . import showing
from .output import say
from .session import Session


def make(session: Session) -> None:
    """Make a key without a ledger: its name, its text, and the digest to have it issued by.

    Whoever keeps it gives the name and the digest to who issues it, and the text to nobody.
    """
    from svx_ledger.api.keys import new_key

    key = new_key()
    made = {"api_key_id": key.api_key_id, "key": key.text, "secret_sha256": key.sha256}
    if session.json:
        showing.line(made)
    else:
        for name, text in made.items():
            say(f"{name}: {text}")
    say("The key is shown once. Give its name and digest to who issues it, not it.", err=True)
