"""What `init` and `run` do to a place without a forum: tables, first rows, keys, perhaps demo content."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tertulia.cli.opening import DATABASE_FILE, place, run_with_database
from tertulia.cli.stopping import REFUSED, Stop, say, sentence
from tertulia.forum.unit import Ports, Unit
from tertulia.model.actor import CredentialKind
from tertulia.model.errors import ForumError
from tertulia.settings import Loaded


class Admin(msgspec.Struct, frozen=True, kw_only=True):
    """The first account as it was asked for."""

    username: str = "admin"
    email: str = "admin@example.org"
    password: str | None = None


class Founded(msgspec.Struct, frozen=True, kw_only=True):
    """What `init --json` prints; scripts rely on every name."""

    url: str
    admin_username: str
    admin_password: str
    discourse_api_key: str
    nodebb_user_token: str
    nodebb_master_token: str


def found_forum(loaded: Loaded, admin: Admin, *, demo: bool) -> Founded:
    """Founds the forum, all or nothing. Raises Stop (code 2 where there is a forum already)."""
    if not loaded.process.database:
        _make_folder(Path(loaded.process.data))

    async def work(ports: Ports) -> Founded:
        return await _found(ports, admin, demo=demo)

    return run_with_database(loaded, work)


def is_founded(loaded: Loaded) -> bool:
    """Whether there is a forum. Raises Stop where that cannot be told."""

    async def work(ports: Ports) -> bool:
        return await ports.database.version() is not None

    if not loaded.process.database and not (Path(loaded.process.data) / DATABASE_FILE).is_file():
        return False
    return run_with_database(loaded, work)


def forum_url(loaded: Loaded) -> str:
    """The address at which `serve` with these settings answers."""
    process = loaded.process
    host = f"[{process.host}]" if ":" in process.host else process.host
    return process.base_url or f"http://{host}:{process.port}"


def _make_folder(folder: Path) -> None:
    try:
        # Hashes of passwords and keys lie in it: nobody else's business.
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / DATABASE_FILE).touch(mode=0o600, exist_ok=True)
    except OSError as problem:
        raise Stop(f"{folder} cannot be written: {problem.strerror}") from problem


async def _found(ports: Ports, admin: Admin, *, demo: bool) -> Founded:
    from tertulia.forum.sites.found import AlreadyFounded, found_site, found_tables
    from tertulia.forum.sites.founder import make_password, prepare_founder
    from tertulia.forum.sites.welcome import create_welcome_topic
    from tertulia.settings import with_database
    from tertulia.store.engine.base import UniqueViolation

    exists = f"there is a forum in {place(ports.loaded)} already; `tertulia serve` starts it"
    password = admin.password if admin.password is not None else make_password()
    try:
        async with ports.unit(settings=with_database(ports.loaded, rows={})) as unit:
            if await ports.database.version() is not None:
                raise AlreadyFounded
            command = await prepare_founder(unit, username=admin.username, email=admin.email, password=password)
            await found_tables(ports.database)
            await found_site(unit, command)
            await create_welcome_topic(unit)
            founded = await _make_keys(unit, url=forum_url(ports.loaded), admin=admin, password=password)
            if demo:
                await _fill(unit)
            await unit.commit()
    except (AlreadyFounded, UniqueViolation) as problem:
        raise Stop(exists, code=REFUSED) from problem
    if demo:
        await _add_files(ports, admin)
    return founded


async def _fill(unit: Unit) -> None:
    from tertulia.forum.sites.demo.creating import DemoNameTaken, create_demo

    try:
        await create_demo(unit)
    except DemoNameTaken as taken:
        problem = f"the demo has a {taken} of its own; choose another name for the administrator"
        raise Stop(problem, code=REFUSED) from taken


async def _add_files(ports: Ports, admin: Admin) -> None:
    """The forum is there and its keys must be shown, whatever becomes of a picture."""
    from tertulia.forum.sites.demo.files import create_demo_files
    from tertulia.settings import with_database

    settings = with_database(ports.loaded, rows={})
    try:
        await create_demo_files(lambda: ports.unit(settings=settings), admin=admin.username)
    except ForumError as problem:
        say(f"warning: the demo is without its picture: {sentence(problem)}")


async def _make_keys(unit: Unit, *, url: str, admin: Admin, password: str) -> Founded:
    from tertulia.forum.keys.creating import create_key
    from tertulia.forum.sessions.actors import build_actor
    from tertulia.model.actor import Credential
    from tertulia.model.keys import CreateKey
    from tertulia.model.users import ADMIN_ID
    from tertulia.store.users import find_user

    user = await find_user(unit.tx, ADMIN_ID)
    unit.actor = await build_actor(unit, user, credential=Credential(kind=CredentialKind.INTERNAL))
    secrets = []
    for kind, user_id in (
        (CredentialKind.ADMIN_KEY, None),
        (CredentialKind.USER_TOKEN, ADMIN_ID),
        (CredentialKind.MASTER_TOKEN, None),
    ):
        command = CreateKey(kind=int(kind), user_id=user_id, description="made by tertulia init")
        secrets.append(str((await create_key(unit, command)).secret))
    return Founded(
        url=url,
        admin_username=admin.username,
        admin_password=password,
        discourse_api_key=secrets[0],
        nodebb_user_token=secrets[1],
        nodebb_master_token=secrets[2],
    )
