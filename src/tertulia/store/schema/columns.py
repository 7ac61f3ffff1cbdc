"""Column makers. Columns hold integer, float, text or bytes only; booleans and enums are integers, JSON is text.

Text is COLLATE "C" on PostgreSQL, so that both engines sort alike. Defaults live in the database for bulk loads.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Integer, LargeBinary, MetaData, Text

METADATA = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s"}
)

INTEGER = BigInteger().with_variant(Integer(), "sqlite")
TEXT = Text(collation="C").with_variant(Text(), "sqlite")


def identity() -> Column[int]:
    """The row's own id: counted upwards, never reused on either engine."""
    return Column("id", INTEGER, primary_key=True, autoincrement=True)


def integer(name: str, default: int | None = 0, *, key: bool = False) -> Column[int]:
    """A number that is always there. `default` None = must be given."""
    shown = None if default is None else str(default)
    return Column(name, INTEGER, nullable=False, primary_key=key, server_default=shown, autoincrement=False)


def maybe_integer(name: str) -> Column[int]:
    return Column(name, INTEGER, nullable=True)


def flag(name: str, default: int = 0) -> Column[int]:
    """A boolean as 0 or 1."""
    return Column(name, INTEGER, nullable=False, server_default=str(default))


def number(name: str) -> Column[float]:
    return Column(name, Float(53), nullable=False, server_default="0")


def words(name: str, *, key: bool = False, required: bool = False) -> Column[str]:
    """Text that is always there; empty unless `required`."""
    return Column(name, TEXT, nullable=False, primary_key=key, server_default=None if required or key else "")


def maybe_words(name: str) -> Column[str]:
    return Column(name, TEXT, nullable=True)


def octets(name: str) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=False)
