"""What programs are told: the one table of problems, and later the HTTP API."""
