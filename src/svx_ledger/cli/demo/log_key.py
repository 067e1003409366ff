"""The key that the log of a made ledger can be published with: as a real one, in its file."""

from collections.abc import Callable

from svx_ledger.cli.session import Session


def log_key_of(session: Session, origin: str) -> Callable[[], str] | None:
    """Return what makes the log's key, or takes an earlier one of that name in the key file.

    It returns the verifier key. None on PostgreSQL, where no setting names a key file.
    """
    from svx_ledger.proofs.notes.keys import ED25519, SigningKey
    from svx_ledger.publishing.keys.key_file import add_key, keys_at_hand
    from svx_ledger.publishing.state.opening import key_path

    file = key_path(session.settings.ledger, session.settings.log_key)
    if file is None:
        return None

    def made() -> str:
        for known in keys_at_hand(file):
            if known.name == origin:
                return known.verifier.text
        key = SigningKey.generate(origin, ED25519)
        add_key(file, key)
        return key.verifier.text

    return made
