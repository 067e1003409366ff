"""The rules of the auction, from its draft to its ranking."""
