"""What the log means: tables, boards, register and leverage."""
