"""A state machine over the whole vocabulary: any history that people could make, and its laws.

- `steps`: from a number to the next command, or to a wait
- `stage`: a world and the ledgers that play the same script, compared answer by answer
- `checker`: the invariants, folded from the stored bytes by rules written a second time
- `tally`: what was accepted and what was refused, by command and by rule
"""
