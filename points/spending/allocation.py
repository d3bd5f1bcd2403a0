"""First in, first out over the entries of one account, in tenths of a point."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class AccountEntry:
    """An entry by its id: plus what it brought, minus what it took; `undoes` is the one that it reverses."""

    ident: int
    change: int
    undoes: int | None = None


@dataclass
class Part:
    """So many tenths of what the entry `source` brought, taken by `use`; given back, if that was undone."""

    source: int
    use: int
    tenths: int
    is_given_back: bool = False


@dataclass
class Allocation:
    """All parts in the order in which they were taken, and what is left of what each entry brought."""

    parts: list[Part] = field(default_factory=list)
    left: dict[int, int] = field(default_factory=dict)


def first_in_first_out(entries: Iterable[AccountEntry]) -> Allocation:
    """Which entries took what which entries brought; the entries in their order.

    What takes something takes the oldest that is left, or, if it undoes what brought something, that first.
    What is undone of the takings goes back to where it came from. ValueError for more than there is.
    """
    allocation = Allocation()
    left = allocation.left
    for entry in entries:
        if entry.change < 0:
            _take(allocation, entry)
        elif entry.undoes is None:
            left[entry.ident] = entry.change
        else:
            for part in allocation.parts:
                if part.use == entry.undoes:
                    part.is_given_back = True
                    left[part.source] += part.tenths
    return allocation


def _take(allocation: Allocation, entry: AccountEntry) -> None:
    left, wanted = allocation.left, -entry.change
    first = [entry.undoes] if entry.undoes in left else []
    for source in dict.fromkeys([*first, *left]):
        tenths = min(left[source], wanted)
        if tenths:
            allocation.parts.append(Part(source, entry.ident, tenths))
            left[source] -= tenths
            wanted -= tenths
    if wanted:
        raise ValueError(f"entry {entry.ident} takes {wanted} tenths more than there are")
