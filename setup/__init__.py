"""The first day: an empty database becomes a county's, a village's, or a demo."""
