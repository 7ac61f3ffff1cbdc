"""What a setting's declaration says about it, and the row that the table makes of it.

A field of `ProcessSettings` or `SiteSettings` is the only place where a setting is declared: its type and
default are the field's own, the rest is a `Knob`. Nothing is read or checked here.
Read next: `table.py` for the rows, `values.py` for text to value and back.
"""

from __future__ import annotations

from enum import Enum
from ipaddress import IPv4Network, IPv6Network
from typing import Literal

import msgspec

Network = IPv4Network | IPv6Network
Scope = Literal["process", "site"]


class Form(Enum):
    """How the text of a value is read; the value is the word that people see."""

    INTEGER = "integer"
    FLOAT = "float"
    BOOLEAN = "boolean"
    TEXT = "text"
    CHOICE = "choice"
    LIST = "list"
    NETWORKS = "networks"
    ORIGIN = "origin"  # scheme, host and port of a web address, nothing behind it
    URL = "url"
    ADDRESS = "address"  # of a server that we connect to; may hold a password
    EMAIL = "email"
    PATH = "path"


class Knob(msgspec.Struct, frozen=True):
    """One sentence, the bounds, and what the type of the field cannot say."""

    sentence: str
    least: float | None = None  # of a number, or characters of a text
    most: float | None = None
    form: Form | None = None  # where one Python type has several forms
    schemes: tuple[str, ...] = ()  # that an ADDRESS may begin with
    environment: tuple[str, ...] = ()  # further names, after TERTULIA_NAME
    secret: bool = False


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table of settings."""

    name: str
    form: Form
    default: object
    scope: Scope
    category: str
    sentence: str
    minimum: float
    maximum: float
    choices: tuple[str, ...]
    schemes: tuple[str, ...]
    environment: tuple[str, ...]  # every name, the strongest first
    secret: bool

    @property
    def may_be_empty(self) -> bool:
        """True where an empty text is a value and means `none`."""
        if self.form in (Form.LIST, Form.NETWORKS):
            return True
        if self.form is Form.TEXT:
            return self.minimum < 1
        return self.default == ""
