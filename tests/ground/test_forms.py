"""What forms say by themselves: every sentence is the house's own, none is WTForms'."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import flask_wtf
import pytest
import wtforms
from babel.messages.mofile import read_mo
from werkzeug.datastructures import MultiDict
from wtforms.fields.choices import SelectFieldBase
from wtforms.fields.core import UnboundField
from wtforms.validators import InputRequired, Length

from ground.clock import Quarter
from ground.figures import NO_IDENTITY_NUMBER
from ground.forms import OUR_SENTENCES, Form, InWords, Rows, _OurWords
from ground.refusal import required_reason
from points.forms.quarter import MeetingForm
from tests.cast import VILLAGE
from tests.product import PACKAGES
from tests.story import refusal

CATALOGUES = Path(wtforms.__file__).parent / "locale"
# Never shown: it is a mistake of ours.
NOT_SHOWN = {"Choices cannot be None."}


def form_classes(base=wtforms.Form):
    """Every form class of the program, rows of forms too; the application has imported all of them."""
    for each in base.__subclasses__():
        if each.__module__.partition(".")[0] in PACKAGES:
            yield each
        yield from form_classes(each)


FORM_CLASSES = sorted(set(form_classes()), key=lambda each: each.__qualname__)


def sentences_in_code():
    """Every sentence that WTForms and Flask-WTF look up in their catalogues; of a plural the first."""
    for package in (wtforms, flask_wtf):
        for file in Path(package.__file__).parent.rglob("*.py"):
            if "csrf" in str(file.relative_to(Path(package.__file__).parent)):
                continue  # a stale page is answered by a page of its own
            for node in ast.walk(ast.parse(file.read_text())):
                name = getattr(node.func, "attr", "") if isinstance(node, ast.Call) else ""
                if name in ("gettext", "ngettext") and isinstance(node.args[0], ast.Constant):
                    yield node.args[0].value


def test_every_sentence_of_wtforms_has_one_of_ours():
    found = set(sentences_in_code())
    assert len(found) > 25
    assert found - NOT_SHOWN - OUR_SENTENCES.keys() == set()


def told_by_wtforms() -> Iterator[re.Pattern[str]]:
    """What any of WTForms' catalogues for Chinese and its own English would say, whatever it fills in."""
    sentences = set(sentences_in_code())
    with (CATALOGUES / "zh/LC_MESSAGES/wtforms.mo").open("rb") as file:
        for message in read_mo(file):
            for texts in (message.id, message.string) if message.id else ():
                sentences |= {texts} if isinstance(texts, str) else set(texts)
    for sentence in sentences:
        yield re.compile(re.sub(r"%\\?\(\w+\\?\)[sd]|%s", ".*", re.escape(sentence)))


TYPED = ["", " ", "x", "三", "-1", "0", "9" * 12, "9999-99-99", "长" * 3000, "\0"]


@pytest.fixture(scope="module")
def foreign():
    return list(told_by_wtforms())


def test_the_search_for_foreign_sentences_finds_them(foreign):
    for sentence in (
        "该字段是必填字段。",
        "数值大小必须介于 1 到 200 之间。",
        "Field cannot be longer than 5 character.",
    ):
        assert any(each.fullmatch(sentence) for each in foreign), sentence
    assert not any(each.fullmatch("请填1到200之间的数。") for each in foreign)


def leaves(errors):
    """The sentences among the errors of a form, of its rows too."""
    if isinstance(errors, dict):
        errors = errors.values()
    elif not isinstance(errors, list | tuple):
        return [str(errors)]
    return [sentence for each in errors for sentence in leaves(each)]


@pytest.mark.parametrize("form_class", FORM_CLASSES, ids=lambda each: each.__qualname__)
def test_no_form_says_a_sentence_of_wtforms(plain_app, form_class, foreign):
    assert issubclass(form_class, Form | Rows)
    for typed in TYPED:
        with plain_app.test_request_context("/", method="POST"):
            arguments = [Quarter(2026, 4)] if issubclass(form_class, MeetingForm) else []
            shape = form_class(*arguments, formdata=MultiDict())
            sent = MultiDict()
            for field in shape:
                if isinstance(field, wtforms.FieldList):
                    rows = {f"{entry.name}": entry for entry in field.entries} or {f"{field.name}-0": None}
                    for name in rows:
                        row_class = field.unbound_field.args[0]
                        sent.update({f"{name}-{inner.name}": typed for inner in row_class(MultiDict())})
                else:
                    sent[field.name] = typed
            form = form_class(*arguments, formdata=sent)
            for field in form:
                if isinstance(field, SelectFieldBase) and field.choices is None:
                    field.choices = []
            form.validate()
            told = leaves(form.errors)
        assert [sentence for sentence in told if any(each.fullmatch(sentence) for each in foreign)] == []


def test_every_field_of_every_form_was_asked(plain_app):
    """Forms are found at all, from every package that has some."""
    assert {each.__module__.partition(".")[0] for each in FORM_CLASSES} >= {
        "ground",
        "people",
        "points",
        "duties",
        "shop",
    }
    assert len(FORM_CLASSES) > 50


def test_a_form_says_it_in_plain_chinese(cast, client_of):
    sent = {"quarter": "2026Q4", "seed": "8", "size": "900"}
    page = client_of(cast.supervisor).post(f"/v/{VILLAGE}/samples", data=sent).text
    assert "请填1到100之间的数。" in page
    page = client_of(cast.supervisor).post(f"/v/{VILLAGE}/samples", data=sent | {"size": ""}).text
    assert "请填写。" in page


# Their text is not kept: it is looked for, or proves who somebody is.
KEEPING_NONE = {"SignInForm"}


@pytest.mark.parametrize("form_class", FORM_CLASSES, ids=lambda each: each.__qualname__)
def test_no_text_that_is_kept_holds_the_number_of_an_identity_card(plain_app, form_class):
    arguments = [Quarter(2026, 4)] if issubclass(form_class, MeetingForm) else []
    with plain_app.test_request_context("/", method="POST"):
        typed = "李秀明，53232319680704106x"
        texts = [
            field.name
            for field in form_class(*arguments, formdata=MultiDict())
            if isinstance(field, wtforms.StringField)
            and not isinstance(field, wtforms.PasswordField | wtforms.HiddenField)
        ]
        form = form_class(*arguments, formdata=MultiDict(dict.fromkeys(texts, typed)))
        for field in form:
            if isinstance(field, SelectFieldBase) and field.choices is None:
                field.choices = []
        form.validate()
        is_refused = [NO_IDENTITY_NUMBER in form[name].errors for name in texts]
        keeps = getattr(form_class, "keeps_text", True)
        assert is_refused == [keeps] * len(texts)
        assert keeps or form_class.__name__ in KEEPING_NONE or not form_class.Meta.csrf


# What has to be typed and is a name or a matter, and no reason: one letter can be all of it.
PLAIN_TEXTS = {
    *("name", "agency", "parties", "mediators", "relation", "topic", "matter", "what", "place", "password"),
    *("new", "scan", "digest", "text of NegativeItemForm", "text of WishForm"),
}


def required_texts():
    """Every field in which a text has to be typed: its form, its name, and whether it is in words."""
    for form in FORM_CLASSES:
        for name in dir(form):
            field = getattr(form, name)
            if isinstance(field, UnboundField) and issubclass(field.field_class, wtforms.StringField):
                checks = field.kwargs.get("validators", ())
                is_long = any(isinstance(each, Length) and each.max >= 100 for each in checks)
                needs = [each for each in checks if isinstance(each, InputRequired)]
                if needs and is_long:
                    yield form, name, isinstance(needs[0], InWords)


def test_every_reason_and_all_that_shows_something_is_in_words():
    """A new field decides whether it is one."""
    plain = {
        (form.__name__, name)
        for form, name, is_in_words in required_texts()
        if not is_in_words and not {name, f"{name} of {form.__name__}"} & PLAIN_TEXTS
    }
    assert plain == set()


def test_one_letter_or_none_says_nothing(plain_app):
    in_words = [(form, name) for form, name, is_in_words in required_texts() if is_in_words]
    assert len(in_words) > 20
    with plain_app.test_request_context():
        for form, name in in_words:
            for typed, is_taken in (
                *((each, False) for each in ("", " ", "无无无无", "aAaA", "。。。。", "7")),
                *((each, True) for each in ("下雨", "没有没有", "3号来过")),
            ):
                field = getattr(form, name).bind(form=wtforms.Form(), name=name, translations=_OurWords())
                field.process(MultiDict({name: typed}))
                assert field.validate(wtforms.Form()) is is_taken, (form, name, typed)


def test_a_verb_takes_no_such_reason_either():
    for typed in ("", "无无", "——"):
        with refusal("reason_missing"):
            required_reason(typed)
    assert required_reason(" 下雨 ") == "下雨"
