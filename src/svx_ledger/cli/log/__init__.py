"""The published log: `publish`, `key log`, `epoch`, `witness`."""
