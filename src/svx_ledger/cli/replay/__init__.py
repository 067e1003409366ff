"""`replay`: the exchange as it was, moment by moment."""
