"""The lists of a board, as they are taken out: the quarter's figures, and what asks in each village."""

from flask_babel import lazy_gettext as _

from people.models import Duty
from people.views.listing import Listing, context_records
from reports import labels

FIGURES = Listing(
    _("The quarter in figures"),
    lambda context: ((context["quarter"], part, line) for part in context["parts"] for line in part.lines),
    (_("Quarter"), lambda quarter, part, line: str(quarter)),
    (_("Part"), lambda quarter, part, line: part.title),
    (_("What"), lambda quarter, part, line: line.label),
    (_("Figure"), lambda quarter, part, line: line.numbers[0]),
    (_("The quarter before"), lambda quarter, part, line: line.numbers[1]),
)

# No column of points: villages stand in the order of what asks for somebody, and are not ranked.
VILLAGES = Listing(
    _("What asks for somebody, by village"),
    context_records("standings"),
    (_("Code"), lambda standing: standing.village.code),
    (_("Village or community"), lambda standing: standing.village.name),
    (_("Kinds of things"), lambda standing: len(standing.concerns)),
    *(
        (label, lambda standing, concern=concern: standing.concerns[concern])
        for concern, label in labels.CONCERNS.items()
    ),
    (_("Grids"), lambda standing: standing.staffing.grids),
    (_("Grids served by a worker"), lambda s: s.staffing.grids - s.staffing.vacancies[Duty.WORKER]),
    (_("Households that wait for a visit by Sunday"), lambda standing: standing.due.waiting),
    (_("Quarters that the goods last"), lambda standing: standing.cover.goods_quarters),
)
