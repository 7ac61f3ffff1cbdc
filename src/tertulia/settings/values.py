"""Text to value and back, by the form of a setting; what is allowed, in words; what may be shown.

No setting is declared and no source is read here. Values meet hostile text: every form bounds what it takes.
Read next: `table.py` for the rows, `loading.py` for the first of the callers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from tertulia.model.errors import SettingInvalid, SettingUnknown
from tertulia.settings.knob import Form, Setting
from tertulia.settings.site import SiteSettings
from tertulia.settings.table import PAIRS, settings_table

MASK = "********"
MOST_ITEMS = 1000
_TRUE = frozenset({"true", "t", "1", "yes", "on"})
_FALSE = frozenset({"false", "f", "0", "no", "off"})
_WHOLE = re.compile(r"[+-]?[0-9]{1,15}\Z")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9]([a-z0-9._-]*[a-z0-9])?)(:[0-9]{1,5})?\Z")
_EMAIL = re.compile(r"[^\s@<>\"',;]{1,64}@[^\s@<>\"',;]{1,190}\Z")
_BAD_PORT = re.compile(r":(?![0-9]{1,5}\Z)[^\]:]*\Z")
_PASSWORD_FIELD = re.compile(r"(?i)(password=)[^&\s]*")


def parse_value(name: str, *, text: str, site: SiteSettings | None = None) -> object:
    """The value that `text` means for the site setting `name`, checked against `site` where two go together.

    Raises SettingUnknown for names that are not site settings (process settings cannot be changed while a
    process runs), and SettingInvalid with what is allowed.
    """
    setting = settings_table().get(name)
    if setting is None or setting.scope != "site":
        raise SettingUnknown(name=name)
    value = read_value(setting, text=text)
    values = {} if site is None else {each: getattr(site, each) for pair in PAIRS for each in pair}
    for low, high in broken_pairs({**values, name: value}):
        if name in (low, high):
            word, other = ("most", high) if name == low else ("least", low)
            raise SettingInvalid(name=name, allowed=f"a whole number, at {word} {values[other]} ({other})")
    return value


def read_value(setting: Setting, *, text: str) -> object:
    """The value that `text` means for `setting`; numbers within its bounds, texts within its length.

    Raises SettingInvalid with what is allowed.
    """
    cleaned = text if setting.secret else text.strip()
    try:
        if cleaned == "" and not setting.may_be_empty:
            raise ValueError
        if _CONTROL.search(cleaned):
            raise ValueError
        if cleaned == "" and setting.form not in (Form.LIST, Form.NETWORKS):
            return ""
        return _READERS[setting.form](setting, cleaned)
    except ValueError:
        raise SettingInvalid(name=setting.name, allowed=describe_allowed(setting)) from None


def describe_allowed(setting: Setting) -> str:
    """What a setting accepts, as the end of a sentence."""
    least, most = _number(setting.minimum), _number(setting.maximum)
    words = {
        Form.INTEGER: f"a whole number from {least} to {most}",
        Form.FLOAT: f"a number from {least} to {most}",
        Form.BOOLEAN: "true or false",
        Form.TEXT: f"a text of {least} to {most} characters, without control characters",
        Form.CHOICE: "one of " + ", ".join(setting.choices),
        Form.LIST: f"texts separated by |, at most {MOST_ITEMS}",
        Form.NETWORKS: "networks such as 10.0.0.0/8 or addresses such as ::1, separated by commas",
        Form.ORIGIN: "http:// or https://, a host in ASCII and perhaps a port, without a path",
        Form.URL: "a web address that begins with http:// or https://",
        Form.ADDRESS: "an address that begins with " + " or ".join(f"{each}://" for each in setting.schemes),
        Form.EMAIL: "an e-mail address",
        Form.PATH: "a path",
    }[setting.form]
    emptied = setting.may_be_empty and setting.form not in (Form.TEXT, Form.CHOICE)
    return f"{words}, or nothing" if emptied else words


def broken_pairs(values: Mapping[str, object]) -> list[tuple[str, str]]:
    """The pairs of limits among `values` whose lower one is above the upper one."""
    return [
        (low, high)
        for low, high in PAIRS
        if isinstance(least := values.get(low), int) and isinstance(most := values.get(high), int) and least > most
    ]


def format_value(name: str, *, value: object) -> str:
    """The text that `read_value` reads back as `value`: what the database keeps. Secrets are not masked.

    Raises SettingUnknown.
    """
    if name not in settings_table():
        raise SettingUnknown(name=name)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return "|".join(map(str, value))
    return _number(value) if isinstance(value, float) else str(value)


def show_value(name: str, *, value: object) -> str:
    """`format_value` for people: secrets and the passwords inside addresses are masked. Empty stays empty."""
    return mask_text(settings_table()[name], text=format_value(name, value=value))


def mask_text(setting: Setting, *, text: str) -> str:
    """`text` without what is secret in it, whether or not it is a good value of `setting`."""
    if setting.secret:
        return MASK if text else ""
    if setting.form is not Form.ADDRESS:
        return text
    before, at, after = text.rpartition("@")
    scheme = next((f"{each}://" for each in setting.schemes if before.startswith(f"{each}://")), "")
    return _PASSWORD_FIELD.sub(rf"\g<1>{MASK}", f"{scheme}{MASK}@{after}" if at else text)


def _number(number: float) -> str:
    return str(int(number)) if number == int(number) else repr(number)


def _check(setting: Setting, size: float) -> None:
    if not setting.minimum <= size <= setting.maximum:
        raise ValueError


def _read_integer(setting: Setting, text: str) -> object:
    if not _WHOLE.match(text):
        raise ValueError
    _check(setting, int(text))
    return int(text)


def _read_float(setting: Setting, text: str) -> object:
    if not _DECIMAL.match(text):
        raise ValueError
    _check(setting, float(text))
    return float(text)


def _read_boolean(setting: Setting, text: str) -> object:
    if text.lower() not in _TRUE | _FALSE:
        raise ValueError
    return text.lower() in _TRUE


def _read_text(setting: Setting, text: str) -> object:
    _check(setting, len(text))
    return text


def _read_choice(setting: Setting, text: str) -> object:
    if text not in setting.choices:
        raise ValueError
    return text


def _items(setting: Setting, parts: list[str]) -> list[str]:
    items = [part.strip() for part in parts if part.strip()]
    if len(items) > MOST_ITEMS:
        raise ValueError
    for item in items:
        _check(setting, len(item))
    return items


def _read_list(setting: Setting, text: str) -> object:
    return tuple(_items(setting, text.split("|")))


def _read_networks(setting: Setting, text: str) -> object:
    # Strict on purpose: 10.1.2.3/8 is more likely a slip than a wish to trust sixteen million addresses.
    return tuple(ip_network(item) for item in _items(setting, re.split(r"[|,\s]", text)))


def _read_origin(setting: Setting, text: str) -> object:
    parts = urlsplit(text.lower())
    host = _HOST.match(parts.netloc)
    if not host or parts.scheme not in ("http", "https") or parts.path not in ("", "/"):
        raise ValueError
    if "?" in text or "#" in text or parts.port == 0:
        raise ValueError
    return f"{parts.scheme}://{parts.netloc}"


def _read_url(setting: Setting, text: str) -> object:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"[\s<>\"]", text):
        raise ValueError
    _check(setting, len(text))
    return text


def _read_address(setting: Setting, text: str) -> object:
    parts = urlsplit(text)
    if parts.scheme not in setting.schemes or "://" not in text or re.search(r"\s", text):
        raise ValueError
    if not (parts.netloc or parts.path.strip("/") or parts.query):
        raise ValueError
    hosts = parts.netloc.rpartition("@")[2].split(",")  # PostgreSQL's form names several servers
    if any(_BAD_PORT.search(host) for host in hosts):
        raise ValueError
    _check(setting, len(text))
    return text


def _read_email(setting: Setting, text: str) -> object:
    if not _EMAIL.match(text):
        raise ValueError
    return text


def _read_path(setting: Setting, text: str) -> object:
    _check(setting, len(text))
    return Path(text)


_READERS: dict[Form, Callable[[Setting, str], object]] = {
    Form.INTEGER: _read_integer,
    Form.FLOAT: _read_float,
    Form.BOOLEAN: _read_boolean,
    Form.TEXT: _read_text,
    Form.CHOICE: _read_choice,
    Form.LIST: _read_list,
    Form.NETWORKS: _read_networks,
    Form.ORIGIN: _read_origin,
    Form.URL: _read_url,
    Form.ADDRESS: _read_address,
    Form.EMAIL: _read_email,
    Form.PATH: _read_path,
}
