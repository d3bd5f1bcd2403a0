"""The register of the counties, as somebody wrote it by hand or asked a command for it."""

import json

import pytest

from ground.tenants.register import BadRegister, Register, Tenant, check

AT = "https://mouding.example"


@pytest.mark.parametrize(
    "address",
    [
        AT,
        "http://mouding.localhost:8000",
        "https://MOUDING.example",
        "https://xn--fiq228c.example",
        "http://[::1]:8",
    ],
)
def test_an_address_that_browsers_ask_for(address):
    check({"a": Tenant("a", address)})


@pytest.mark.parametrize(
    "host",
    [
        *("mouding.example.", "牟定.example", "a b.example", "a.example,b.example", "u:p@a.example", "a..b"),
        *(
            "*.example",
            "-a.example",
            "a.example?",
            "a.example#",
            "a.example/",
            "a.example:99999",
            "a.example:0",
        ),
        *("", "[::1", "a\n.example", "Kelvin\u212a.example"),
    ],
)
def test_an_address_at_which_nobody_would_be_found(host):
    with pytest.raises(BadRegister, match="is no address"):
        check({"a": Tenant("a", f"https://{host}")})


@pytest.mark.parametrize("url", ["postgresql:///aixin", "postgres://u:p@host/aixin"])
def test_a_database_in_which_each_has_its_schema(url):
    check({"a": Tenant("a", AT, database=url)})


@pytest.mark.parametrize(
    "url", ["sqlite:////srv/one.sqlite", "mysql://u:geheim@x/y", "geheim", "postgresql:"]
)
def test_a_database_that_counties_would_share_or_nobody_knows(url):
    with pytest.raises(BadRegister, match="has to be like postgresql") as refused:
        check({"a": Tenant("a", AT, database=url)})
    assert "geheim" not in str(refused.value)  # a password may stand in it


@pytest.mark.parametrize(
    "facts", [{"address": 5}, {"address": None}, {"name": None}, {"database": 7}, {"is_closed": "no"}]
)
def test_a_fact_of_the_wrong_kind_is_named(tmp_path, facts):
    (tmp_path / "counties.json").write_text(json.dumps({"a": {"address": AT} | facts}))
    with pytest.raises(BadRegister, match=f"a: {next(iter(facts))} can't be "):
        Register(tmp_path).tenants()
