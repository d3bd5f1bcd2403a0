"""The table of roles and pages for docs/roles.md, written from the routes themselves."""

from collections.abc import Iterable, Sequence

from ground.contributions import packages
from people.access import Route
from people.models import Role
from people.signin.accounts import ROLES_TO_GIVE

TITLES = {
    Role.PREFECTURE: "州级",
    Role.COUNTY: "县",
    Role.TOWNSHIP: "乡镇",
    Role.CHAIR: "主任",
    Role.CLERK: "文书",
    Role.SUPERVISOR: "村务监督",
    Role.INSTRUCTOR: "指导员",
    Role.MANAGER: "店长",
    Role.VOLUNTEER: "志愿者",
    Role.WORKER: "网格员",
}

PLACES = {Role.PREFECTURE: "a prefecture", Role.COUNTY: "a county", Role.TOWNSHIP: "a township"}

INTRODUCTION = """\
# Roles

Written by `flask --app app roles > docs/roles.md` from the routes and their rules; a test compares them.

A role is given for an area and holds there and in everything below it. One person may hold several. What
lies outside one's areas does not exist (404); inside, what no role of one's own includes is not allowed
(403); who has not signed in is sent to the sign-in page, and who has a temporary password to choosing their
own. Addresses with `<village>` exist for villages and communities only, those with `<area>` for townships
and counties too. Outside the village names and phones are masked. Programs bring the key of a device,
which opens the interface described in [api.md](api.md) and nothing else; there a sign-in opens nothing.

## Who gives which role

In their own area and below. It is a rule of this house: who is watched does not choose who watches, nobody
changes their own roles, nobody keeps the sign-in of somebody who holds a role they could not give, and who
awards points does not hand out goods in the same place.

"""


def sheet(routes: Sequence[Route]) -> str:
    """The whole of docs/roles.md, in Markdown."""
    by_role = [route for route in routes if route.rule.roles is not None]
    parts = [INTRODUCTION, *_table(["role", "on the pages", "held for", "gives"], map(_giving, TITLES))]
    for package in packages():
        own = [route for route in by_role if route.package == package.name]
        if own:
            parts += [
                f"\n## {package.title} (`{package.name}`)\n\n",
                *_table(["page or action", "asked by", *TITLES.values()], map(_line, own)),
            ]
    devices = [route for route in routes if route.rule.device]
    public = [route for route in routes if route.rule.public]
    others = [route for route in routes if route not in [*by_role, *devices, *public]]
    for title, listed_routes in (
        ("Everyone signed in, whatever the role", others),
        ("Programs, by the key of a device", devices),
        ("Without signing in", public),
    ):
        parts += [f"\n## {title}\n\n", *_table(["page or action", "asked by"], map(_names, listed_routes))]
    return "".join(parts)


def _giving(role: Role) -> list[str]:
    given_roles = ROLES_TO_GIVE.get(role, ())
    words = "、".join(title for other, title in TITLES.items() if other in given_roles)
    return [role.value, TITLES[role], PLACES.get(role, "a village or community"), words or "–"]


def _line(route: Route) -> list[str]:
    roles = route.rule.roles_for(route.methods[0]) or frozenset()
    return [*_names(route), *("●" if role in roles else "" for role in TITLES)]


def _names(route: Route) -> list[str]:
    return [route.description, f"`{' '.join(route.methods)} {route.address}`"]


def _table(head: list[str], lines: Iterable[list[str]]) -> list[str]:
    return [_row(head), _row(["---"] * len(head)), *map(_row, lines)]


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |\n"
