"""SQLAlchemy Core statements, compiled once at first use to text per engine and run on the raw driver.

`query(lambda: select(...))` costs nothing until it is used. A list is one parameter: `among(column, "ids")`.
Why not SQLAlchemy's own connections: docs/decisions/0002.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    BindParameter,
    Column,
    ColumnElement,
    Float,
    Integer,
    String,
    Table,
    Text,
    bindparam,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.types import Boolean, NullType

from tertulia.store.engine.targets import Target, target_of, target_of_text

SQLITE = "sqlite"
POSTGRESQL = "postgresql"

_LISTS = frozenset((list, tuple, set, frozenset))
_FOR_POSTGRESQL: Mapping[type, Callable[[Any], Any]] = {bool: int, tuple: list, set: list, frozenset: list}
_WORD = re.compile(r"\w+")
_encode_list = msgspec.json.Encoder().encode


class Compiled:
    """Text for one engine and the order of its parameters with their constants."""

    __slots__ = ("names", "target", "text", "words")

    def __init__(
        self, text: str, names: Sequence[str], constants: Mapping[str, Any], *, target: Target | None = None
    ) -> None:
        self.text = text
        self.target = target  # what it changes; None: it only reads
        self.names = tuple((name, constants.get(name)) for name in names)
        self.words = frozenset(_WORD.findall(text))  # every table that it names is among them


class Query:
    """One statement. `build` makes the Core statement when an engine first needs its text."""

    __slots__ = ("_build", "_postgresql", "_sqlite")

    def __init__(self, build: Callable[[], ClauseElement]) -> None:
        self._build = build
        self._sqlite: Compiled | None = None
        self._postgresql: Compiled | None = None

    def sqlite(self) -> Compiled:
        if self._sqlite is None:
            self._sqlite = _compile(self._build(), engine=SQLITE)
        return self._sqlite

    def postgresql(self) -> Compiled:
        if self._postgresql is None:
            self._postgresql = _compile(self._build(), engine=POSTGRESQL)
        return self._postgresql


def query(build: Callable[[], ClauseElement]) -> Query:
    """A statement to be compiled at first use."""
    return Query(build)


def sqlite_arguments(compiled: Compiled, values: Mapping[str, Any]) -> list[Any]:
    """Values in the statement's order; lists become JSON text for `json_each`."""
    get = values.get
    return [
        _encode_list(value).decode() if type(value := get(name, constant)) in _LISTS else value
        for name, constant in compiled.names
    ]


def postgresql_arguments(compiled: Compiled, values: Mapping[str, Any]) -> list[Any]:
    """Values in the statement's order; flags become the integers that columns hold."""
    get = values.get
    return [
        value if (change := _FOR_POSTGRESQL.get(type(value := get(name, constant)))) is None else change(value)
        for name, constant in compiled.names
    ]


def parameter(name: str, kind: type[int] | type[str] | type[float] = int) -> BindParameter[Any]:
    """A named parameter with a type that both engines can plan with."""
    if kind is str:
        return bindparam(name, type_=Text())
    return bindparam(name, type_=Float(53) if kind is float else BigInteger())


class Hidden(ColumnElement[Any]):
    """A column that SQLite, or no engine, takes an index of."""

    inherit_cache = False

    def __init__(self, column: ColumnElement[Any], *, everywhere: bool) -> None:
        self.column = column
        self.everywhere = everywhere
        self.type = column.type

    @property
    def _from_objects(self) -> list[Any]:  # type checkers know it as SQLAlchemy's own hook for FROM lists
        return list(self.column._from_objects)


def hidden(column: ColumnElement[Any], *, everywhere: bool = False) -> ColumnElement[Any]:
    """The column, hidden from the planner of SQLite, which would otherwise take an index of it where another one is
    better: it does not know how many rows share a value, and thinks of all likes of a forum as of those of one post.
    PostgreSQL knows, and needs the bare column for it; `everywhere` is for where it does not know either, as it takes
    columns that belong together for strangers to each other."""
    return Hidden(column, everywhere=everywhere)


@compiles(Hidden, SQLITE)
def _hidden_sqlite(element: Hidden, compiler: SQLCompiler, **extra: Any) -> str:
    nothing = "|| ''" if isinstance(element.type, String) else "+ 0"
    return f"({compiler.process(element.column, **extra)} {nothing})"


@compiles(Hidden, POSTGRESQL)
def _hidden_postgresql(element: Hidden, compiler: SQLCompiler, **extra: Any) -> str:
    if element.everywhere:
        return _hidden_sqlite(element, compiler, **extra)
    return f"({compiler.process(element.column, **extra)})"


class Among(ColumnElement[bool]):
    """`column` is one of the values in a list parameter."""

    inherit_cache = False
    type = Boolean()

    def __init__(self, column: ColumnElement[Any] | Column[Any], name: str, *, negated: bool = False) -> None:
        self.column = column
        self.bind: BindParameter[Any] = bindparam(name, type_=NullType())
        self.negated = negated

    @property
    def _from_objects(self) -> list[Any]:  # type checkers know it as SQLAlchemy's own hook for FROM lists
        return list(self.column._from_objects)

    def self_group(self, against: Any = None) -> Among:
        # SQLAlchemy would write `... = 1` behind it for SQLite, which then uses no index.
        return self


def among(column: ColumnElement[Any] | Column[Any], name: str, *, negated: bool = False) -> Among:
    """`column IN (...)` (or NOT IN) for one list parameter called `name`; an empty list matches nothing."""
    return Among(column, name, negated=negated)


@compiles(Among, SQLITE)
def _among_sqlite(element: Among, compiler: SQLCompiler, **extra: Any) -> str:
    column = compiler.process(element.column, **extra)
    bind = compiler.process(element.bind, **extra)
    return f"{column} {'NOT ' if element.negated else ''}IN (SELECT value FROM json_each({bind}))"


@compiles(Among, POSTGRESQL)
def _among_postgresql(element: Among, compiler: SQLCompiler, **extra: Any) -> str:
    column = compiler.process(element.column, **extra)
    bind = compiler.process(element.bind, **extra)
    kind = "bigint" if isinstance(element.column.type, Integer) else "text"
    operator = "<> ALL" if element.negated else "= ANY"
    return f"{column} {operator}({bind}::{kind}[])"


@functools.cache
def engine_dialect(engine: str) -> Any:
    if engine == SQLITE:
        from sqlalchemy.dialects.sqlite import dialect

        return dialect(paramstyle="qmark")
    from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect

    return asyncpg_dialect()


def _compile(statement: ClauseElement, *, engine: str) -> Compiled:
    compiled = statement.compile(dialect=engine_dialect(engine), compile_kwargs={"render_postcompile": True})
    if not isinstance(compiled, SQLCompiler):
        return Compiled(str(compiled), (), {}, target=target_of_text(str(compiled)))
    target = target_of(statement.forms[engine] if isinstance(statement, _Insert) else statement)
    return Compiled(
        compiled.string,
        compiled.positiontup or (),
        compiled.params,
        target=target or target_of_text(compiled.string),
    )


def insert_query(
    table: Table,
    *columns: str,
    returning: str | Callable[[], Sequence[ColumnElement[Any]]] | None = None,
    ignore: bool = False,
    computed: Callable[[], Mapping[str, ColumnElement[Any]]] | None = None,
    change: Callable[[Any], Any] | None = None,
) -> Query:
    """INSERT of the named columns (parameters carry the columns' names) and of `computed` ones.

    `ignore` skips rows that exist, `change` says what becomes of them; `returning` names the column to answer, or
    makes all of them."""

    def build() -> ClauseElement:
        from sqlalchemy.dialects import postgresql, sqlite

        values: dict[str, ColumnElement[Any]] = {name: bindparam(name, type_=table.c[name].type) for name in columns}
        values |= computed() if computed is not None else {}
        statement = _Insert(sqlite.insert(table).values(values), postgresql.insert(table).values(values))
        if ignore:
            statement = statement.each(lambda insert: insert.on_conflict_do_nothing())
        if change is not None:
            statement = statement.each(change)
        if returning is not None:
            answered = (table.c[returning],) if isinstance(returning, str) else returning()
            statement = statement.each(lambda insert: insert.returning(*answered))
        return statement

    return Query(build)


def upsert_query(
    table: Table, *, columns: Sequence[str], key: Sequence[str], update: Sequence[str] = (), add: Sequence[str] = ()
) -> Query:
    """INSERT, or when the key exists: `update` takes the new values and `add` adds them to the old ones."""

    def build() -> ClauseElement:
        from sqlalchemy.dialects import postgresql, sqlite

        values = {name: bindparam(name, type_=table.c[name].type) for name in columns}

        def extend(insert: Any) -> Any:
            changes = {name: insert.excluded[name] for name in update}
            changes |= {name: table.c[name] + insert.excluded[name] for name in add}
            return insert.on_conflict_do_update(index_elements=list(key), set_=changes)

        return _Insert(sqlite.insert(table).values(values), postgresql.insert(table).values(values)).each(extend)

    return Query(build)


class _Insert(ClauseElement):
    """The same INSERT in both engines' own form, chosen when compiled."""

    def __init__(self, for_sqlite: Any, for_postgresql: Any) -> None:
        self.forms = {SQLITE: for_sqlite, POSTGRESQL: for_postgresql}

    def each(self, change: Callable[[Any], Any]) -> _Insert:
        return _Insert(change(self.forms[SQLITE]), change(self.forms[POSTGRESQL]))

    def compile(self, bind: Any = None, dialect: Any = None, **extra: Any) -> Any:
        return self.forms[dialect.name].compile(dialect=dialect, **extra)
