"""The server: what it has for itself, how it serves, and the command that starts it."""
