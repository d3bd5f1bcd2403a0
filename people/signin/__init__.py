"""Sign-ins and their roles, passwords and PINs, the limits on tries, and who manages them."""
