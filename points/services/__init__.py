"""Service records: recorded once, decided by a second person."""
