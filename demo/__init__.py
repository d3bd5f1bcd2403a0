"""A county to try things in: invented people, history made through the same verbs, a calendar of its own."""
