"""Disputes: the ladder of levels, who may know of them, and how they are settled."""
