"""What the publisher keeps, beside an SQLite ledger or in PostgreSQL."""
