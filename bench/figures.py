"""A figure: what was measured, beside its floor and its goal; told as a line of JSON and in a table."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Goal:
    """What a figure, or with `of_floor` its ratio to the floor, is to be: at least, or at most, so much."""

    limit: float
    is_most: bool
    of_floor: bool = False

    def is_met(self, figure: float) -> bool:
        """Whether a figure or ratio keeps to it."""
        return figure <= self.limit if self.is_most else figure >= self.limit

    def __str__(self) -> str:
        share = f"{self.limit:.0%} of the floor" if self.of_floor else f"{self.limit:g}"
        return f"{'at most' if self.is_most else 'at least'} {share}"


def at_most(limit: float) -> Goal:
    """A figure is to be no more than this."""
    return Goal(limit, is_most=True)


def at_least(limit: float) -> Goal:
    """A figure is to be no less than this."""
    return Goal(limit, is_most=False)


def at_least_of_floor(share: float) -> Goal:
    """A figure is to be no less than this share of the floor's: for how often something is done."""
    return Goal(share, is_most=False, of_floor=True)


def at_most_of_floor(share: float) -> Goal:
    """A figure is to be no more than so many times the floor's: for how long something takes."""
    return Goal(share, is_most=True, of_floor=True)


@dataclass(frozen=True)
class Figure:
    """One figure of one database, in a unit; the floor's in the same unit, where it has one."""

    figure: str
    value: float
    unit: str
    database: str
    floor: float | None = None
    goal: Goal | None = None

    @property
    def ratio(self) -> float | None:
        """How many times the floor's figure this one is."""
        return self.value / self.floor if self.floor else None

    @property
    def ok(self) -> bool | None:
        """Whether it keeps to its goal; None without one."""
        if self.goal is None:
            return None
        measured = self.ratio if self.goal.of_floor else self.value
        return measured is not None and self.goal.is_met(measured)

    def as_json(self) -> str:
        """The figure as a line of JSON."""
        facts = asdict(self) | {"ratio": self.ratio, "goal": self.goal and str(self.goal), "ok": self.ok}
        rounded = {name: round(fact, 3) if isinstance(fact, float) else fact for name, fact in facts.items()}
        return json.dumps(rounded, ensure_ascii=False)


def table(figures: Iterable[Figure]) -> str:
    """The figures for people to read, in Markdown."""
    rows = ["| figure | database | measured | floor | ratio | goal | |", "|---|---|---:|---:|---:|---|---|"]
    for each in figures:
        floor = "" if each.floor is None else f"{each.floor:,.1f}"
        ratio = "" if each.ratio is None else f"{each.ratio:.0%}"
        verdict = {True: "ok", False: "**short**", None: ""}[each.ok]
        rows.append(
            f"| {each.figure} | {each.database} | {each.value:,.1f} {each.unit} | {floor} | {ratio} "
            f"| {each.goal or ''} | {verdict} |"
        )
    return "\n".join(rows)


def report(figures: Iterable[Figure]) -> int:
    """Print each figure as it comes, then the table; returns 1 when one of them falls short of its goal."""
    measured = []
    for figure in figures:
        measured.append(figure)
        print(figure.as_json(), flush=True)
    print(f"\n{table(measured)}")
    return int(any(figure.ok is False for figure in measured))
