"""How the proofs are checked."""
