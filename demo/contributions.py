"""What `demo` adds to the application: a calendar of its own, shown above every page."""

from demo import calendar, cli
from demo.story import ROLES, SECRET
from ground.contributions import Package
from ground.db import CALENDARS
from ground.paper.draw import WATERMARKS
from people import labels
from people.pages import BANNERS

DEMO = Package(
    name="demo",
    title="The demo",
    pages=[calendar.bp],
    commands=[cli.demo_cli],
    before_request=[calendar.follow_calendar],
    context=[calendar.template_day, lambda: {"demo_password": SECRET.plain, "demo_roles": ROLES}],
    globals={"role_title": labels.ROLES.__getitem__},
    fillings=[
        BANNERS.filling("demo/banner.html"),
        CALENDARS.filling(calendar.follow_at_command),
        WATERMARKS.filling(calendar.watermark),
    ],
)
