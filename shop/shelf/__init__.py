"""What a shop offers, for how many points, and when it is open."""
