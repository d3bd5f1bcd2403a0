"""A figure with a sign too many is asked back once, in words: over every field for one."""

import pytest
import wtforms
from flask_babel import force_locale
from werkzeug.datastructures import MultiDict

from ground.forms import AskingField, DayField, Rows
from ground.paper import words
from people.forms import accounts, roster
from points.forms import objections, quarter
from points.forms.fields import PointsField
from points.models import Voucher
from points.services import deciding, flags, recording, together
from shop.forms.counts import CountForm
from shop.forms.money import MoneyField
from shop.models import Price
from tests.cast import TODAY, VILLAGE
from tests.story import count, do, refused
from tests.test_figures import form_classes

HERE = f"/v/{VILLAGE}"

# Where every figure that the rule lets through can be meant, and why.
NEVER_ASKED = {
    (accounts.GrantForm, "grant"): "the page fills it in",
    (roster.PersonForm, "birth_year"): "a year has its two ends",
    (quarter.AdjustmentForm, "amount"): "asked about by what is usual for the worker",
    (objections.AnswerForm, "change"): "asked about by what is usual for the worker",
}


def figures():
    """Every field for a figure, by its form and name, with the most that is usual in its unit."""
    for form in form_classes():
        for name, unbound in form.__dict__.items():
            kind = getattr(unbound, "field_class", None)
            if kind and issubclass(kind, AskingField) and not issubclass(kind, DayField):
                yield form, name, unbound


def test_every_field_for_a_figure_asks_above_what_is_usual(plain_app):
    never = set()
    for form, name, unbound in figures():
        if unbound.kwargs["usual"] is None:
            never.add((form, name))
            continue
        kind = unbound.field_class
        unit = 10 if issubclass(kind, PointsField) else 100 if issubclass(kind, MoneyField) else 1
        most = unbound.kwargs["usual"] // unit
        whole, tick = most + 1, (most + 1) * (100 if unit == 100 else 1)  # money is ticked in fen
        for typed, ticks, is_asked in (
            (most, [], False),
            (whole, [], True),
            (whole, ["7"], True),
            (whole, [str(tick)], False),
        ):
            sent = MultiDict([(name, str(typed)), *((f"{name}-sure", tick) for tick in ticks)])
            with plain_app.test_request_context(method="POST", data=sent), force_locale("zh"):
                bound = form(sent) if issubclass(form, Rows) else form()
                bound[name].validate(bound)
                told = " ".join(map(str, bound[name].errors))
                assert (words.figure_in_words(typed) in told) == is_asked, (form, name, typed, told)
                assert (f'name="{name}-sure"' in str(bound[name]())) == (typed == whole), (form, name)
    assert never == NEVER_ASKED.keys()


def test_there_is_no_field_for_a_figure_beside_these():
    bare = {
        (form.__name__, name)
        for form in form_classes()
        for name, unbound in form.__dict__.items()
        if issubclass(getattr(unbound, "field_class", type(None)), wtforms.IntegerField)
        and not issubclass(unbound.field_class, AskingField)
    }
    assert bare == set()


@pytest.mark.parametrize(
    ("number", "chinese", "english"),
    [
        (0, "零", "zero"),
        (10, "十", "ten"),
        (101, "一百零一", "one hundred one"),
        (999, "九百九十九", "nine hundred ninety-nine"),
        (10_050, "一万零五十", "ten thousand fifty"),
        (100_000, "十万", "one hundred thousand"),
        (20_304_000, "二千零三十万四千", "twenty million three hundred four thousand"),
        (10**30, "1" + "0" * 30, "1" + "0" * 30),
    ],
)
def test_figures_in_words(plain_app, number, chinese, english):
    for language, told in (("zh", chinese), ("en", english)):
        with plain_app.test_request_context(), force_locale(language):
            assert words.figure_in_words(number) == told


def test_a_count_is_asked_back_article_by_article(plain_app):
    for ticks, faults in (({}, [7]), ({"sure-7": "998"}, [7]), ({"sure-7": "999"}, [])):
        sent = {"units-7": "９９９", "units-8": "5", **ticks}
        with plain_app.test_request_context(method="POST", data=sent):
            form = CountForm()
            assert sorted(form.counts.faults) == sorted(form.counts.asked) == faults
            assert 8 in form.counts.data


def test_a_price_far_from_the_one_before_is_asked_back(cast, client_of):
    manager, place = client_of(cast.manager), f"{HERE}/goods/{cast.goods.id}/price"
    for price in ("9", "1"):  # it costs 3 points
        asked = manager.post(place, data={"price": price, "holds_from": TODAY.isoformat()})
        assert asked.status_code == 422
        assert f'name="price-sure" value="{price}"' in asked.text
    assert manager.post(place, data={"price": "8", "holds_from": TODAY.isoformat()}).status_code == 302
    sure = {"price": "20", "price-sure": "20", "holds_from": TODAY.isoformat()}
    assert manager.post(place, data=sure).status_code == 302
    assert count(Price) == 4 + 2


def test_many_units_in_one_record_are_looked_at_by_somebody_else(cast):
    """Who keyed it in does not confirm it on a witness's word, and it is not confirmed with others."""
    claim = (cast.worker, cast.item("入户发放"), TODAY, 51, "", cast.clerk)
    many = do(recording.record, "m" * 16, *claim)
    signs = flags.flags_of(cast.village, [many])
    assert flags.Sign.MANY_UNITS in [flag.sign for flag in signs[many.id]]
    assert together.reasons_to_look([many], signs, cast.chair)[many.id].code == "shows_sign"
    witness = Voucher.HOUSEHOLD
    refused("many_units", deciding.confirm, many, cast.clerk, witness, "张大山")
    do(deciding.confirm, many, cast.chair)
