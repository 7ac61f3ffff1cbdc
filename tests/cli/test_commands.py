"""Keys, users, settings, import, migrate, doctor, worker: what each prints and how it fails."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.cli.commands import invoke, tertulia
from tests.importers.archives import post, topic, write_archive


def test_it_says_its_version() -> None:
    from tertulia import __version__

    assert invoke("--version").stdout == f"tertulia {__version__}\n"


def test_every_command_works_on_postgresql_as_well(tmp_path: Path) -> None:
    url = os.environ.get("TERTULIA_TEST_POSTGRES", "")
    if not url:
        pytest.skip("TERTULIA_TEST_POSTGRES is not set: nothing tested on PostgreSQL")
    schema = f"c_{secrets.token_hex(6)}"
    on = ["--database", f"{url}?schema={schema}", "--data", str(tmp_path / "forum")]
    run_on_server(url, f"CREATE SCHEMA {schema}")
    try:
        founded = invoke("init", *on, "--demo", "--json")
        assert founded.exit_code == 0, founded.stderr
        assert invoke("init", *on, "--json").exit_code == 2
        assert json.loads(invoke("users", "list", *on, "--json").stdout)[0]["id"] > 0
        archive = write_archive(tmp_path / "archive", topic(9, [post(90, 1), post(91, 2)]))
        assert invoke("import", "discourse-archive", str(archive), *on, "--offset-ids").exit_code == 0
        assert invoke("migrate", *on).exit_code == 0
        assert invoke("doctor", *on).exit_code == 0
    finally:
        run_on_server(url, f"DROP SCHEMA {schema} CASCADE")


def run_on_server(url: str, statement: str) -> None:
    async def run() -> None:
        import asyncpg

        connection = await asyncpg.connect(url)
        for tries_left in reversed(range(20)):
            try:
                await connection.execute(statement)
                break
            except asyncpg.DeadlockDetectedError:  # a server that is just ending still reads what is dropped
                if not tries_left:
                    raise
                await asyncio.sleep(0.2)
        await connection.close()

    asyncio.run(run())


def test_keys_are_made_listed_and_revoked(place: str) -> None:
    made = json.loads(invoke("keys", "create", "--data", place, "--all-users", "--json").stdout)
    assert len(made["key"]) == 64 and made["username"] is None
    listed = json.loads(invoke("keys", "list", "--data", place, "--json").stdout)
    assert {row["id"]: row["revoked"] for row in listed}[made["id"]] is False
    assert made["key"] not in json.dumps(listed)
    assert invoke("keys", "revoke", str(made["id"]), "--data", place).exit_code == 0
    listed = json.loads(invoke("keys", "list", "--data", place, "--json").stdout)
    assert {row["id"]: row["revoked"] for row in listed}[made["id"]] is True


def test_a_key_can_be_narrowed_to_scopes_and_what_they_are_bound_to(place: str) -> None:
    arguments = ["--username", "admin", "--scope", "topics:read?topic_id=1,2", "--scope", "posts:edit", "--json"]
    made = json.loads(invoke("keys", "create", "--data", place, *arguments).stdout)
    assert (made["username"], made["scopes"]) == ("admin", ["topics:read", "posts:edit"])


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "name either"),
        (["--all-users", "--username", "admin"], 2, "name either"),
        (["--kind", "user-token", "--all-users"], 2, "needs --username"),
        (["--kind", "master-token", "--username", "admin"], 2, "leave --username out"),
        (["--username", "nobody"], 1, "there is no such user"),
        (["--all-users", "--scope", "make:coffee"], 1, "there is no scope make:coffee"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_key_that_makes_no_sense_is_refused(arguments: list[str], code: int, said: str, place: str) -> None:
    shown = invoke("keys", "create", "--data", place, *arguments)
    assert (shown.exit_code, said in shown.stderr, shown.stdout) == (code, True, "")


def test_users_are_made_with_roles_and_listed(place: str) -> None:
    arguments = ["--username", "maria", "--email", "maria@example.org", "--moderator", "--json"]
    made = json.loads(invoke("users", "create", "--data", place, *arguments).stdout)
    assert made["moderator"] and not made["admin"] and len(made["password"]) == 20
    assert [row["username"] for row in json.loads(invoke("users", "list", "--data", place, "--json").stdout)] == [
        "admin",
        "maria",
    ]
    again = invoke("users", "create", "--data", place, *arguments)
    assert again.exit_code == 1 and "taken" in again.stderr


def test_settings_are_listed_with_where_they_come_from(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERTULIA_MAX_BODY_BYTES", "70000")
    assert invoke("settings", "set", "min_topic_title_length", "5", "--data", place).exit_code == 0
    rows = {row["name"]: row for row in json.loads(invoke("settings", "--data", place, "--json").stdout)}
    assert (rows["min_topic_title_length"]["value"], rows["min_topic_title_length"]["origin"]) == ("5", "database")
    assert rows["max_body_bytes"]["origin"] == "environment TERTULIA_MAX_BODY_BYTES"
    assert rows["data"]["origin"] == "flag --data"
    assert rows["port"]["origin"] == "default"
    assert invoke("settings", "unset", "min_topic_title_length", "--data", place).exit_code == 0
    assert "min_topic_title_length = 15  [default]" in invoke("settings", "--data", place).stdout


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("min_topic_title_length", "many", "a whole number"),
        ("port", "80", "belongs to a process"),
        ("x", "1", "no site"),
    ],
)
def test_a_setting_that_cannot_be_set_is_refused(name: str, value: str, said: str, place: str) -> None:
    shown = invoke("settings", "set", name, value, "--data", place)
    assert shown.exit_code == 1 and said in shown.stderr


def test_an_unknown_name_in_the_environment_is_a_warning_only(place: str) -> None:
    shown = tertulia("users", "list", "--data", place, "--json", TERTULIA_PROT="1")
    assert shown.returncode == 0 and json.loads(shown.stdout)
    assert "'TERTULIA_PROT' is not a setting; did you mean TERTULIA_PORT?" in shown.stderr


def test_every_command_on_a_place_without_a_forum_says_what_to_do(tmp_path: Path) -> None:
    for command in (
        ["keys", "list"],
        ["users", "list"],
        ["worker", "--once"],
        ["migrate"],
        ["settings", "set", "a", "b"],
    ):
        shown = invoke(*command, "--data", str(tmp_path / "nowhere"))
        assert shown.exit_code == 1 and "tertulia init" in shown.stderr, command
    assert not (tmp_path / "nowhere").exists()


def test_a_database_that_cannot_be_reached_is_said_without_its_password() -> None:
    shown = invoke("users", "list", "--database", "postgresql://me:secret@127.0.0.1:1/forum")
    assert shown.exit_code == 1 and "cannot be opened" in shown.stderr
    assert "secret" not in shown.stderr and "Traceback" not in shown.stderr


def test_an_archive_is_imported_with_a_report(place: str, tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "archive", topic(9, [post(90, 1), post(91, 2)]))
    shown = invoke("import", "discourse-archive", str(archive), "--data", place)
    assert shown.exit_code == 0, shown.stderr
    assert "Imported 1 topics, 2 posts" in shown.stdout and "Not kept:" in shown.stdout
    assert "2 of 2 posts" in shown.stderr
    again = json.loads(
        invoke("import", "discourse-archive", str(archive), "--data", place, "--json").stdout.splitlines()[-1]
    )
    assert (again["already_here"], again["kept"]["posts"]) == (1, 0)


def test_an_import_that_would_meet_others_is_refused_with_exit_code_two(place: str, tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "archive", topic(9, [post(90, 1, username="admin")]))
    shown = invoke("import", "discourse-archive", str(archive), "--data", place)
    assert shown.exit_code == 2 and "usernames admin" in shown.stderr and "--offset-ids" in shown.stderr
    shown = invoke("import", "discourse-archive", str(tmp_path / "none"), "--data", place)
    assert shown.exit_code == 2 and "nothing at" in shown.stderr


def test_migrating_a_forum_of_this_version_changes_nothing(place: str) -> None:
    shown = invoke("migrate", "--data", place)
    assert shown.exit_code == 0 and "already" in shown.stdout


def test_the_worker_runs_what_is_due_and_ends(place: str) -> None:
    shown = invoke("worker", "--once", "--data", place)
    assert shown.exit_code == 0 and "jobs run" in shown.stdout


def test_a_mistyped_setting_is_met_with_those_that_may_be_meant(place: str) -> None:
    shown = invoke("settings", "set", "max_image_sise_kb", "1", "--data", place)
    assert shown.exit_code == 1 and "no site setting max_image_sise_kb; did you mean max_image_size_kb" in shown.stderr
    listed = invoke("settings", "list", "--data", place)
    assert listed.exit_code == 0 and listed.stdout == invoke("settings", "--data", place).stdout


def test_doctor_finds_nothing_wrong_with_a_new_forum(place: str) -> None:
    shown = invoke("doctor", "--data", place, "--json")
    assert shown.exit_code == 0
    assert {row["state"] for row in json.loads(shown.stdout)} <= {"ok", "note"}


@pytest.mark.parametrize(
    ("sql", "subject", "advice"),
    [
        ("UPDATE topics SET posts_count = 7", "Counters", "topic 1 says 7 and has 1"),
        ("UPDATE settings SET value = '0000' WHERE name = 'schema_version'", "Schema", "tertulia migrate"),
        (
            "INSERT INTO jobs (kind, run_at, failed_at, created_at) VALUES ('x', 0, 1, 0)",
            "Jobs",
            "1 failed for good",
        ),
    ],
    ids=["counters", "schema", "jobs"],
)
def test_doctor_says_what_is_wrong(sql: str, subject: str, advice: str, place: str) -> None:
    connection = sqlite3.connect(f"{place}/forum.db")
    connection.execute(sql)
    connection.commit()
    connection.close()
    shown = invoke("doctor", "--data", place, "--json")
    found = {row["subject"]: row for row in json.loads(shown.stdout)}
    assert shown.exit_code == 1
    assert found[subject]["state"] == "wrong" and advice in found[subject]["text"]


def test_doctor_says_that_files_find_no_place(place: str) -> None:
    shutil.rmtree(f"{place}/uploads", ignore_errors=True)
    shown = invoke("doctor", "--data", place)
    assert shown.exit_code == 0 and "Uploads: none yet" in shown.stdout
    assert not Path(place, "uploads").exists()
    Path(place, "uploads").mkdir()
    shown = invoke("doctor", "--data", place)
    assert shown.exit_code == 0 and f"Uploads: {place}/uploads takes files" in shown.stdout
    assert not list(Path(place, "uploads").rglob("*.txt"))
    Path(place, "uploads", "original").rmdir()
    Path(place, "uploads", "original").write_bytes(b"a file where a folder must be")
    shown = invoke("doctor", "--data", place)
    assert shown.exit_code == 1 and f"{place}/uploads takes no files" in shown.stdout


def test_doctor_names_webhooks_that_fail(place: str) -> None:
    connection = sqlite3.connect(f"{place}/forum.db")
    connection.execute(
        "INSERT INTO web_hooks (payload_url, active, last_delivery_status, kinds, category_ids, tag_ids, group_ids, "
        "created_at, updated_at) VALUES ('https://bots.example.org/a', 1, 2, '[]', '[]', '[]', '[]', 0, 0)"
    )
    connection.commit()
    connection.close()
    shown = invoke("doctor", "--data", place)
    assert shown.exit_code == 0
    assert "Webhooks: 1 of 1 did not take the last delivery: https://bots.example.org/a" in shown.stdout


def test_doctor_says_that_redis_does_not_answer(place: str) -> None:
    shown = invoke("doctor", "--data", place, "--redis", "redis://127.0.0.1:1")
    assert shown.exit_code == 1 and "Redis: cannot be reached" in shown.stdout
