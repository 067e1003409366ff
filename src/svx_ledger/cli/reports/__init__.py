"""`report`: awards, things on record, trails, and the questions of every day."""
