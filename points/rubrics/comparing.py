"""The differences between two versions of a rubric: items added, removed, or changed."""

from dataclasses import dataclass

from ground import names
from points.models import Rubric, RubricItem

# What a version can say differently of an item.
COMPARED_FIELDS = ("category", "unit", "points", "cap", "evidence", "source")


@dataclass(frozen=True)
class Difference:
    """An item as it was and as it is now.

    One of them is None if it was added or removed; `changed` names the fields that differ.
    """

    older: RubricItem | None
    newer: RubricItem | None
    changed: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of the item; items of two versions with the same name are the same."""
        item = self.newer or self.older
        return item.name if item else ""


def compare(older: Rubric, newer: Rubric) -> tuple[list[Difference], int]:
    """The differences between two versions, and how many items are the same.

    In the newer version's order; what was removed comes last.
    """
    older_items, newer_items = (
        {names.folded(item.name): item for item in rubric.items} for rubric in (older, newer)
    )
    differences = []
    for name, item in newer_items.items():
        older_item = older_items.get(name)
        if older_item is None:
            differences.append(Difference(None, item))
            continue
        changed = tuple(
            field for field in COMPARED_FIELDS if getattr(older_item, field) != getattr(item, field)
        )
        if changed:
            differences.append(Difference(older_item, item, changed))
    same = len(newer_items) - len(differences)
    differences += [Difference(item, None) for name, item in older_items.items() if name not in newer_items]
    return differences, same
