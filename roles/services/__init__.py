"""Every change that has an actor: one transaction, one rule, one log entry, one announcement."""
