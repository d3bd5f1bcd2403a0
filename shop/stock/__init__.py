"""What lies on the shelf: lots come in, units go out, and every change is a move that explains it."""
