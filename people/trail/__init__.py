"""The audit trail, read: searched, and told in words. Who may write in it is in people/audit.py."""

from people.trail.lines import Change, Line, told
from people.trail.search import Search, about, concerning, found
from people.trail.subjects import Naming, Page, Subject, named, subjects_of

__all__ = [
    "Change",
    "Line",
    "Naming",
    "Page",
    "Search",
    "Subject",
    "about",
    "concerning",
    "found",
    "named",
    "subjects_of",
    "told",
]
