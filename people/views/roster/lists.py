"""The lists of the roster's pages, as they are taken out."""

from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _

from people import labels
from people.models import Appointment, Duty, Grid, GridChangeKind, Person
from people.roster.holders import TermState
from people.views.listing import Context, Listing, context_records
from people.views.shown import shown_name, shown_phone, shown_text


def _people(context: Context) -> Iterator[tuple[Person, list[Appointment]]]:
    for person in context["page"]:
        yield person, context["terms"].get(person.id, [])


PERSONS = Listing(
    _("People"),
    _people,
    (_("Name"), lambda person, terms: shown_name(person)),
    (_("Phone"), lambda person, terms: shown_phone(person.phone)),
    (_("Agency"), lambda person, terms: person.agency),
    (_("Duty"), lambda person, terms: labels.DUTIES[terms[0].duty] if terms else None),
    (_("Grid code"), lambda person, terms: "、".join(term.grid.code for term in terms)),
    (_("Grid"), lambda person, terms: "、".join(term.grid.name for term in terms)),
    (_("Term until"), lambda person, terms: max((term.ends_on for term in terms), default=None)),
    (_("Law mark since"), lambda person, terms: person.law_mark_on),
)


def _grids(context: Context) -> Iterator[tuple[Grid, Appointment | None, Appointment | None]]:
    serving = context["serving"]
    open_grids = [grid for _group, grids in context["groups"] for grid in grids]
    for grid in (*open_grids, *context["closed_grids"]):
        yield grid, serving.get((grid.id, Duty.WORKER)), serving.get((grid.id, Duty.INSTRUCTOR))


GRIDS = Listing(
    _("Grids"),
    _grids,
    (_("Villagers' group"), lambda grid, worker, instructor: grid.group and grid.group.name),
    (_("Grid code"), lambda grid, worker, instructor: grid.code),
    (_("Grid"), lambda grid, worker, instructor: grid.name),
    (_("Kind"), lambda grid, worker, instructor: labels.GRID_KINDS[grid.kind]),
    (_("Households"), lambda grid, worker, instructor: grid.households),
    (_("Grid worker"), lambda grid, worker, instructor: shown_name(worker and worker.person)),
    (_("Phone"), lambda grid, worker, instructor: worker and shown_phone(worker.person.phone)),
    (_("Term until"), lambda grid, worker, instructor: worker and worker.ends_on),
    (_("Instructor"), lambda grid, worker, instructor: shown_name(instructor and instructor.person)),
    (_("Agency"), lambda grid, worker, instructor: instructor and instructor.person.agency),
    (_("Closed on"), lambda grid, worker, instructor: grid.closed_on),
)


def _term_status(term: Appointment, state: TermState) -> Any:
    if state == TermState.CALLED_OFF:
        return _("called off")
    if state == TermState.COMING:
        return _("has not begun")
    if term.ended_on and term.ended_on <= term.ends_on:
        return _("ended early") if state == TermState.OVER else _("serving")
    return _("ended") if state == TermState.OVER else _("serving")


def _holders(context: Context) -> Iterator[tuple[Appointment, Any]]:
    current = [term for holders in context["duties"].values() for term in holders.values()]
    for term in (*current, *context["past_terms"]):
        yield term, _term_status(term, context["state_of"](term))


HOLDERS = Listing(
    _("Who serves and served in the grid"),
    _holders,
    (_("Grid"), lambda term, fate: term.grid.name),
    (_("Name"), lambda term, fate: shown_name(term.person)),
    (_("Phone"), lambda term, fate: shown_phone(term.person.phone)),
    (_("Duty"), lambda term, fate: labels.DUTIES[term.duty]),
    (_("Term from"), lambda term, fate: term.starts_on),
    (_("Term until"), lambda term, fate: term.ends_on),
    (_("State"), lambda term, fate: fate),
    (_("First day without"), lambda term, fate: term.ended_on),
)

GRID_CHANGES = {
    GridChangeKind.OPENED: _("on the roster"),
    GridChangeKind.RENAMED: _("renamed"),
    GridChangeKind.SPLIT: _("split"),
    GridChangeKind.MERGED: _("merged"),
    GridChangeKind.CLOSED: _("closed"),
}

GRID_HISTORY = Listing(
    _("History of the grid"),
    context_records("history"),
    (_("Day"), lambda line: line.change.on),
    (_("What"), lambda line: GRID_CHANGES[line.change.kind]),
    (_("Name"), lambda line: line.name),
    (_("Name before"), lambda line: line.change.was),
    (_("The other grid"), lambda line: line.other_name),
    (_("Reason"), lambda line: shown_text(line.change.reason)),
)

PERSON_TERMS = Listing(
    _("Terms"),
    lambda context: (
        (term, _term_status(term, context["state_of"](term))) for term, _after in context["terms"]
    ),
    (_("Name"), lambda term, fate: shown_name(term.person)),
    (_("Duty"), lambda term, fate: labels.DUTIES[term.duty]),
    (_("Grid code"), lambda term, fate: term.grid.code),
    (_("Grid"), lambda term, fate: term.grid.name),
    (_("Term from"), lambda term, fate: term.starts_on),
    (_("Term until"), lambda term, fate: term.ends_on),
    (_("State"), lambda term, fate: fate),
    (_("First day without"), lambda term, fate: term.ended_on),
    (_("Recommended by"), lambda term, fate: term.chosen_by and labels.CHOSEN_BY[term.chosen_by]),
)


def _vacancy_name(term: Appointment | None) -> str:
    return shown_name(term.person) if term else ""


VACANCIES = Listing(
    _("Nobody serves here"),
    context_records("vacancies"),
    (_("Grid code"), lambda vacancy: vacancy.grid.code),
    (_("Grid"), lambda vacancy: vacancy.grid.name),
    (_("Duty"), lambda vacancy: labels.DUTIES[vacancy.duty]),
    (_("Served last"), lambda vacancy: _vacancy_name(vacancy.last_term)),
    (_("Term until"), lambda vacancy: vacancy.last_term and vacancy.last_term.ends_on),
    (_("Comes next"), lambda vacancy: _vacancy_name(vacancy.next_term)),
    (_("Term from"), lambda vacancy: vacancy.next_term and vacancy.next_term.starts_on),
)

ENDING_TERMS = Listing(
    _("Terms that end soon"),
    context_records("ending_terms"),
    (_("Name"), lambda term: shown_name(term.person)),
    (_("Phone"), lambda term: shown_phone(term.person.phone)),
    (_("Duty"), lambda term: labels.DUTIES[term.duty]),
    (_("Grid code"), lambda term: term.grid.code),
    (_("Grid"), lambda term: term.grid.name),
    (_("Term until"), lambda term: term.ends_on),
)

STAFFING = Listing(
    _("Staffing"),
    context_records("figures"),
    (_("Township"), lambda line: line.village.parent.name),
    (_("Village or community"), lambda line: line.village.name),
    (_("Grids"), lambda line: line.grids),
    (_("Without a worker"), lambda line: line.vacancies[Duty.WORKER]),
    (_("Without an instructor"), lambda line: line.vacancies[Duty.INSTRUCTOR]),
    (_("Ends soon"), lambda line: line.ending_terms),
    (_("Ended, nobody took over"), lambda line: line.terms_run_out),
)
