"""The quarterly returns of a demo: the villages sent the last quarter, the township summed it up."""

from collections.abc import Iterable
from datetime import timedelta

from demo.calendar import STARTS_ON
from ground import clock
from ground.clock import Quarter
from people.models import Area, User
from reports.returns import sending

SENT_AFTER_DAYS = 40  # when the quarter is booked
SUMMED_AFTER_DAYS = 3


def send_last_quarter(clerks: Iterable[tuple[Area, User]], township: Area, official: User) -> None:
    """Let each village's clerk send the last full quarter, and the official of the township their sum."""
    quarter = Quarter.of(STARTS_ON).previous
    sent_on = quarter.last_day + timedelta(SENT_AFTER_DAYS)
    with clock.at(sent_on):
        for village, clerk in clerks:
            sending.send(f"return-{village.code}-{quarter}", village, quarter, "", clerk)
    with clock.at(sent_on + timedelta(SUMMED_AFTER_DAYS)):
        sending.send(f"return-{township.code}-{quarter}", township, quarter, "", official)
