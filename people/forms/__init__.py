"""Forms about people and places."""
