"""What a worker does: households, visits, gatherings, hazards, disputes; the quarter in figures."""
