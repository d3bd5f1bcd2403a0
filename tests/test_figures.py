"""Figures in any width: every field in which numbers and codes are typed reads wide ones as narrow ones."""

import re
from pathlib import Path

import pytest
import wtforms
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, FormField

from ground.figures import has_identity_number, narrow
from ground.forms import FiguresField, NumberField
from people.forms.accounts import FirstPasswordForm, SignInForm
from people.forms.roster import CodeField
from people.signin import passwords
from shop.forms.counts import CountsField
from shop.forms.desk import BasketField
from tests.product import PACKAGES

ROOT = Path(__file__).parent.parent
WIDE = str.maketrans({chr(sign): chr(sign + 0xFEE0) for sign in range(0x21, 0x7F)} | {" ": "\u3000"})
TYPED = (
    "348",
    " 348 ",
    "-3.5",
    "+3",
    "12.50",
    "6901028075831",
    "138-0000 1111",
    "S0000 0123",
    "532323101001",
    "",
)
# Fields of words, of a choice, and what the browser or the page fills in.
OF_WORDS = {
    *("FormKeyField", "MeantField", "StringField", "TextAreaField", "CellTextField", "NamesField"),
    "PasswordField",
    *(
        "SelectField",
        "RadioField",
        "SelectMultipleField",
        "DateField",
        "TimeField",
        "FileField",
        "PhotoField",
    ),
    *("HiddenField", "LastSeenField", "SearchField", "FileField", "PhotoField"),
}
CONTROLS = {CountsField: "units-7", BasketField: "goods-7"}
# What is a number in these is for the keys of a phone to say: see the templates.
KEYS = re.compile(r"field\(\w+\.(\w+),[^}\n]*?inputmode=\"(?:numeric|decimal|tel)\"")


def form_classes(kind=wtforms.Form):
    for form in kind.__subclasses__():
        if form.__module__.split(".")[0] in PACKAGES:
            yield form
        yield from form_classes(form)


def fields_of(app):
    """Every field of every form of the application, its forms in lists and forms too."""
    found = {}
    with app.test_request_context():
        for form in {*form_classes()}:
            for name, field in unbound(form):
                found[f"{form.__name__}.{name}"] = field
    assert len(found) > 150
    return found


def unbound(form):
    for name in dir(form):
        field = getattr(form, name)
        if type(field).__name__ == "UnboundField":
            inner = field.args[0] if field.field_class is FieldList else field
            if inner.field_class is not FormField:
                yield name, inner


def read(app, unbound_field, typed):
    """What a field makes of a text: what it holds, what it says, and what else it has read."""
    with app.test_request_context():
        form = wtforms.Form()
        field = unbound_field.bind(form=form, name="typed", prefix="", _meta=form.meta)
        name = CONTROLS.get(type(field), "typed")
        field.process(MultiDict({name: typed}))
        field.validate(form)
        more = {part: getattr(field, part, None) for part in ("value", "tenths", "fen")}
        faults = {key: str(text) for key, text in getattr(field, "faults", {}).items()}
        data = None if isinstance(field, CodeField) else field.data  # a cell's text stays as it was typed
        return data, [str(error) for error in field.errors], more, faults


def test_every_field_of_figures_reads_every_width(plain_app):
    asked = set()
    for name, field in fields_of(plain_app).items():
        if field.field_class.__name__ in OF_WORDS:
            continue
        for typed in TYPED:
            assert read(plain_app, field, typed) == read(plain_app, field, typed.translate(WIDE)), (
                name,
                typed,
            )
        asked.add(field.field_class.__name__)
    assert {
        "NumberField",
        "CodeField",
        "FiguresField",
        "PointsField",
        "MoneyField",
        "CountsField",
        "BasketField",
    } <= asked


def test_no_field_leaves_numbers_to_the_browser(plain_app):
    """A browser's own number field drops what it does not know, and says nothing."""
    for name, field in fields_of(plain_app).items():
        if issubclass(field.field_class, wtforms.IntegerField | wtforms.DecimalField | wtforms.FloatField):
            assert issubclass(field.field_class, NumberField), name
    for page in (ROOT / "templates").rglob("*.html"):
        assert 'type="number"' not in page.read_text(), page


def test_what_has_number_keys_on_a_phone_is_a_field_of_figures(plain_app):
    keyed = {name for page in (ROOT / "templates").rglob("*.html") for name in KEYS.findall(page.read_text())}
    assert {"barcode", "phone", "price", "right", "village"} <= keyed
    for name, field in fields_of(plain_app).items():
        if name.partition(".")[2] in keyed:
            assert issubclass(field.field_class, FiguresField | NumberField | CodeField), name


@pytest.mark.parametrize("typed", TYPED)
def test_the_fold_makes_narrow_what_was_typed_wide(typed):
    assert narrow(typed.translate(WIDE)) == typed.strip()


def test_signs_of_a_chinese_keyboard_are_read_too():
    assert [narrow(typed) for typed in ("３。５", "—２", "−２", "１\u200b２")] == ["3.5", "-2", "-2", "12"]
    assert narrow("３²") == "3²"


def test_a_pin_is_the_same_in_any_width(plain_app):
    assert passwords.plain_digits("　４８１５１６ ") == "481516"
    with plain_app.test_request_context(method="POST", data={"new": "481516", "again": "４８１５１６"}):
        assert FirstPasswordForm().validate()
    with plain_app.test_request_context(method="POST", data={"new": "481516", "again": "481517"}):
        assert not FirstPasswordForm().validate()
    with plain_app.test_request_context(method="POST", data={"username": "1", "password": "ａｂｃ"}):
        assert SignInForm().password.data == "ａｂｃ"  # a password is taken sign by sign


IDENTITY_NUMBERS = [  # the page of a desk without a network tells them apart too
    ("532323196807041211", True),
    ("身份证５３２３２３１９６８０７０４１２１１，男", True),
    ("3 532323 19680704 106x", True),
    ("532323-19680704-106X", True),
    ("532323196807041212", False),  # its check digit does not fit
    ("5323231968070412110", False),
    ("13900000001 6901028075831", False),
    ("2026-12-28", False),
]


@pytest.mark.parametrize(("text", "is_one"), IDENTITY_NUMBERS)
def test_the_number_of_an_identity_card_is_told_from_others(text, is_one):
    assert has_identity_number(text) is is_one
