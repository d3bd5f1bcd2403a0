"""Lists: a page of one, or all of it part after part, as a file takes it."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import g
from flask_babel import lazy_gettext as _
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, func, select
from sqlalchemy.orm import lazyload

from ground.db import db, stream
from ground.refusal import Refused
from ground.web.addresses import page_number

WHOLE_LIST = "whole_list"  # what `g` holds while a list is taken out as a file
PART_ROWS = 500  # so many rows of it are in memory at once
MOST_ROWS = 50_000  # so many rows of it are waited for: some ten seconds


def page_of(query: Select[Any], per_page: int = 30, *, is_shrinking: bool = False) -> Pagination:
    """One page of a list, by `?page=`; beyond the last page: 404.

    Of a list that gets shorter while somebody works through it, the last page instead. Of one that is
    taken out as a file, the next part of all of it.
    """
    if WHOLE_LIST in g:
        return g.get(WHOLE_LIST).next_part(query)
    number = page_number()

    def at(page: int) -> Pagination:
        return db.paginate(
            query, page=page, per_page=per_page, max_per_page=per_page, error_out=not is_shrinking
        )

    page = at(number)
    return at(page.pages) if 0 < page.pages < page.page else page


class WholeList:
    """All of a list, part after part, from one query, so that nothing is in it twice or not at all.

    Whoever wants it keeps one in `g` as WHOLE_LIST and lets the page's view run until `is_over`.
    """

    def __init__(self) -> None:
        self._parts: Iterator[Sequence[Any]] | None = None
        self._next: Sequence[Any] | None = None

    @property
    def is_over(self) -> bool:
        """Whether no part is left; also before the first one is asked for."""
        return self._next is None

    def next_part(self, query: Select[Any]) -> Pagination:
        """The next part, in the shape of a page; of an empty list an empty one.

        Refused `too_many_rows` beyond what a file is waited for.
        """
        if self._parts is None:
            _check_size(query)
            self._parts = iter(stream(query, PART_ROWS).scalars().partitions())
            self._next = next(self._parts, None)
        part, self._next = self._next or (), next(self._parts, None)
        return _Part(page=1, per_page=PART_ROWS, max_per_page=PART_ROWS, error_out=False, items=part)


def _check_size(query: Select[Any]) -> None:
    counted = query.options(lazyload("*")).order_by(None).subquery()
    count = db.session.scalar(select(func.count()).select_from(counted)) or 0
    if count > MOST_ROWS:
        raise Refused(
            "too_many_rows",
            _(
                "This list has %(count)s rows; a file takes %(most)s. Narrow it first, for example by day.",
                count=count,
                most=MOST_ROWS,
            ),
        )


class _Part(Pagination):
    """A part of a whole list."""

    def _query_items(self) -> list[Any]:
        return list(self._query_args["items"])

    def _query_count(self) -> int:
        return len(self._query_args["items"])
