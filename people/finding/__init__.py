"""What is looked for over everything: the words that were typed, and who and what of a place fits them."""

from people.finding.words import SearchWords

__all__ = ["SearchWords"]
