"""Pages of what all rooms add up to."""
