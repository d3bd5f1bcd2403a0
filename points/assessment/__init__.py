"""The assessment of a quarter: opened, deliberated at a meeting, and its sheet."""
