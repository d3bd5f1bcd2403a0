"""The search over everything, from the field in every page's head."""

from flask import g, redirect, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response

from people import access, pages
from people.finding import SearchWords
from people.models import IN_A_COUNTY
from people.views.home import bp
from people.views.shown import sight


@bp.get("/a/<area>/find")
@access.allow(*IN_A_COUNTY)
def find(area: str) -> Response | str:
    """What `?q=` finds in an area, kind by kind; the one thing with that very number is opened at once."""
    words = SearchWords(request.args.get("q", ""))
    found = pages.search_everything(pages.Search(g.area, current_user, g.roles, sight(), words))
    exact = {hit.url for _kind, hits in found for hit in hits.first if hit.is_exact}
    if len(exact) == 1:
        return redirect(exact.pop())
    return render_template("people/finding/find.html", found=found, search_words=words.typed)
