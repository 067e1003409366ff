"""The keys that sign the log: on record, in the key file, and which sign at a size."""
