"""Scanning: what a code says, and codes on pictures."""
