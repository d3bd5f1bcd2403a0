"""The audit trail as it is read: searched, and put into words. It is written in people/audit.py."""

from people.trail.lines import FieldChange, TrailLine, trail_lines
from people.trail.search import TrailSearch, events_about, events_about_person, search_trail
from people.trail.subjects import Naming, Subject, SubjectPage, find_subjects, subjects_of

__all__ = [
    "FieldChange",
    "Naming",
    "Subject",
    "SubjectPage",
    "TrailLine",
    "TrailSearch",
    "events_about",
    "events_about_person",
    "find_subjects",
    "search_trail",
    "subjects_of",
    "trail_lines",
]
