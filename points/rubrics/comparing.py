"""Two versions of a rubric side by side: what came, what went, and what is worth something else now."""

from dataclasses import dataclass

from points.models import Rubric, RubricItem

# What a version can say differently of an item.
SAID = ("category", "unit", "points", "cap", "evidence", "source")


@dataclass(frozen=True)
class Difference:
    """An item as it was and as it is, one of them None if it came or went; `changed` names what differs."""

    older: RubricItem | None
    newer: RubricItem | None
    changed: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What the item is called; by their names items of two versions are the same."""
        item = self.newer or self.older
        return item.name if item else ""


def compare(older: Rubric, newer: Rubric) -> tuple[list[Difference], int]:
    """What differs between two versions, in the newer one's order and what went last; and how many items do
    not."""
    before, after = ({item.name: item for item in rubric.items} for rubric in (older, newer))
    found = []
    for name, item in after.items():
        was = before.get(name)
        if was is None:
            found.append(Difference(None, item))
            continue
        changed = tuple(field for field in SAID if getattr(was, field) != getattr(item, field))
        if changed:
            found.append(Difference(was, item, changed))
    same = len(after) - len(found)
    found += [Difference(item, None) for name, item in before.items() if name not in after]
    return found, same
