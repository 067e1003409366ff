"""What a check of an evidence bundle came to, in lines for a person."""

from svx_ledger.proofs.checks.bundle import BundleCheck

from .log import not_proven_lines, shown, vouched_lines


def bundle_lines(done: BundleCheck) -> list[str]:
    """Tell that a bundle is verified, and what that does not say."""
    manifest, head = done.manifest, done.trusted.checkpoint
    withheld = len(manifest.withheld)
    lines = [
        f"verified: evidence of {shown(manifest.subject)}, from {shown(head.origin)}",
        f"  {done.records} records of {head.size} events, made for {shown(manifest.viewer)}",
        f"  SHA-256 of the file {done.sha256}",
        *vouched_lines(done.trusted),
        f"  {done.chains.streams} streams, {done.chains.gapless} of them without a gap",
        f"  {withheld} records of these streams are withheld, listed by position alone",
        f"  {done.dated} records are dated by cosigned heads",
    ]
    if done.undated_heads:
        few = "heads that date nothing: too few of your witnesses cosigned them"
        lines.append(f"  {done.undated_heads} {few}")
    lines += _claim_lines(done)
    proven = (
        "each of these records was in the log, byte for byte, at its position, when this head "
        "was signed; where versions of a stream follow each other, nothing was between them"
    )
    says = "audit.json, rules.txt and summary.txt are what the maker of this file says"
    last = "the last one of each stream that is here"
    unproven = [
        f"that what the records say is true, or follows the rules: {says}; audit the ledger",
        f"that these are all records: only up to {last}, and where no version is left out",
        "that nothing was recorded since, or that the log still has this: verify the log",
    ]
    if withheld:
        unproven.append("what the withheld records say, or of which stream each one is")
    if not done.dated:
        unproven.append("when it was recorded: no witness that you trust dates it")
    return [*lines, f"proven: {proven}.", *not_proven_lines(unproven)]


def _claim_lines(done: BundleCheck) -> list[str]:
    claims = []
    if done.audit_clean is not None:
        found = (
            "nothing against the rules" if done.audit_clean else "SOMETHING AGAINST THE RULES"
        )
        claims.append(f"  its maker says: the audit found {found}")
    if done.same_policy is not None:
        like = "the one that you gave" if done.same_policy else "another than the one you gave"
        claims.append(f"  its maker's policy is {like}; only yours was used")
    return claims
