"""The demo: an invented county, its history made by the same verbs, and its own calendar."""
