"""The check of the returns: what was sent is summed again, and each one that does not fit is named."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ground.db import db
from reports.models import QuarterlyReturn
from reports.returns import figures


def problems() -> Iterator[str]:
    """Returns that are not the sum of their parts, or whose parts are of another quarter or place."""
    query = select(QuarterlyReturn).options(
        selectinload(QuarterlyReturn.parts).joinedload(QuarterlyReturn.area)
    )
    for sent in db.session.scalars(query.order_by(QuarterlyReturn.id)):
        for part in sent.parts:
            if part.quarter_name != sent.quarter_name or part.area.parent_id != sent.area_id:
                yield f"return {sent.id}: its part {part.id} is of another quarter or place"
        sums = figures.total(part.figures for part in sent.parts)
        for name in sorted({name for part in sent.parts for name in part.figures}):
            if sent.figures.get(name) != sums[name]:
                yield f"return {sent.id}: {name} {sent.figures.get(name)}, its parts come to {sums[name]}"
