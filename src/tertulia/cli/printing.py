"""What people are told about a new forum: how to log in, keys, and three lines to paste."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

from tertulia.cli.founding import Founded
from tertulia.settings import Loaded


def founded_lines(founded: Founded) -> list[str]:
    """How to get in, for a terminal."""
    return [
        "A new forum is ready.",
        "",
        f"  URL                  {founded.url}",
        f"  Administrator        {founded.admin_username}",
        f"  Password             {founded.admin_password}",
        f"  Discourse API key    {founded.discourse_api_key}  (all users)",
        f"  NodeBB user token    {founded.nodebb_user_token}  (user 1)",
        f"  NodeBB master token  {founded.nodebb_master_token}",
        "",
        "Keys are shown once. `tertulia keys create` makes new ones.",
    ]


def lines_to_paste(founded: Founded) -> list[str]:
    """Reading and creating with Discourse's API, creating with NodeBB's."""
    url, key, name = founded.url, founded.discourse_api_key, founded.admin_username
    return [
        "Paste one of these into another terminal:",
        "",
        f'curl -s {url}/latest.json -H "Api-Key: {key}" -H "Api-Username: {name}"',
        "",
        f'curl -s {url}/posts.json -H "Api-Key: {key}" -H "Api-Username: {name}" '
        '-H "Content-Type: application/json" '
        '-d \'{"title": "My first topic by curl", "raw": "Hello from the Discourse API of this forum."}\'',
        "",
        f'curl -s {url}/api/v3/topics -H "Authorization: Bearer {founded.nodebb_user_token}" '
        '-H "Content-Type: application/json" '
        '-d \'{"cid": 1, "title": "Another one by curl", "content": "Hello from the NodeBB API of this forum."}\'',
    ]


def lines_for_keys(loaded: Loaded) -> list[str]:
    """How to get new keys for a forum that exists: commands to paste where this one was started."""
    create = f"{_own_name()} keys create"
    where = "--database ..." if loaded.process.database else f"--data {shlex.quote(str(loaded.process.data))}"
    return [
        "Keys were shown when it was made. New ones:",
        f"  {create} {where} --all-users  (Discourse)",
        f"  {create} {where} --kind user-token --username NAME  (NodeBB)",
        f"  {create} {where} --kind master-token  (NodeBB)",
    ]


def _own_name() -> str:
    """What to type: `make run` starts a command that is on nobody's path."""
    called = Path(sys.argv[0])
    on_path = called.name != "tertulia" or shutil.which("tertulia") == str(called.absolute())
    return "tertulia" if on_path else shlex.quote(sys.argv[0])
