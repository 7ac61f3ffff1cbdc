"""What each form of a setting accepts, gives back and shows."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, ClassVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.model.errors import SettingInvalid, SettingUnknown
from tertulia.settings import SiteSettings, format_value, parse_value, settings_table, show_value
from tertulia.settings.knob import Form, Knob
from tertulia.settings.table import rows_of
from tertulia.settings.values import broken_pairs, mask_text, read_value


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("port", " 4300 ", 4300),
        ("worker", "off", False),
        ("worker", "T", True),
        ("log_format", "json", "json"),
        ("title", "  Plaza ", "Plaza"),
        ("title", "Plaça 广场", "Plaça 广场"),
        ("site_description", "", ""),
        ("blocked_email_domains", " a.org | |b.org|", ("a.org", "b.org")),
        ("blocked_email_domains", "", ()),
        ("trusted_proxies", "10.0.0.0/8, ::1", (ip_network("10.0.0.0/8"), ip_network("::1/128"))),
        ("trusted_proxies", "10.0.0.1|10.0.0.2", (ip_network("10.0.0.1"), ip_network("10.0.0.2"))),
        ("base_url", "HTTPS://Forum.Example.org:8443/", "https://forum.example.org:8443"),
        ("base_url", "http://[::1]:4200", "http://[::1]:4200"),
        ("base_url", "", ""),
        ("contact_url", "https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ("contact_email", "root@localhost", "root@localhost"),
        ("database", "postgresql://u:p@h:5432/forum", "postgresql://u:p@h:5432/forum"),
        ("database", "postgresql:///forum?host=/run", "postgresql:///forum?host=/run"),
        ("database", "postgresql://h1:1,h2:2/forum", "postgresql://h1:1,h2:2/forum"),
        ("redis", "rediss://[::1]:6379/0", "rediss://[::1]:6379/0"),
        ("redis", "unix:///run/redis.sock", "unix:///run/redis.sock"),
        ("data", "some/where", Path("some/where")),
        ("jwt_secret", " ", " "),
    ],
)
def test_a_good_text_is_read(name: str, text: str, value: object) -> None:
    assert read_value(settings_table()[name], text=text) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *[("port", text) for text in ("", "-1", "65536", "4.2", "0x10", "1_0", "٤٢", "4 2", "9" * 5000, "nan")],
        *[("worker", text) for text in ("", "maybe", "2", "truee")],
        *[("log_format", text) for text in ("", "JSON", "xml", "json,text")],
        *[("title", text) for text in ("", "   ", "a\x00b", "a\nb", "a\u2028b", "a\x1bb", "\udcff", "x" * 256)],
        *[("trusted_proxies", text) for text in ("10.1.2.3/8", "localhost", "10.0.0.0/33", "*", "1")],
        ("trusted_proxies", ",".join(["10.0.0.1"] * 1001)),
        *[("base_url", text) for text in ("example.org", "ftp://a", "http://", "http://a/b", "http://a?b")],
        *[("base_url", text) for text in ("http://u@a", "http://a:99999", "http://a:0", "http://ñ", "http://a b")],
        *[("base_url", text) for text in ("http://a#", "http://a:", "//a", "http://[::1", 'http://"a')],
        *[("contact_url", text) for text in ("javascript:alert(1)", "https://", "http://a b", 'http://a/"><b>')],
        *[("contact_email", text) for text in ("nobody", "a@", "@b", "a b@c", "<a@b>", "a@b,c@d")],
        *[("database", text) for text in ("mysql://h/f", "forum.db", "postgresql:h", "postgresql://")],
        *[("database", text) for text in ("postgresql://h:port/f", "postgresql://h:/f", "postgresql://[h/f")],
        *[("redis", text) for text in ("redis://", "http://h", "redis://h h")],
        *[("data", text) for text in ("", "a\x00b")],
    ],
)
def test_a_bad_text_is_refused_with_what_is_allowed(name: str, text: str) -> None:
    with pytest.raises(SettingInvalid) as caught:
        read_value(settings_table()[name], text=text)
    assert caught.value.params["name"] == name
    assert caught.value.params["allowed"]


class Factors(msgspec.Struct, frozen=True, kw_only=True):
    category: ClassVar[str] = "extra"

    factor: Annotated[float, Knob("A factor.", 1, 3)] = 1.5


def test_a_number_with_a_fraction_is_read_within_its_bounds() -> None:
    (row,) = rows_of(Factors, scope="site")
    assert (row.form, row.category, read_value(row, text="2.25")) == (Form.FLOAT, "extra", 2.25)
    for text in ("0.5", "3.01", "1e0", "inf", "nan", ""):
        with pytest.raises(SettingInvalid):
            read_value(row, text=text)


def test_an_administrator_can_set_only_site_settings() -> None:
    assert parse_value("max_tags_per_topic", text="7") == 7
    for name in ("port", "secret_key", "no_such_setting", "__class__", "category", ""):
        with pytest.raises(SettingUnknown):
            parse_value(name, text="7")


def test_a_limit_above_its_partner_is_refused_and_the_partner_is_named() -> None:
    site = SiteSettings()
    with pytest.raises(SettingInvalid) as caught:
        parse_value("max_topic_title_length", text="14", site=site)
    assert caught.value.params["allowed"] == "a whole number, at least 15 (min_topic_title_length)"
    with pytest.raises(SettingInvalid) as caught:
        parse_value("min_username_length", text="21", site=site)
    assert caught.value.params["allowed"] == "a whole number, at most 20 (max_username_length)"
    assert parse_value("min_username_length", text="20", site=site) == 20


def test_the_default_of_every_setting_is_a_value_that_it_accepts_and_survives_being_stored() -> None:
    for name, row in settings_table().items():
        assert read_value(row, text=format_value(name, value=row.default)) == row.default, name
    assert broken_pairs(msgspec.structs.asdict(SiteSettings())) == []


@given(name=st.sampled_from(sorted(settings_table())), text=st.text(max_size=60))
def test_whatever_is_accepted_survives_being_stored(name: str, text: str) -> None:
    row = settings_table()[name]
    try:
        value = read_value(row, text=text)
    except SettingInvalid:
        return
    assert read_value(row, text=format_value(name, value=value)) == value


def test_secrets_and_passwords_in_addresses_are_masked_for_people_only() -> None:
    address = "postgresql://forum:p@ss/word@db:5432/forum"
    assert show_value("database", value=address) == "postgresql://********@db:5432/forum"
    assert format_value("database", value=address) == address
    assert show_value("redis", value="redis://h?password=x&db=1") == "redis://h?password=********&db=1"
    assert show_value("secret_key", value="hunter2") == "********"
    assert show_value("secret_key", value="") == ""
    assert mask_text(settings_table()["title"], text="me@home") == "me@home"


def test_only_settings_can_be_formatted() -> None:
    with pytest.raises(SettingUnknown):
        format_value("no_such_setting", value=1)
