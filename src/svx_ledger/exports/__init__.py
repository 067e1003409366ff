"""What leaves the ledger, made from its log and its views, to be used without this program."""
