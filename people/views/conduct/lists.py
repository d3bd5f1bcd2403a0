"""The lists of the pages about training, evaluation and growth, as they are taken out."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from flask import g
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from people import labels
from people.conduct.evaluations import EvaluationResult
from people.conduct.training_due import MissingTraining, TrainingDue
from people.forms.evaluation import QUESTIONS
from people.models import Level, Training
from people.views.listing import Context, Listing, context_records
from people.views.shown import shown_name, shown_text


def _trainings(context: Context) -> Iterator[tuple[Training, Any, int | None]]:
    for training in context["page"]:
        came = (
            None if training.held_on > context["today"] else context["attendance_counts"].get(training.id, 0)
        )
        yield training, context["audiences"][training.duty], came


TRAININGS = Listing(
    _("Training"),
    _trainings,
    (_("Session"), lambda training, audience, came: shown_text(training.topic, training.area)),
    (_("Day"), lambda training, audience, came: training.held_on),
    (_("Where"), lambda training, audience, came: shown_text(training.place, training.area)),
    (_("Held by"), lambda training, audience, came: training.area.name),
    (_("For whom"), lambda training, audience, came: audience),
    (_("Came"), lambda training, audience, came: came),
)

ROLL = (
    (_("Session"), lambda training, line: shown_text(training.topic, training.area)),
    (_("Day"), lambda training, line: training.held_on),
    (_("Name"), lambda training, line: shown_name(line.person)),
    (_("Village or community"), lambda training, line: line.seats[0].village),
    (_("Grid"), lambda training, line: "、".join(seat.grid for seat in line.seats)),
    (_("Agency"), lambda training, line: line.person.agency),
    (_("Was here"), lambda training, line: bool(line.attendance)),
)

ATTENDANCES = Listing(
    _("Who is here"), lambda context: ((context["training"], line) for line in context["attendances"]), *ROLL
)

TRAINING_ROLL = Listing(
    _("Attendance"), lambda context: ((context["training"], line) for line in context["roll"]), *ROLL
)


def _missing(context: Context) -> Iterator[tuple[MissingTraining, str]]:
    if g.area.is_village:
        for due in context["villages_due"]:
            for missing in due.missing:
                yield missing, "、".join(str(context["givers"][giver]) for giver in missing.sessions)


MISSING_TRAINING = Listing(
    _("Who still lacks a session"),
    _missing,
    (_("Name"), lambda missing, sessions: shown_name(missing)),
    (_("Grid"), lambda missing, sessions: missing.grid),
    (_("Lacks the session of"), lambda missing, sessions: sessions),
)


def _villages(context: Context) -> Iterator[tuple[TrainingDue, Any]]:
    for due in () if g.area.is_village else context["villages_due"]:
        yield due, context["givers"]


def _lacking(giver: Level) -> Any:
    return lambda due, givers: due.lacking_count(giver) if giver in givers else None


TRAINING_DUE = Listing(
    _("Lacking sessions by village"),
    _villages,
    (_("Township"), lambda due, givers: due.village.parent.name),
    (_("Village or community"), lambda due, givers: due.village.name),
    (_("Serve"), lambda due, givers: due.serving),
    (_("Lack the village's session"), _lacking(Level.VILLAGE)),
    (_("Lack the township's session"), _lacking(Level.TOWNSHIP)),
    (_("Lack the county's session"), _lacking(Level.COUNTY)),
)

LAW_MARKS = Listing(
    _("Law-wise villagers"),
    context_records("serving"),
    (_("Grid worker"), lambda term: shown_name(term.person)),
    (_("Grid code"), lambda term: term.grid.code),
    (_("Grid"), lambda term: term.grid.name),
    (_("Bears the mark since"), lambda term: term.person.law_mark_on),
)

LAW_MARK_FIGURES = Listing(
    _("Law-wise villagers by village"),
    lambda context: () if g.area.is_village else ((figures,) for figures in context["figures"]),
    (_("Township"), lambda figures: figures.village.parent.name),
    (_("Village or community"), lambda figures: figures.village.name),
    (_("Grids"), lambda figures: figures.grids),
    (_("With the mark"), lambda figures: figures.marked_grids),
)


def _stage_day(stage: Any) -> Any:
    """The day of a stage; of one that the roster alone tells, that it does."""
    by_roster = _("by the roster")
    return lambda growth: growth.days.get(stage) or (by_roster if stage == growth.stage else None)


GROWTH = Listing(
    _("Growth"),
    context_records("growths"),
    (_("Name"), lambda growth: shown_name(growth.person)),
    (_("Serves"), lambda growth: growth.is_serving),
    (_("Stage"), lambda growth: labels.STAGES[growth.stage]),
    *((label, _stage_day(stage)) for stage, label in labels.STAGES.items()),
)

GROWTH_FIGURES = Listing(
    _("Growth by village"),
    context_records("figures"),
    (_("Township"), lambda figures: figures.village.parent.name),
    (_("Village or community"), lambda figures: figures.village.name),
    (_("Grid workers"), lambda figures: figures.serving),
    *((label, lambda figures, stage=stage: figures.stages[stage]) for stage, label in labels.STAGES.items()),
)

NEGATIVE_LIST = Listing(
    _("Negative list"),
    context_records("items"),
    (_("Item"), lambda item: item.text),
    (_("Holds from"), lambda item: item.holds_from),
    (_("Holds until"), lambda item: item.holds_until),
)

PARTNERS = (
    (_("Name"), lambda partner: shown_name(partner.person)),
    (_("Agency"), lambda partner: partner.person.agency),
    (_("Grid"), lambda partner: "、".join(grid.name for grid in partner.grids)),
    (_("Said on"), lambda partner: partner.evaluation and partner.evaluation.at),
)

# What one said of whom stays with who said it: on the page that is a link, here the day alone.
OWED_EVALUATIONS = Listing(
    _("Asked about"),
    lambda context: (
        ((p,) for p in context["not_evaluated"]) if context["may_evaluate"] and context["is_open"] else ()
    ),
    *PARTNERS,
)
OWN_EVALUATIONS = Listing(_("What you said"), context_records("evaluated"), *PARTNERS)


def _mean(question: str) -> Any:
    return lambda result, fewest: Decimal(result.mean_grades[question]) / 10 if result.mean_grades else None


def _remarks(result: EvaluationResult, fewest: int) -> str:
    """The remarks; of whom too few have spoken, that nothing is shown."""
    if result.mean_grades:
        return "；".join(shown_text(remark, result.place) for remark in result.remarks)
    return gettext("Shown from %(n)s voices on, so that nobody can be told from it.", n=fewest)


RESULTS = (
    (_("Name"), lambda result, fewest: shown_name(result.person)),
    (_("Agency"), lambda result, fewest: result.person.agency),
    (_("Place"), lambda result, fewest: result.place.name),
    (_("Voices"), lambda result, fewest: result.voice_count),
    *((label, _mean(question)) for question, label in QUESTIONS.items()),
    (_("Remarks"), _remarks),
)

OF_WORKERS = Listing(
    _("What instructors say of the workers"),
    lambda context: ((result, 1) for result in context["results"]),
    *RESULTS,
)
BY_WORKERS = Listing(
    _("What workers say"),
    lambda context: ((result, context["fewest_voices"]) for result in context["worker_results"]),
    *RESULTS,
)
BY_VILLAGES = Listing(
    _("What villages say"), lambda context: ((result, 1) for result in context["village_results"]), *RESULTS
)
