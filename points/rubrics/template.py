"""The items and limits of a rubric, and the program's own model of a county's template."""

from dataclasses import dataclass

from points.models import Category, FedBy


@dataclass(frozen=True)
class NewItem:
    """One line of a rubric: tenths of a point a unit (negative: a deduction), and the cap a quarter.

    `evidence` says what has to show it, `source` which records feed it.
    """

    category: Category
    name: str
    unit: str
    points: int
    cap: int | None = None
    evidence: str = ""
    source: FedBy = FedBy.CLAIM


@dataclass(frozen=True)
class Limits:
    """The limits of a village's additions to the county's template: items of each kind, and tenths."""

    bonuses: int
    deductions: int
    points: int


# Far more than any county's rules have.
MOST_ITEMS = 60

# By the county's rules: at most five bonus and five deduction items, of at most two points.
USUAL_LIMITS = Limits(bonuses=5, deductions=5, points=20)

# What a county may begin with; from its first published template on, that holds.
TEMPLATE = (
    NewItem(Category.OPINION, "收集上报一条社情民意", "条", 5, 100, "上报记录"),
    NewItem(Category.PUBLICITY, "组织一次学法学政策", "次", 10, 90, "集中活动记录", FedBy.GATHERING),
    NewItem(Category.PUBLICITY, "入户发放一份宣传资料", "户", 1, 30, "农户或同行人证明"),
    NewItem(Category.PUBLICITY, "参加一次培训", "次", 10, 40, "培训签到", FedBy.TRAINING),
    NewItem(Category.SERVICE, "走访一户", "户", 2, 120, "走访记录", FedBy.VISIT),
    NewItem(Category.SERVICE, "代办一件民生事项", "件", 10, 150, "被服务户证明"),
    NewItem(Category.SERVICE, "参加一次村内公益活动", "次", 5, 50, "现场证明人"),
    NewItem(Category.SERVICE, "年度评价三项均为很好", "次", 20, 20, "双向评价", FedBy.EVALUATION),
    NewItem(Category.HAZARD, "排查上报一处安全隐患", "处", 10, 100, "隐患记录", FedBy.HAZARD),
    NewItem(Category.EMERGENCY, "及时报告一起突发事件", "件", 20, None, "突发事件记录", FedBy.EMERGENCY),
    NewItem(Category.DISPUTE, "化解一起矛盾纠纷", "件", 30, None, "调解记录", FedBy.DISPUTE),
    NewItem(Category.DISPUTE, "参与小组化解一起矛盾纠纷", "件", 50, None, "调解记录", FedBy.DISPUTE_GROUP),
    NewItem(Category.SERVICE, "编造一条服务记录", "次", -500, None, "核查记录"),
    NewItem(Category.SERVICE, "虚报一次服务", "次", -500, None, "核查记录"),
)
