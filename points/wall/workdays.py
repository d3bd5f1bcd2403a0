"""Working days by the State Council's calendar, also those it moves."""

from datetime import date, timedelta

import chinese_calendar


def is_workday(day: date) -> bool:
    """Whether offices work on a day.

    Of a year whose holidays the installed calendar does not know yet, Monday to Friday: then fewer days are
    off than will be, and what is due comes due rather too early than too late.
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def workday_after(day: date, count: int) -> date:
    """The working day that comes `count` working days after a day.

    The day itself is not counted (民法典第二百零一条).
    """
    while count:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day
