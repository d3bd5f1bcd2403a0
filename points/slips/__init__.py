"""Numbered paper slips for workers without a phone, and how they are printed."""
