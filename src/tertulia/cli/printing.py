"""What people are told about a new forum: how to log in, keys, and three lines to paste."""

from __future__ import annotations

from tertulia.cli.founding import Founded


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
