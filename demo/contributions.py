"""What `demo` adds to the application: a calendar of its own, shown above every page."""

from demo import calendar, cli
from ground.contributions import Package
from ground.db import CALENDARS
from ground.paper.draw import WATERMARKS
from people.pages import BANNERS

DEMO = Package(
    name="demo",
    title="The demo",
    pages=[calendar.bp],
    commands=[cli.demo_cli],
    before_request=[calendar.follow_calendar],
    context=[calendar.template_day],
    fillings=[
        BANNERS.filling("demo/banner.html"),
        CALENDARS.filling(calendar.follow_at_command),
        WATERMARKS.filling(calendar.watermark),
    ],
)
