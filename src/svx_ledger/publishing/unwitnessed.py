"""A log that witnesses cosigned is not published without them by mistake."""

from svx_ledger.publishing.outside.directory import Directory, is_cosigned
from svx_ledger.publishing.outside.mark import checkpoint_in
from svx_ledger.publishing.state.database import NotPublished
from svx_ledger.publishing.state.log_state import LogState


def assert_never_cosigned(state: LogState, signed: bytes, directory: Directory | None) -> None:
    """Raise NotPublished where checkpoints of the log that signed this have cosignatures.

    A run that lacks the policy would publish notes that nobody who asks for witnesses believes,
    and they stay for ever. Where the state was lost, the folder tells; the mark does not, as it
    holds what the log alone signed.
    """
    notes = []
    if (served := state.served()) is not None:
        notes = [note for note in (served[0].quorum_note, served[1]) if note]
    if directory is not None and (there := directory.note()) is not None:
        own = checkpoint_in(signed, "the state").origin
        if checkpoint_in(there, directory.where).origin == own:
            notes.append(there)
    if any(map(is_cosigned, notes)):
        raise NotPublished(
            "earlier checkpoints were cosigned: name the policy with the witnesses "
            "(SVX_POLICY), or one with `quorum none` to go on without"
        )
