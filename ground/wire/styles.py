"""The part of Bootstrap's stylesheet that the pages use: a tenth of its 232 KB.

A rule stays if each class in its selector stands as a word in a template or a script. One without a class
is meant for every page, and stays.
"""

import re
from collections.abc import Iterator, Set

CHARSET = '@charset "UTF-8";'  # it is sent as that
_WORD = re.compile(r"[A-Za-z_][\w-]*")
# Selectors are parted by commas, but for those in brackets.
_SELECTOR = re.compile(r"(?:[^,()]|\((?:[^()]|\([^()]*\))*\))+")
# What need not be there for a selector to fit, and what has to.
_COMMENT_OR_NEGATION = re.compile(r"/\*.*?\*/|:not\([^)]*\)", re.DOTALL)
_NEEDED = re.compile(r"\.([A-Za-z_][\w-]*)|\[(data-bs-[\w-]+)")


def words_in(text: str) -> set[str]:
    """All that could be the name of a class."""
    return set(_WORD.findall(text))


def used_rules(css: str, words: Set[str]) -> str:
    """The rules of a minified stylesheet that apply to a page whose classes are among `words`."""
    kept = []
    for before, inside in _rules(css.removeprefix(CHARSET)):
        if before.startswith("@media"):
            inside = used_rules(inside, words)
        elif before.startswith("@keyframes"):
            before = before if before.split()[-1] in words else ""
        else:
            before = ",".join(each for each in _SELECTOR.findall(before) if classes_in(each) <= words)
        if before and inside:
            kept.append(f"{before}{{{inside}}}")
    return "".join(kept)


def classes_in(selector: str) -> set[str]:
    """The classes, and Bootstrap's own attributes, that an element needs to be meant by a selector."""
    found = _NEEDED.findall(_COMMENT_OR_NEGATION.sub("", selector))
    return {class_name or attribute for class_name, attribute in found}


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """What stands before each rule's braces, and what between them; braces within are its own."""
    begins = opens = depth = 0
    for brace in re.finditer(r"[{}]", css):
        if brace[0] == "{":
            opens = opens if depth else brace.start()
            depth += 1
        else:
            depth -= 1
            if not depth:
                yield css[begins:opens], css[opens + 1 : brace.start()]
                begins = brace.end()
