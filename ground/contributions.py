"""What packages add to the application, so that the lower ones need not know the higher.

A lower package declares a `Slot` where it reads what others add. Every package says all that it adds in one
place, its contributions.py, as a `Package`; app.py lets them join one after another.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import click
from flask import Blueprint, Flask, current_app

T = TypeVar("T")

# The one entry in app.extensions that is ours.
EXTENSION = "contributions"


class Slot(Generic[T]):
    """A list that a lower package reads and other packages fill.

    What is in it comes in the order of `by`, or else in that in which the packages join.
    """

    def __init__(self, by: Callable[[T], int] | None = None) -> None:
        self._by = by

    def of(self, *items: T) -> "Filling":
        """What a package puts into it."""
        return Filling(self, items)

    def items(self) -> Sequence[T]:
        """What the packages of the current application put into it."""
        found: Sequence[T] = _joined(current_app).filled.get(self, [])
        return found if self._by is None else sorted(found, key=self._by)


@dataclass(frozen=True)
class Filling:
    """What a package puts into a slot."""

    slot: Slot[Any]
    items: tuple[Any, ...]


@dataclass(frozen=True)
class Package:
    """Everything that a package adds to the application; `title` is its heading in docs/roles.md.

    Of its blueprints `programs` are for programs with a key: no cookie opens anything there. What is in
    `before` runs before every request, in the order of the packages.
    """

    name: str
    title: str
    pages: Sequence[Blueprint] = ()
    programs: Sequence[Blueprint] = ()
    commands: Sequence[click.Command] = ()
    before: Sequence[Callable[[], Any]] = ()
    context: Sequence[Callable[[], dict[str, Any]]] = ()
    filters: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    globals: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    fillings: Sequence[Filling] = ()

    def join(self, app: Flask) -> None:
        """Add everything to an application."""
        for asked in self.before:
            app.before_request(asked)
        for known in self.context:
            app.context_processor(known)
        app.jinja_env.filters.update(self.filters)
        app.jinja_env.globals.update(self.globals)
        for blueprint in (*self.pages, *self.programs):
            app.register_blueprint(blueprint)
        for command in self.commands:
            app.cli.add_command(command)
        joined = _joined(app)
        joined.packages.append(self)
        for filling in self.fillings:
            joined.filled.setdefault(filling.slot, []).extend(filling.items)


@dataclass
class _Joined:
    """The packages of an application, and what is in its slots."""

    packages: list[Package] = field(default_factory=list)
    filled: dict[Slot[Any], list[Any]] = field(default_factory=dict)


def packages() -> Sequence[Package]:
    """The packages of the current application, the lowest first."""
    return _joined(current_app).packages


def _joined(app: Flask) -> _Joined:
    joined: _Joined = app.extensions.setdefault(EXTENSION, _Joined())
    return joined
