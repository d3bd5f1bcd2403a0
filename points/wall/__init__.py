"""The wall: notices, objections, booking, corrections and the proof of a digest."""
