"""The page `docs/reference/settings.md`, rendered from the table of settings; a test compares the two.

To write it again: `python -m tertulia.settings.reference > docs/reference/settings.md`.
Read next: `table.py`.
"""

from __future__ import annotations

import itertools

from tertulia.settings.knob import Setting
from tertulia.settings.table import settings_table
from tertulia.settings.values import describe_allowed, format_value

_HEAD = """\
# Settings

<!-- Rendered by tertulia.settings.reference from the table of settings. Do not edit. -->

A setting takes its value from the first of these that names it:

1. a flag of the command line, such as `--port 4300` or `--no-worker`;
2. the environment, such as `TERTULIA_PORT=4300`; a variable that is set to nothing is an empty value;
3. the file `tertulia.toml` in the data directory, or the one that `--config` names;
4. the database, for site settings: what an administrator stored while the forum ran;
5. the default.

`tertulia settings` lists every value and where it came from. A wrong value in flag, environment or file, even
one that a stronger source hides, is named with what is allowed before anything starts. A name that begins
with `TERTULIA_` and is no setting is a warning, and so is an unknown name in the file. A row of the database
that is not allowed is left out with a warning.

```toml
[process]
base_url = "https://forum.example.org"
trusted_proxies = ["127.0.0.0/8", "10.0.0.0/24"]

[site]
title = "The Example Forum"
min_topic_title_length = 10
```

The sections may be left out. Process settings hold from the start of a process to its end. Site settings
belong to the forum; one that a flag, the environment or the file decides cannot be changed by an admin.
"""


def render_reference() -> str:
    """The whole page in Markdown, ending with a line feed."""
    parts = [_HEAD]
    by_group = itertools.groupby(settings_table().values(), key=lambda row: (row.scope, row.category))
    scope = ""
    for (row_scope, category), rows in by_group:
        if row_scope != scope:
            scope = row_scope
            parts.append(f"\n## {scope.capitalize()} settings\n")
        parts.append(f"\n### {category.capitalize()}\n")
        parts.extend(_lines(row) for row in rows)
    return "".join(parts)


def _lines(row: Setting) -> str:
    default = format_value(row.name, value=row.default)
    facts = [
        f"Default: {f'`{default}`' if default else 'empty'}.",
        f"Allowed: {describe_allowed(row)}.",
        "Environment: " + ", ".join(f"`{each}`" for each in row.environment) + ".",
    ]
    secret = ["Secret: never shown."] if row.secret else []
    return f"\n**`{row.name}`**: {row.sentence}\n" + "".join(f"\n- {fact}" for fact in [*facts, *secret]) + "\n"


if __name__ == "__main__":
    print(render_reference(), end="")
