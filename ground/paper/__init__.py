"""Printed matter: the Chinese fonts, and the pen that draws notices, receipts and cards."""
