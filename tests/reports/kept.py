"""A packet that is kept without being drawn, where it matters only that there is one."""

from hashlib import sha256

from sqlalchemy import func, select

from ground import clock
from ground.db import transaction
from ground.paper.draw import Pen
from people.models import User
from points.models import Assessment, Transfer
from reports.models import Packet


def keep_packet(assessment: Assessment, actor: User) -> None:
    """Keep the first packet of a quarter, of one page."""
    pen = Pen("档案", 210, 297)
    pen.text(20, 30, "封面", 12)
    bound = pen.pdf()
    digest, size = sha256(bound).hexdigest(), len(bound)
    what = {"key": "a" * 16, "number": 1, "content": bound, "size": size, "pages": 1, "digest": digest}
    what |= {"assessment_id": assessment.id, "made_by_id": actor.id, "made_at": clock.now()}
    with transaction() as session:
        session.add(Packet(last_transfer_id=session.scalar(select(func.max(Transfer.id))), **what))
