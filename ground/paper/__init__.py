"""Printed matter: the Chinese faces, and the pen that notices, receipts and cards are drawn with."""
