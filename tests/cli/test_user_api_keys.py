"""`tertulia keys` for user API keys: made for one person, with scopes, a program's name and an end."""

from __future__ import annotations

import json
import time

import pytest
from typer.testing import Result

from tests.cli.commands import invoke


def create(place: str, *arguments: str) -> Result:
    return invoke("keys", "create", "--data", place, *arguments)


def test_a_user_api_key_is_made_for_one_person_and_a_program(place: str) -> None:
    shown = create(
        place, "--user-api", "--username", "admin", "--scopes", "read, write", "--client-id", "phone-1",
        "--application", "Pocket Forum", "--json",
    )  # fmt: skip
    made = json.loads(shown.stdout)
    assert len(made["key"]) == 32
    assert made | {"key": "", "id": 0, "created_at": 0, "begins_with": ""} == {
        "id": 0, "kind": "user-api", "begins_with": "", "username": "admin", "description": "",
        "scopes": ["read", "write"], "read_only": False, "created_at": 0, "last_used_at": None, "expires_at": None,
        "client_id": "phone-1", "application": "Pocket Forum", "revoked": False, "key": "",
    }  # fmt: skip
    listed = {row["id"]: row for row in json.loads(invoke("keys", "list", "--data", place, "--json").stdout)}
    assert listed[made["id"]]["kind"] == "user-api" and made["key"] not in json.dumps(list(listed.values()))
    assert invoke("keys", "revoke", str(made["id"]), "--data", place).exit_code == 0


def test_a_key_can_be_made_to_end(place: str) -> None:
    before = time.time() * 1000
    arguments = ["--kind", "user-api", "--username", "admin", "--scope", "read", "--expires-in", "60", "--json"]
    ends = json.loads(create(place, *arguments).stdout)["expires_at"]
    assert before + 60_000 <= ends <= time.time() * 1000 + 60_000


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--user-api", "--scopes", "read", "--all-users"], 2, "needs --username"),
        (["--user-api", "--username", "admin"], 2, "needs --scopes"),
        (["--user-api", "--username", "admin", "--scopes", " , "], 2, "needs --scopes"),
        (["--user-api", "--username", "admin", "--scopes", "topics:read"], 1, "there is no scope topics:read"),
        (["--username", "admin", "--client-id", "x"], 2, "only a user API key has"),
        (["--username", "admin", "--expires-in", "0"], 2, "expires-in"),
    ],
)
def test_what_makes_no_sense_is_refused(place: str, arguments: list[str], code: int, said: str) -> None:
    shown = create(place, *arguments)
    assert (shown.exit_code, said in shown.stderr, shown.stdout) == (code, True, "")
