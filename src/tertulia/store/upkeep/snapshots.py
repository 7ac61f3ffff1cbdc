"""A snapshot of a small PostgreSQL database beside itself, and the way back to it in one statement.

For tests: copying a template database costs half a second of fsync, going back to a snapshot a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator

from tertulia.store.schema import METADATA

_WRITTEN_BY_TRIGGERS = ("report_marks", "people_ranks", "people_seen")
RESTORE = "SELECT snapshot.restore()"


def snapshot_statements() -> Iterator[str]:
    """Copies every table into the schema `snapshot`, and makes the function that restores them.

    Every statement of the function is planned anew in each connection, which costs more than the rows: nothing is put
    back into tables that were empty, and all counters go back in one statement."""
    # What triggers write comes last, as going back to the other tables makes some.
    names = [
        *sorted(METADATA.tables, key=lambda name: name in _WRITTEN_BY_TRIGGERS),
        "post_search",
        "post_search_recent",
    ]
    counted = [name for name, table in METADATA.tables.items() if table.autoincrement_column is not None]
    yield "CREATE SCHEMA snapshot"
    for name in names:
        yield f'CREATE TABLE snapshot."{name}" AS TABLE public."{name}"'
    yield "CREATE TABLE snapshot.counters (sequence text, last_value bigint, is_called boolean)"
    for name in counted:
        yield (
            f"INSERT INTO snapshot.counters SELECT 'public.\"{name}_id_seq\"', last_value, is_called"
            f' FROM public."{name}_id_seq"'
        )
    yield _MAKE_RESTORE.replace("NAMES", ", ".join(f"'{name}'" for name in names))


_MAKE_RESTORE = """
DO $make$
DECLARE
    lines text := '';
    name text;
    filled boolean;
BEGIN
    FOREACH name IN ARRAY ARRAY[NAMES] LOOP
        lines := lines || format('DELETE FROM public.%1$I; ', name);
        EXECUTE format('SELECT EXISTS (SELECT FROM snapshot.%1$I)', name) INTO filled;
        IF filled THEN
            lines := lines || format('INSERT INTO public.%1$I SELECT * FROM snapshot.%1$I; ', name);
        END IF;
    END LOOP;
    lines := lines || 'PERFORM setval(sequence::regclass, last_value, is_called) FROM snapshot.counters;';
    EXECUTE format(
        'CREATE FUNCTION snapshot.restore() RETURNS void LANGUAGE plpgsql AS %L', 'BEGIN ' || lines || ' END'
    );
END
$make$
"""
