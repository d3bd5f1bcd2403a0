"""The tables' way from version to version."""
