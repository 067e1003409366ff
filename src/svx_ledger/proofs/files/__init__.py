"""What a verifier is handed: a log in its folder, a receipt, an evidence bundle."""
