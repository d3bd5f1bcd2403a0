"""What waits of the points, for the front page: from the first record to the points that expire."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask import url_for
from flask_babel import gettext, ngettext

from ground import clock
from ground.clock import Quarter
from ground.db import db, fetch
from ground.paper import words
from people import access
from people.models import Area, Person, Role, User
from people.pages import Urgency, WaitingItem, asked_once
from people.roster import persons
from people.signin import humans
from points import expiry, leaving
from points.assessment import assessments, meeting_rules, opening
from points.assessment.opening import VillageProgress
from points.models import Assessment, AssessmentState, ServiceState
from points.rubrics import versions
from points.samples import samples
from points.services import deductions, reading, taking
from points.views.openings import waiting as openings
from points.views.services.services import DECIDERS
from points.wall import booking, objections, wall_state


def waiting(area: Area, user: User, roles: set[Role]) -> list[WaitingItem]:
    """What waits of the points in an area for somebody with these roles there."""
    if not area.is_village:
        return _above(area) + openings.waiting(area, user, roles)
    items = []
    if roles & access.ONLOOKERS:
        items += _quarters(area, user, roles) + _expiry(area)
    if roles & access.COMMITTEE:
        items += _rubric(area) + _reminders(area) + _objections(area, Urgency.IN_TURN)
    elif Role.SUPERVISOR in roles:
        items += _reminders(area, Urgency.TO_KNOW) + _objections(area, Urgency.TO_KNOW)
    items += openings.waiting(area, user, roles) + _records(area, user, roles)
    if Role.CHAIR in roles:
        items += _leaving(area)
    if Role.SUPERVISOR in roles:
        items += _samples(area)
    if Role.WORKER in roles and user.person_id is not None:
        items += _own(area, fetch(Person, user.person_id))
    return items


def _quarter_url(village: Area, quarter: Quarter) -> str:
    return url_for("assessment.quarter", village=village.code, quarter=quarter)


def _last_day_to_book(village: Area, quarter: Quarter) -> date:
    return quarter.last_day + timedelta(days=meeting_rules.rules_of(village).book_within_days)


# --- The village's quarters ---


def _quarters(village: Area, user: User, roles: set[Role]) -> list[WaitingItem]:
    """The next step of each quarter that is not through: to do for whose step it is, to know for others."""
    items = []
    for assessment in wall_state.unfinished_assessments(village):
        steps = _STEPS[assessment.state](assessment, user, roles)
        items += [
            WaitingItem(text, _quarter_url(village, assessment.quarter), due_on, urgency)
            for text, due_on, urgency in steps
        ]
    return items + (_to_open(village) if Role.CLERK in roles else [])


# What a step says, the day by which, and whose turn it is.
Step = tuple[str, date | None, Urgency]


def _urgency(is_theirs: bool) -> Urgency:
    return Urgency.IN_TURN if is_theirs else Urgency.TO_KNOW


def _collecting(assessment: Assessment, _user: User, roles: set[Role]) -> list[Step]:
    quarter = assessment.quarter
    name = words.quarter(quarter)
    if clock.today() <= quarter.last_day:
        return [(gettext("%(quarter)s: services are being collected", quarter=name), None, Urgency.TO_KNOW)]
    text = gettext("%(quarter)s is over: hold the meeting", quarter=name)
    return [(text, _last_day_to_book(assessment.village, quarter), _urgency(Role.CLERK in roles))]


def _deliberating(assessment: Assessment, _user: User, roles: set[Role]) -> list[Step]:
    name = words.quarter(assessment.quarter)
    if assessment.sent_back:
        reason = assessment.sent_back[-1].reason
        text = gettext("%(quarter)s was sent back to the meeting: %(reason)s", quarter=name, reason=reason)
    else:
        text = gettext("%(quarter)s: end the meeting and post the notice", quarter=name)
    due_on = _last_day_to_book(assessment.village, assessment.quarter)
    return [(text, due_on, _urgency(Role.CLERK in roles))]


def _on_notice(assessment: Assessment, user: User, roles: set[Role]) -> list[Step]:
    """A change to be posted comes before the booking, which leaves its line out."""
    quarter, notice = assessment.quarter, assessments.whole_notice(assessment)
    name = words.quarter(quarter)
    steps = _changes(assessment, roles)
    if notice is None or clock.today() <= notice.ends_on:
        text = gettext("%(quarter)s hangs on the wall", quarter=name)
        return [*steps, (text, notice.ends_on if notice else None, Urgency.TO_KNOW)]
    text = gettext("The notice has ended: book %(quarter)s", quarter=name)
    return [
        *steps,
        (text, _last_day_to_book(assessment.village, quarter), _urgency(_books(assessment, user, roles))),
    ]


def _books(assessment: Assessment, user: User, roles: set[Role]) -> bool:
    """Whether somebody is a chair who did not prepare the sheet."""
    return Role.CHAIR in roles and not humans.is_among(user, booking.preparers(assessment))


def _changes(assessment: Assessment, roles: set[Role]) -> list[Step]:
    """The lines that an objection changed, until they are posted again."""
    changed = wall_state.wall_state(assessment).changed_count
    if not changed:
        return []
    text = ngettext(
        "Post the notice of changes of %(quarter)s: %(num)s line",
        "Post the notice of changes of %(quarter)s: %(num)s lines",
        changed,
        quarter=words.quarter(assessment.quarter),
    )
    return [(text, None, _urgency(Role.CLERK in roles))]


def _after_booking(assessment: Assessment, user: User, roles: set[Role]) -> list[Step]:
    """The lines of a booked quarter that waited for an objection."""
    steps, name = _changes(assessment, roles), words.quarter(assessment.quarter)
    state = wall_state.wall_state(assessment)
    if state.ready_lines:
        text = gettext("A contested line is decided: book what waited of %(quarter)s", quarter=name)
        steps.append((text, None, _urgency(_books(assessment, user, roles))))
    hanging = [line for line in state.waiting_lines if line.wait_reason == booking.WaitReason.NOTICE_RUNS]
    if hanging:
        text = gettext("The notice of changes of %(quarter)s hangs on the wall", quarter=name)
        steps.append((text, max(line.posted_line.notice.ends_on for line in hanging), Urgency.TO_KNOW))
    return steps


_STEPS = {
    AssessmentState.COLLECTING: _collecting,
    AssessmentState.DELIBERATING: _deliberating,
    AssessmentState.ON_NOTICE: _on_notice,
    AssessmentState.BOOKED: _after_booking,
}


def _to_open(village: Area) -> list[WaitingItem]:
    """This quarter and the last, if they are not open: what is done counts once they are."""
    this_quarter = Quarter.of(clock.today())
    return [
        WaitingItem(
            gettext("Open %(quarter)s, so that its services are counted.", quarter=words.quarter(quarter)),
            url_for("assessment.quarters", village=village.code),
            quarter.last_day,
        )
        for quarter in (this_quarter.previous, this_quarter)
        if versions.in_force(village, quarter) and not assessments.find_assessment(village, quarter)
    ]


def _rubric(village: Area) -> list[WaitingItem]:
    if versions.in_force_on(village, clock.today()):
        return []
    text = gettext("No rubric in force: no service can be recorded. The chair adopts the county's.")
    url = url_for("rubrics.rubric", village=village.code)
    return [WaitingItem(text, url, urgency=Urgency.AT_ONCE)]


def _reminders(village: Area, urgency: Urgency = Urgency.IN_TURN) -> list[WaitingItem]:
    """What county or township ask for, until it is booked."""
    return [
        WaitingItem(
            gettext(
                "%(area)s asks for %(quarter)s by %(day)s.",
                area=reminder.area.name,
                quarter=words.quarter(Quarter.parse(reminder.quarter_name)),
                day=words.day(reminder.due_on),
            )
            + reminder.note,
            url_for("assessment.quarters", village=village.code),
            reminder.due_on,
            urgency,
        )
        for reminder in opening.reminders(village)
    ]


def _objections(village: Area, urgency: Urgency) -> list[WaitingItem]:
    """The objections without an answer, of each quarter, with the day by which the next is due."""
    by_quarter: dict[Quarter, list[date]] = {}
    for objection in objections.waiting_objections(village):
        by_quarter.setdefault(objection.assessment.quarter, []).append(objection.due_on)
    return [
        WaitingItem(
            ngettext(
                "%(num)s objection waits for its answer", "%(num)s objections wait for their answer", len(due)
            ),
            _quarter_url(village, quarter),
            due[0],
            urgency,
        )
        for quarter, due in by_quarter.items()
    ]


# --- Records, samples, points ---


def _records(village: Area, user: User, roles: set[Role]) -> list[WaitingItem]:
    items = []
    count = reading.count_waiting(village, user) if roles & set(DECIDERS) else 0
    url = url_for("services.services", village=village.code)
    if count:
        text = ngettext("%(num)s record waits for you", "%(num)s records wait for you", count)
        items.append(WaitingItem(text, url))
    proposed = deductions.count_waiting(village) if roles & set(DECIDERS) else 0
    if proposed:
        text = ngettext(
            "%(num)s deduction is proposed and not decided yet.",
            "%(num)s deductions are proposed and not decided yet.",
            proposed,
        )
        items.append(WaitingItem(text, url_for("services.deductions", village=village.code)))
    to_take_in = len(taking.importable_records(village)) if Role.CLERK in roles else 0
    if to_take_in:
        text = ngettext(
            "%(num)s training or evaluation can become a service",
            "%(num)s trainings and evaluations can become services",
            to_take_in,
        )
        items.append(WaitingItem(text, url))
    return items


def _samples(village: Area) -> list[WaitingItem]:
    """The samples that were drawn and are not all looked into."""
    return [
        WaitingItem(
            ngettext(
                "%(num)s record of a sample is to be looked into",
                "%(num)s records of a sample are to be looked into",
                left,
            ),
            url_for("services.sample", village=village.code, ident=sample.id),
        )
        for sample, found in samples.samples_of_village(village)
        if (left := min(sample.size, len(samples.population(sample))) - found) > 0
    ]


def _leaving(village: Area) -> list[WaitingItem]:
    """The points of those who serve no more, about which nobody has decided, or whose day is over."""
    remainders = [each for each in leaving.remainders(village) if each.departure is None or each.is_due]
    if not remainders:
        return []
    text = ngettext(
        "Points of %(num)s person wait to be settled.",
        "Points of %(num)s people wait to be settled.",
        len(remainders),
    )
    return [WaitingItem(text, url_for("ledger.leaving", village=village.code))]


def _expiry(village: Area) -> list[WaitingItem]:
    coming, text = expiry.announced(village), expiry.announcement(village)
    if coming is None or text is None:
        return []
    url = url_for("ledger.expiry", village=village.code)
    return [WaitingItem(text, url, coming.expires_on, Urgency.TO_KNOW)]


def _own(village: Area, person: Person | None) -> list[WaitingItem]:
    """What waits for a worker: points that expire, records that came back, and the line on the wall."""
    if person is None:
        return []
    person, items = persons.current_entry(person), []
    mine = url_for("ledger.mine", village=village.code)
    coming, warning = expiry.announced(person.area), expiry.warning(person)
    if coming and warning:
        items.append(WaitingItem(warning, mine, coming.expires_on))
    search = reading.ServiceSearch(state=ServiceState.REJECTED, worker=person.id)
    rejected = db.session.scalars(reading.search_services(village, search)).all()
    again = reading.resubmitted_ids(rejected)
    this_quarter = Quarter.of(clock.today())
    open_again = [
        record
        for record in rejected
        if record.id not in again and Quarter.of(record.done_on) >= this_quarter.previous
    ]
    if open_again:
        text = ngettext(
            "%(num)s record came back: put it right and hand it in again",
            "%(num)s records came back: put them right and hand them in again",
            len(open_again),
        )
        items.append(WaitingItem(text, mine))
    for assessment in wall_state.unfinished_assessments(village):
        line = assessments.latest_lines(assessment).get(person.id)
        if line is not None and assessment.state == AssessmentState.ON_NOTICE:
            name = words.quarter(assessment.quarter)
            url = url_for("assessment.mine_quarter", village=village.code, quarter=assessment.quarter)
            text = gettext(
                "Your points of %(quarter)s hang on the wall: see whether they are right", quarter=name
            )
            items.append(WaitingItem(text, url, line.notice.ends_on, Urgency.TO_KNOW))
    return items


# --- Above the villages ---


def _above(area: Area) -> list[WaitingItem]:
    """The villages that are late, and the answers that are overdue."""
    this_quarter = Quarter.of(clock.today())
    return [
        *_late_villages(area, this_quarter.previous),
        *_unopened(
            area,
            this_quarter,
            this_quarter.last_day,
            opening.progress_of_villages(area, this_quarter),
        ),
        *_answers_due(area),
    ]


def _late_villages(area: Area, quarter: Quarter) -> list[WaitingItem]:
    """Where each village that has not booked the last quarter stands, and by when it should have."""
    name, due_on = words.quarter(quarter), _last_day_to_book(area, quarter)
    progress = asked_once(opening.progress_of_villages, area, quarter)
    texts = {
        AssessmentState.COLLECTING: gettext("%(quarter)s: the meeting is not held", quarter=name),
        AssessmentState.DELIBERATING: gettext("%(quarter)s: the notice is not posted", quarter=name),
        AssessmentState.ON_NOTICE: gettext("%(quarter)s is not booked", quarter=name),
    }
    late = [
        WaitingItem(
            texts[village.assessment.state],
            _quarter_url(village.village, quarter),
            due_on,
            _urgency(village.is_late),
            village.village,
        )
        for village in progress
        if village.assessment and village.assessment.state in texts
    ]
    return [*late, *_unopened(area, quarter, due_on, progress)]


def _unopened(
    area: Area, quarter: Quarter, due_on: date, progress: Sequence[VillageProgress]
) -> list[WaitingItem]:
    """How many villages have not opened a quarter: one line, as there it can be opened for all of them."""
    unopened = [village for village in progress if village.assessment is None and village.had_begun]
    if not unopened:
        return []
    text = ngettext(
        "%(num)s village has not opened %(quarter)s",
        "%(num)s villages have not opened %(quarter)s",
        len(unopened),
        quarter=words.quarter(quarter),
    )
    url = url_for("assessment.area_quarter", area=area.code, quarter=quarter)
    return [WaitingItem(text, url, due_on)]


def _answers_due(area: Area) -> list[WaitingItem]:
    """The objections that wait for their village's answer; overdue ones are for those above to ask about."""
    today = clock.today()
    return [
        WaitingItem(
            gettext("Objection %(code)s waits for its answer", code=objection.code),
            _quarter_url(objection.assessment.village, objection.assessment.quarter),
            objection.due_on,
            _urgency(objection.due_on < today),
            objection.assessment.village,
        )
        for objection in objections.waiting_objections(area)
    ]
