"""Handlers whose modules load at their first request, so that a start does not pay for what nobody asks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any


class LaterHandler:
    """Stands in a row for `module:name`."""

    __slots__ = ("_found", "module", "name")

    def __init__(self, module: str, name: str) -> None:
        self.module = module
        self.name = name
        self._found: Callable[[Any], Awaitable[Any]] | None = None

    def resolve(self) -> Callable[[Any], Awaitable[Any]]:
        """The handler itself. Raises ImportError or AttributeError where there is none."""
        if self._found is None:
            found: Callable[[Any], Awaitable[Any]] = getattr(import_module(self.module), self.name)
            self._found = found
        return self._found

    async def __call__(self, call: Any) -> Any:
        return await self.resolve()(call)


class LaterModule:
    """A module of handlers by its dotted name: `topics.create` is the handler `create`, not loaded yet."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> LaterHandler:
        if name.startswith("_"):
            raise AttributeError(name)
        return LaterHandler(self._module, name)
