"""Purchases: what was asked for in vain, what should be bought, and the requests for it."""
