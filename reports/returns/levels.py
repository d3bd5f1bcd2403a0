"""What a return says level by level, as page, file and paper show it: those it sums, and those they sum."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext

from ground.paper import words
from people.models import Level
from people.sight import Sight
from reports.models import QuarterlyReturn


@dataclass(frozen=True)
class SummedReturn:
    """A return on the sheet of its level, and the name of the township whose return sums it, if it is one."""

    sent: QuarterlyReturn
    summed_by: str | None


@dataclass(frozen=True)
class LevelBelow:
    """The returns of one level that are summed, the townships' or the villages', by code."""

    level: Level
    returns: Sequence[SummedReturn]

    @property
    def tells_township(self) -> bool:
        """Whether its returns are summed by townships, each of which is named beside them."""
        return any(each.summed_by for each in self.returns)


def levels_below(parts: Sequence[QuarterlyReturn]) -> list[LevelBelow]:
    """The levels below an area whose return sums these, the upper first; none below a village."""
    further = [SummedReturn(each, part.area_name) for part in parts for each in part.parts]
    found = []
    if parts:
        level = Level.TOWNSHIP if parts[0].level == Level.TOWNSHIP else Level.VILLAGE
        found.append(LevelBelow(level, [SummedReturn(part, None) for part in parts]))
    if further:
        found.append(LevelBelow(Level.VILLAGE, further))
    return found


def heading(sent: QuarterlyReturn) -> str:
    """What it is, and of which place."""
    return f"{sent.area_name} {gettext('Quarterly return')}"


def subject(sent: QuarterlyReturn) -> str:
    """Its quarter, and which version it is."""
    quarter = words.quarter(sent.quarter)
    return quarter if sent.version == 1 else f"{quarter} {version(sent)}"


def version(sent: QuarterlyReturn) -> str:
    """Which version it is: the first, or a correction."""
    if sent.version == 1:
        return gettext("first version")
    return gettext("version %(number)s, a correction", number=sent.version)


def notes(sent: QuarterlyReturn, sight: Sight) -> list[str]:
    """What stands below the figures: why it was corrected, and who at any level below had sent nothing."""
    said = []
    if sent.reason:
        said.append(gettext("Corrected: %(reason)s", reason=sight.text(sent.reason, sent.area)))
    if sent.missing:
        said.append(
            gettext("Not in these sums, as they had sent nothing: %(names)s", names=_named(sent.missing))
        )
    said += [
        gettext(
            "Not in the sum of %(place)s, as they had sent nothing: %(names)s",
            place=part.area_name,
            names=_named(part.missing),
        )
        for part in sent.parts
        if part.missing
    ]
    return said


def _named(missing: Mapping[str, str]) -> str:
    return "、".join(missing.values())


def sent_line(sent: QuarterlyReturn, sight: Sight) -> str:
    """Who sent it, and when."""
    return gettext(
        "Sent by %(name)s, %(moment)s", name=sight.name(sent.sent_by), moment=words.moment(sent.sent_at)
    )
