"""Where a value comes from: flag, environment, file, database, default; and what is said about bad ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from tertulia.settings import ProcessSettings, Settings, SettingsProblem, SiteSettings, load, with_database


@pytest.fixture(autouse=True)
def empty_directory(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The default data directory is relative: a developer's own forum must not decide a test."""
    monkeypatch.chdir(tmp_path_factory.mktemp("empty"))


def problems_of(
    flags: dict[str, object] | None = None,
    environ: dict[str, str] | None = None,
    toml_path: Path | None = None,
) -> str:
    with pytest.raises(SettingsProblem) as caught:
        load(flags or {}, environ=environ or {}, toml_path=toml_path)
    assert str(caught.value) == "\n".join(caught.value.problems)
    return str(caught.value)


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "tertulia.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_any_source_every_setting_has_its_default(tmp_path: Path) -> None:
    settings = with_database(load({"data": None}, environ={}), rows={})
    assert settings == Settings()
    assert (settings.process, settings.site) == (ProcessSettings(), SiteSettings())
    assert settings.origin_of("port") == "default"


def test_each_source_beats_those_below_it(tmp_path: Path) -> None:
    name = "min_topic_title_length"
    rows = {name: "14"}
    path = write(tmp_path, f"{name} = 13\n")
    environ = {"TERTULIA_MIN_TOPIC_TITLE_LENGTH": "12"}
    told = []
    for loaded in (
        load({}, environ={}),
        load({}, environ={}, toml_path=path),
        load({}, environ=environ, toml_path=path),
        load({name: 11}, environ=environ, toml_path=path),
    ):
        settings = with_database(loaded, rows=rows)
        told.append((settings.site.min_topic_title_length, settings.origin_of(name), settings.is_fixed(name)))
    assert told == [
        (14, "database", False),
        (13, f"file {path}", True),
        (12, "environment TERTULIA_MIN_TOPIC_TITLE_LENGTH", True),
        (11, "flag --min-topic-title-length", True),
    ]


def test_the_names_that_the_upstream_reads_from_the_environment_work() -> None:
    loaded = load(
        {},
        environ={
            "DISCOURSE_MAX_REQS_PER_IP_PER_MINUTE": "7",
            "DISCOURSE_MAX_REQS_PER_IP_PER_10_SECONDS": "3",
            "DISCOURSE_MAX_REQS_PER_IP_MODE": "warn+block",
            "DISCOURSE_MAX_REQS_RATE_LIMIT_ON_PRIVATE": "true",
        },
    )
    process = loaded.process
    assert (process.max_reqs_per_ip_per_minute, process.max_reqs_per_ip_per_10_seconds) == (7, 3)
    assert (process.max_reqs_per_ip_mode, process.max_reqs_rate_limit_on_private) == ("warn+block", True)
    assert loaded.origins["max_reqs_per_ip_mode"] == "environment DISCOURSE_MAX_REQS_PER_IP_MODE"


def test_our_own_name_beats_the_upstreams_name() -> None:
    environ = {"DISCOURSE_MAX_REQS_PER_IP_PER_MINUTE": "7", "TERTULIA_MAX_REQS_PER_IP_PER_MINUTE": "8"}
    assert load({}, environ=environ).process.max_reqs_per_ip_per_minute == 8


def test_a_secret_of_the_site_can_come_from_the_environment() -> None:
    settings = with_database(load({}, environ={"TERTULIA_JWT_SECRET": " s p "}), rows={"jwt_secret": "other"})
    assert settings.site.jwt_secret == " s p "


def test_a_flag_that_was_not_given_leaves_the_environment_alone() -> None:
    assert load({"port": None}, environ={"TERTULIA_PORT": "4300"}).process.port == 4300


def test_a_variable_set_to_nothing_trusts_no_proxy() -> None:
    assert load({}, environ={"TERTULIA_TRUSTED_PROXIES": ""}).process.trusted_proxies == ()


def test_the_file_of_the_data_directory_is_read_when_it_is_there(tmp_path: Path) -> None:
    path = write(tmp_path, "[process]\nport = 4301\nworker = false\n[site]\ntitle = 'Plaza'\n")
    loaded = load({}, environ={"TERTULIA_DATA": str(tmp_path)})
    assert (loaded.process.data, loaded.process.port, loaded.process.worker) == (tmp_path, 4301, False)
    assert loaded.fixed == {"title": "Plaza"}
    assert loaded.origins["port"] == f"file {path}"


@pytest.mark.parametrize("way", ["flag", "environment", "argument"])
def test_a_named_file_is_read_instead_and_is_listed(tmp_path: Path, way: str) -> None:
    write(tmp_path, "port = 1")
    other = tmp_path / "other.toml"
    other.write_text("trusted_proxies = ['10.0.0.0/8', '::1']")
    flags: dict[str, object] = {"data": tmp_path}
    if way == "flag":
        loaded = load({**flags, "config": str(other)}, environ={})
    elif way == "environment":
        loaded = load(flags, environ={"TERTULIA_CONFIG": str(other)})
    else:
        loaded = load(flags, environ={}, toml_path=other)
    assert loaded.process.config == str(other)
    assert [str(each) for each in loaded.process.trusted_proxies] == ["10.0.0.0/8", "::1/128"]
    assert loaded.process.port == ProcessSettings().port


def test_every_wrong_value_of_every_source_is_named_with_what_is_allowed(tmp_path: Path) -> None:
    path = write(tmp_path, "log_level = 'loud'\nmin_post_length = 20.5\nport = 70000\nhost = ['a', 'b']\n")
    told = problems_of({"port": 4200, "base_url": "example.org"}, {"TERTULIA_WORKER": "maybe"}, path)
    assert told.splitlines() == [
        "base_url: 'example.org' (flag --base-url) is not allowed; allowed: http:// or https://, "
        "a host in ASCII and perhaps a port, without a path, or nothing",
        "worker: 'maybe' (environment TERTULIA_WORKER) is not allowed; allowed: true or false",
        f"log_level: 'loud' (file {path}) is not allowed; allowed: one of debug, info, warning, error",
        f"min_post_length: '20.5' (file {path}) is not allowed; allowed: a whole number from 1 to 50000",
        f"port: '70000' (file {path}) is not allowed; allowed: a whole number from 0 to 65535",
        f"host: this kind of value (file {path}) is not allowed; "
        "allowed: a text of 1 to 255 characters, without control characters",
    ]


def test_a_wrong_secret_or_password_is_not_shown() -> None:
    told = problems_of(
        environ={
            "TERTULIA_JWT_SECRET": "hunter2\x00",
            "TERTULIA_DATABASE": "mysql://root:hunter2@db/forum?password=hunter2",
        }
    )
    assert "hunter2" not in told
    assert "jwt_secret: '********'" in told and "database: '********@db/forum?password=********'" in told


def test_a_hostile_value_cannot_paint_the_terminal_or_flood_it() -> None:
    told = problems_of(environ={"TERTULIA_PORT": "\x1b[2J\udcff" + "9" * 10_000})
    assert "\x1b" not in told and len(told) < 300
    assert told.encode()


def test_more_than_one_server_process_on_sqlite_is_refused_and_postgresql_is_named() -> None:
    assert "postgresql://" in problems_of({"workers": 2})
    assert load({"workers": 2, "database": "postgresql://forum"}, environ={}).process.workers == 2


def test_two_fixed_limits_that_accept_nothing_together_are_refused() -> None:
    told = problems_of({"min_username_length": 30, "max_username_length": 20})
    assert told == "min_username_length: 30 is above max_username_length, 20"


def test_an_unknown_flag_is_refused() -> None:
    assert problems_of({"colour_of_sky": "blue"}) == "--colour-of-sky: there is no such setting"


def test_an_unknown_variable_is_a_warning_with_the_nearest_name() -> None:
    environ = {"TERTULIA_PROT": "1", "TERTULIA_ZZZZZ": "1", "PATH": "/bin", "DISCOURSE_HOST": "x"}
    assert load({}, environ=environ).warnings == (
        "environment 'TERTULIA_PROT' is not a setting; did you mean TERTULIA_PORT?",
        "environment 'TERTULIA_ZZZZZ' is not a setting",
    )


def test_the_variables_of_our_own_tests_are_no_warning() -> None:
    assert load({}, environ={"TERTULIA_TEST_POSTGRES": "x", "TERTULIA_CORPUS": "y"}).warnings == ()


def test_an_unknown_name_in_the_file_is_a_warning(tmp_path: Path) -> None:
    path = write(tmp_path, "prot = 1\n[other]\nport = 2\n[site]\ntitel = 'x'\n")
    assert load({}, environ={}, toml_path=path).warnings == (
        f"file {path}: 'prot' is not a setting; did you mean port?",
        f"file {path}: 'other' is not a setting",
        f"file {path}: 'titel' is not a setting; did you mean title?",
    )


def test_a_setting_in_the_wrong_section_or_twice_is_refused(tmp_path: Path) -> None:
    told = problems_of(toml_path=write(tmp_path, "host = 'a'\n[process]\nhost = 'b'\n[site]\nport = 1\n"))
    assert "host: " in told and "has it twice" in told
    assert "port: a process setting" in told and "[site]" in told


@pytest.mark.parametrize("content", [b"port = ", b"\xff\xfe", b"port = 1\nport = 2", b"a = " + b"[" * 100_000])
def test_a_file_that_is_not_toml_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.toml"
    path.write_bytes(content)
    assert str(path) in problems_of(toml_path=path)


def test_a_named_file_that_is_missing_or_a_directory_is_refused(tmp_path: Path) -> None:
    assert "there is no file" in problems_of(toml_path=tmp_path / "none.toml")
    assert "cannot be read" in problems_of({"config": tmp_path})


def test_a_file_cannot_move_the_directory_that_it_was_found_in(tmp_path: Path) -> None:
    path = write(tmp_path, "data = 'elsewhere'\nconfig = 'other.toml'")
    told = problems_of({"data": str(tmp_path)})
    assert told.count(f"cannot be set in {path}") == 2
    path.write_text("data = 'elsewhere'")
    assert load({}, environ={}, toml_path=path).process.data == Path("elsewhere")


def test_rows_of_the_database_that_are_no_good_are_left_out_with_a_warning() -> None:
    rows = {"title": "Plaza", "max_post_length": "many", "port": "1", "gone": "x", "jwt_secret": "a\nhunter2"}
    settings = with_database(load({}, environ={}), rows=rows)
    assert settings.site == SiteSettings(title="Plaza")
    assert settings.origins == {"title": "database"}
    assert settings.warnings == (
        "database: 'gone' is not a site setting; ignored",
        "jwt_secret: '********' (database) is not allowed; "
        "allowed: a text of 0 to 10000 characters, without control characters; ignored",
        "max_post_length: 'many' (database) is not allowed; allowed: a whole number from 5 to 150000; ignored",
        "database: 'port' is not a site setting; ignored",
    )


def test_limits_that_contradict_across_sources_are_a_warning() -> None:
    loaded = load({}, environ={"TERTULIA_MIN_USERNAME_LENGTH": "25"})
    settings = with_database(loaded, rows={"max_username_length": "21"})
    assert settings.warnings == ("min_username_length (25) is above max_username_length (21)",)
