"""Every change of people that has an actor: one transaction, one rule, one log entry."""
