"""What the counter does: each function one transaction, refusals raised as `Refused`."""
