"""The rules of the parties: organisations, access, offers, indicators, corrections."""
