"""Contributions: what each package adds to the application, so that lower ones need not know higher.

    Slot      a list that a lower package declares and reads
    Filling   the items that a package puts into a slot
    Package   everything that a package adds, in its contributions.py

app.py lets the packages join one after another.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import click
from flask import Blueprint, Flask, current_app, has_app_context

T = TypeVar("T")

# The one entry in app.extensions that is ours.
EXTENSION = "contributions"


class Slot(Generic[T]):
    """A list that a lower package reads and other packages fill.

    Its items come in the order of `by`, or else in the order in which the packages join.
    """

    def __init__(self, by: Callable[[T], int] | None = None) -> None:
        self._by = by

    def filling(self, *items: T) -> "Filling":
        """The filling of this slot with these items, for a package."""
        return Filling(self, items)

    def items(self) -> Sequence[T]:
        """The items that the packages of the current application put into it."""
        filled_items: Sequence[T] = _joined_packages(current_app).items_by_slot.get(self, [])
        return filled_items if self._by is None else sorted(filled_items, key=self._by)

    def items_if_any(self) -> Sequence[T]:
        """Its items; none outside of an application."""
        return self.items() if has_app_context() else ()


@dataclass(frozen=True)
class Filling:
    """The items that a package puts into a slot."""

    slot: Slot[Any]
    items: tuple[Any, ...]


@dataclass(frozen=True)
class Package:
    """Everything that a package adds to the application; `title` is its heading in docs/roles.md.

    Of its blueprints `programs` are for programs with a key: no cookie opens anything there. What is in
    `before_request` runs before every request, in the order of the packages.
    """

    name: str
    title: str
    pages: Sequence[Blueprint] = ()
    programs: Sequence[Blueprint] = ()
    commands: Sequence[click.Command] = ()
    before_request: Sequence[Callable[[], Any]] = ()
    context: Sequence[Callable[[], dict[str, Any]]] = ()
    filters: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    globals: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    fillings: Sequence[Filling] = ()

    def join(self, app: Flask) -> None:
        """Add everything to an application."""
        for hook in self.before_request:
            app.before_request(hook)
        for processor in self.context:
            app.context_processor(processor)
        app.jinja_env.filters.update(self.filters)
        app.jinja_env.globals.update(self.globals)
        for blueprint in (*self.pages, *self.programs):
            app.register_blueprint(blueprint)
        for command in self.commands:
            app.cli.add_command(command)
        joined = _joined_packages(app)
        joined.packages.append(self)
        for filling in self.fillings:
            joined.items_by_slot.setdefault(filling.slot, []).extend(filling.items)


@dataclass
class _JoinedPackages:
    """The packages of an application, and the items in its slots."""

    packages: list[Package] = field(default_factory=list)
    items_by_slot: dict[Slot[Any], list[Any]] = field(default_factory=dict)


def packages() -> Sequence[Package]:
    """The packages of the current application, the lowest first."""
    return _joined_packages(current_app).packages


def _joined_packages(app: Flask) -> _JoinedPackages:
    if EXTENSION not in app.extensions:
        app.extensions[EXTENSION] = _JoinedPackages()
    joined: _JoinedPackages = app.extensions[EXTENSION]
    return joined
