"""A reader of pages who finds their forms, fills them in and sends them, as a person with a browser does."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from tests.cast import TODAY, a_picture

MOST_OF_A_KIND = 3  # pages of one endpoint that the reader opens


@dataclass
class Control:
    """A field or button of a form, as the page has it."""

    name: str
    kind: str  # the type of an input; select, textarea
    value: str
    is_chosen: bool = False  # a box that is ticked, an option that is selected
    is_needed: bool = False


@dataclass
class PageForm:
    """A form on a page: where it is sent, and what is in it."""

    action: str
    method: str
    controls: list[Control] = field(default_factory=list)

    @property
    def has_password(self) -> bool:
        return any(control.kind == "password" for control in self.controls)

    def filled(self, typed: dict[str, str] | None = None, everything: bool = False) -> list[tuple[str, Any]]:
        """What is sent when somebody fills in what is needed, or `everything`; `typed` by names of fields."""
        return [
            (control.name, (typed or {}).get(control.name) or self._value(control, everything))
            for control in self._pressed(typed or {})
        ]

    def as_shown(self) -> list[tuple[str, str]]:
        """What is sent when nothing is changed."""
        return [(control.name, control.value) for control in self._pressed({})]

    def _pressed(self, typed: dict[str, str]) -> Iterator[Control]:
        """The controls that are sent: of several of one name the chosen one, or the first."""
        chosen: dict[tuple[str, str], Control] = {}
        has_plain_button = any(control.kind == "submit" and not control.name for control in self.controls)
        for control in self.controls:
            if control.kind == "submit" and has_plain_button:
                continue
            if control.kind in ("radio", "option", "submit"):
                slot = (control.name, control.kind)
                is_better = control.is_chosen or not chosen.get(slot) or not chosen[slot].value.strip("0")
                if is_better and not (chosen.get(slot) and chosen[slot].is_chosen and not control.is_chosen):
                    chosen[slot] = control
            elif control.kind != "checkbox" or control.is_chosen or typed.get(control.name) == control.value:
                yield control
        yield from chosen.values()

    @staticmethod
    def _value(control: Control, everything: bool) -> Any:
        if control.kind == "file":
            return BytesIO(a_picture()), "photo.jpg"
        is_left = not (control.is_needed or everything)
        if control.value or is_left or control.kind in ("hidden", "radio", "option", "submit", "checkbox"):
            return control.value
        numbers = dict.fromkeys(("number", "numeric", "decimal"), "1")
        return {"date": TODAY.isoformat(), "tel": "13800001111", **numbers}.get(control.kind, "甲乙")


class _Reader(HTMLParser):
    """Collects the forms and links of a page."""

    def __init__(self, address: str, html: str) -> None:
        super().__init__()
        self.address, self.forms, self.links = address, [], []
        self._form: PageForm | None = None
        self._named: dict[str, PageForm] = {}
        self._select: str | None = None
        self._text: Control | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "a" and "href" in given:
            self.links.append(urldefrag(urljoin(self.address, given["href"])).url)
        elif tag == "form":
            action = urldefrag(urljoin(self.address, given.get("action") or self.address)).url
            self._form = PageForm(action, given.get("method", "get"))
            self.forms.append(self._form)
            self._named[given.get("id", "")] = self._form
        elif "disabled" in given:
            return
        elif tag == "input" and name and (form := self._form_of(given)):
            kind = given.get("type", "text")
            if kind == "text":
                kind = given.get("inputmode", "text")
            form.controls.append(Control(name, kind, value, "checked" in given, "required" in given))
        elif self._form is None:
            return
        elif tag == "button":
            self._form.controls.append(Control(name, "submit", value))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            self._form.controls.append(Control(self._select, "option", value, "selected" in given))
        elif tag == "textarea":
            self._text = Control(name, "textarea", "", is_needed="required" in given)
            self._form.controls.append(self._text)

    def _form_of(self, given: dict[str, str]) -> PageForm | None:
        """The form that a control belongs to: the one it names, or the one it stands in."""
        return self._named[given["form"]] if "form" in given else self._form

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._text = None

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.value += data.lstrip("\r\n")


def forms_of(answer: Any) -> list[PageForm]:
    """The forms of an answer that send something."""
    page = _Reader(answer.request.full_path.removesuffix("?"), answer.text)
    return [form for form in page.forms if form.method == "post"]


def endpoint_of(app: Any, address: str) -> str | None:
    """The endpoint that a form is sent to."""
    path = urlsplit(address)
    try:
        return app.url_map.bind("localhost").match(path.path, method="POST", query_args=path.query)[0]
    except HTTPException:
        return None


Places = dict[str, list[tuple[str, PageForm]]]


class Explorer:
    """Finds forms by following the links of pages, as one person after the other.

    Of each kind of page a few are opened, those first whose kind was opened least. Kinds that others have
    opened are opened again where something is still wanted: a form to an endpoint of their blueprint.
    """

    def __init__(self, app: Any, also: Iterable[str]) -> None:
        """Begin with a front page, and with further pages, each of which counts as a kind of its own."""
        self._app = app
        self._adapter = app.url_map.bind("localhost")
        self._kinds: dict[str, Any] = {page: (*self._kind_of(page), page) for page in ("/", *also)}
        self._known: set[Any] = set()

    def forms(self, client: Any, wanted: set[str]) -> Places:
        """The forms that somebody finds, until all that are wanted are found.

        By the endpoint that they are sent to: the page it stands on, and the form; a few of each endpoint.
        """
        rooms = {"home", *(endpoint.partition(".")[0] for endpoint in wanted)}
        found, opened = Places(), Counter[Any]()
        waiting = [address for address, kind in self._kinds.items() if self._is_due(kind, rooms)]
        while waiting and not wanted <= found.keys():
            address = min(waiting, key=lambda address: opened[self._kinds[address]])
            waiting.remove(address)
            kind = self._kinds[address]
            if opened[kind] == MOST_OF_A_KIND:
                continue
            opened[kind] += 1
            answer = client.get(address, follow_redirects=True)
            if answer.mimetype != "text/html" or answer.status_code != 200:
                continue
            here = answer.request.full_path.removesuffix("?")
            page = _Reader(here, answer.text)
            for form in page.forms:
                endpoint = endpoint_of(self._app, form.action) if form.method == "post" else None
                if endpoint and len(found.setdefault(endpoint, [])) < MOST_OF_A_KIND:
                    found[endpoint].append((here, form))
            for link in page.links:
                if link not in self._kinds and (kind := self._kind_of(link)):
                    self._kinds[link] = kind
                    if self._is_due(kind, rooms):
                        waiting.append(link)
        self._known |= opened.keys()
        return found

    def _is_due(self, kind: Any, rooms: set[str]) -> bool:
        return kind not in self._known or kind[0].partition(".")[0] in rooms

    def _kind_of(self, address: str) -> Any:
        """The kind of a page: its endpoint, and whether something is asked of it; None if it is no page."""
        path = urlsplit(address)
        try:
            endpoint = self._adapter.match(path.path, method="GET")[0]
        except HTTPException:
            return None
        is_page = path.netloc in ("", "localhost") and "." not in path.path and "as=" not in path.query
        return (endpoint, bool(path.query)) if is_page else None


def data_of(pairs: list[tuple[str, Any]]) -> MultiDict[str, Any]:
    """What is sent, for the test's client; files are opened anew each time."""
    return MultiDict(
        (name, (BytesIO(value[0].getvalue()), value[1]) if isinstance(value, tuple) else value)
        for name, value in pairs
    )
