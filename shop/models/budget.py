"""The table of budgets: the money that villages set aside for goods."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ground.db import Base, Moment
from people.models import User
from shop.models.goods import Shop


class Budget(Base):
    """The money a village sets aside for its shop's goods in a year, in cents of a yuan (分).

    Never changed; the latest of a year counts.
    """

    __tablename__ = "budget"

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"), index=True)
    year: Mapped[int]
    amount: Mapped[int]
    decided_by: Mapped[str] = mapped_column(String(200))
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    shop: Mapped[Shop] = relationship()
    actor: Mapped[User] = relationship()

    __table_args__ = (CheckConstraint("amount >= 0", name="amount"),)
