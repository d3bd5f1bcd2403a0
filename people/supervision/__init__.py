"""Supervision: what deserves a second pair of eyes in a village, and what was looked into.

    entries     what a package tells: its kinds of entries, each from one statement
    inquiries   the entries of a period together, and who looked into them
    own         the entries of `people`: sign-ins, passwords, people entered twice

A package with more to tell fills `entries.ENTRY_KINDS` in its contributions.py.
"""
