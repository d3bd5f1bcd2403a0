"""The forms of the reports."""
