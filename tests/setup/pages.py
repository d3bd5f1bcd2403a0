"""The pages of the first day, which are there only before anything else is, or in a demo."""

FIRST_DAY = {"setup.choose", "setup.code", "setup.begin_in_earnest", "setup.end_demo"}
