"""Typed reading of parameters: strings of forms and typed values of JSON come out the same.

Nothing here knows a rule about content; a value that cannot be read as asked is ParameterInvalid, whose
`problem` is `type`, `number`, `range` or `boolean`. Read next: `values.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import overload

from tertulia.http.bodies.values import UploadedFile, Value, invalid, shown_name
from tertulia.model.errors import ForumError, ParameterMissing

INT64_MINIMUM = -(2**63)
INT64_MAXIMUM = 2**63 - 1

_INTEGER = re.compile(r"[+-]?[0-9]{1,25}")
_TRUE = frozenset({"true", "t", "1", "on", "yes"})
_FALSE = frozenset({"false", "f", "0", "off", "no"})


class Parameters:
    """The parameters of one request. Absent, null and (except for text) empty values are the default."""

    __slots__ = ("_outer", "values")

    def __init__(self, values: Mapping[str, Value], *, outer: str = "") -> None:
        self.values = values
        self._outer = outer

    @classmethod
    def merged(
        cls, *, query: Mapping[str, Value], body: Mapping[str, Value], path: Mapping[str, str | int]
    ) -> Parameters:
        """The three sources as Rails merges them: the path wins over the body, the body over the query."""
        return cls({**query, **body, **path})

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def __repr__(self) -> str:
        return f"Parameters({shown_name(', '.join(self.values))})"  # names only: values may be passwords

    def has(self, name: str) -> bool:
        """Whether the name was sent at all, be it with null or an empty value."""
        return name in self.values

    def value(self, name: str) -> Value:
        """The value as it arrived, None if absent."""
        return self.values.get(name)

    @overload
    def text(self, name: str, *, default: str) -> str: ...
    @overload
    def text(self, name: str, *, default: None = None) -> str | None: ...
    def text(self, name: str, *, default: str | None = None) -> str | None:
        """The value as text; numbers and booleans of JSON are spelled as JSON spells them."""
        value = self.values.get(name)
        return default if value is None else self._spell(value, name=name)

    def required_text(self, name: str) -> str:
        """The text, unchanged; raises ParameterMissing if it is absent or blank, as Rails' `require` does."""
        text = self.text(name)
        if text is None or not text.strip():
            raise self._missing(name)
        return text

    @overload
    def integer(
        self, name: str, *, default: int, minimum: int = INT64_MINIMUM, maximum: int = INT64_MAXIMUM
    ) -> int: ...
    @overload
    def integer(
        self, name: str, *, default: None = None, minimum: int = INT64_MINIMUM, maximum: int = INT64_MAXIMUM
    ) -> int | None: ...
    def integer(
        self,
        name: str,
        *,
        default: int | None = None,
        minimum: int = INT64_MINIMUM,
        maximum: int = INT64_MAXIMUM,
    ) -> int | None:
        """The value as an integer; outside the bounds (64 bits unless told) raises ParameterInvalid."""
        value = self.values.get(name)
        if _is_blank(value):
            return default
        return self._number(value, name=name, minimum=minimum, maximum=maximum)

    def required_integer(self, name: str, *, minimum: int = INT64_MINIMUM, maximum: int = INT64_MAXIMUM) -> int:
        """The integer; raises ParameterMissing if it is absent or blank."""
        number = self.integer(name, minimum=minimum, maximum=maximum)
        if number is None:
            raise self._missing(name)
        return number

    @overload
    def boolean(self, name: str, *, default: bool) -> bool: ...
    @overload
    def boolean(self, name: str, *, default: None = None) -> bool | None: ...
    def boolean(self, name: str, *, default: bool | None = None) -> bool | None:
        """The value as a boolean, in any case (Python clients send `True`); other words are refused."""
        value = self.values.get(name)
        if _is_blank(value):
            return default
        if isinstance(value, bool):
            return value
        if isinstance(value, (str, int)):
            word = str(value).strip().lower() if isinstance(value, str) else value
            if word in _TRUE or word == 1:
                return True
            if word in _FALSE or word == 0:
                return False
        raise self._invalid(name, problem="boolean")

    def integers(self, name: str, *, minimum: int = INT64_MINIMUM, maximum: int = INT64_MAXIMUM) -> list[int]:
        """The integers of a list, of `1,2` or of a single value; blank ones are dropped, absent is empty."""
        return [
            self._number(item, name=name, minimum=minimum, maximum=maximum)
            for item in self._items(name, commas=True)
            if not _is_blank(item)
        ]

    def texts(self, name: str, *, commas: bool = False) -> list[str]:
        """The texts of a list or a single text (cut at commas and trimmed if told); blank ones are dropped.

        Forms clear a list with one empty item (`tags[]=`), which therefore is an empty list.
        """
        texts = [self._spell(item, name=name) for item in self._items(name, commas=commas) if item is not None]
        return [text for text in texts if text.strip()]

    def items(self, name: str) -> list[Value]:
        """The items of a list as they arrived; a single value is a list of one, absent is empty."""
        return self._items(name, commas=False)

    def mapping(self, name: str) -> dict[str, Value]:
        """The mapping as it arrived, empty if absent; anything else raises ParameterInvalid."""
        value = self.values.get(name)
        if _is_blank(value):
            return {}
        if not isinstance(value, dict):
            raise self._invalid(name, problem="type")
        return value

    def nested(self, name: str) -> Parameters:
        """The mapping for typed reading, empty if absent; its errors name `outer[inner]`."""
        return Parameters(self.mapping(name), outer=self._full(name))

    def records(self, name: str) -> list[Parameters]:
        """A list of mappings (`a[][b]=1`, or JSON) for typed reading; a single mapping is a list of one."""
        records: list[Parameters] = []
        for item in self.items(name):
            if not isinstance(item, dict):
                raise self._invalid(name, problem="type")
            records.append(Parameters(item, outer=f"{self._full(name)}[]"))
        return records

    def file(self, name: str) -> UploadedFile | None:
        """The uploaded file, None if absent; anything else raises ParameterInvalid."""
        value = self.values.get(name)
        if _is_blank(value):
            return None
        if not isinstance(value, UploadedFile):
            raise self._invalid(name, problem="type")
        return value

    def _items(self, name: str, *, commas: bool) -> list[Value]:
        value = self.values.get(name)
        if _is_blank(value):
            return []
        if isinstance(value, list):
            return value
        if isinstance(value, str) and commas:
            return [part.strip() for part in value.split(",")]
        return [value]

    def _spell(self, value: Value, *, name: str) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, (int, float)):
            return str(value)
        raise self._invalid(name, problem="type")

    def _number(self, value: Value, *, name: str, minimum: int, maximum: int) -> int:
        number: int
        if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
            number = int(value)
        elif isinstance(value, int) and not isinstance(value, bool):
            number = value
        elif isinstance(value, float) and value.is_integer():
            number = int(value)
        else:
            raise self._invalid(name, problem="number" if isinstance(value, (str, float)) else "type")
        if not max(minimum, INT64_MINIMUM) <= number <= min(maximum, INT64_MAXIMUM):
            raise self._invalid(name, problem="range")
        return number

    def _full(self, name: str) -> str:
        return f"{self._outer}[{name}]" if self._outer else name

    def _invalid(self, name: str, *, problem: str) -> Exception:
        return invalid(self._full(name), problem=problem)

    def _missing(self, name: str) -> ForumError:
        return ParameterMissing(name=shown_name(self._full(name)))


def _is_blank(value: Value) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
