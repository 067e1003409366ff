"""The Merkle tree over a log, its proofs, and the pieces in which it is published."""
