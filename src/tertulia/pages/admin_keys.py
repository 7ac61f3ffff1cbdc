"""Keys to the API, for admins: made here, shown once, with their last use, revoked and restored.

The page says which call of the API does the same.
"""

from __future__ import annotations

import msgspec

from tertulia.forum.keys.catalogue import SCOPES
from tertulia.forum.keys.creating import create_key
from tertulia.forum.keys.deprecated import list_deprecated_calls
from tertulia.forum.keys.listing import list_keys
from tertulia.forum.keys.revoking import restore_key, revoke_key
from tertulia.forum.users.profiles import read_user
from tertulia.http.call import Answer, Call
from tertulia.model.actor import CredentialKind
from tertulia.model.errors import ForumError, ParameterMissing
from tertulia.model.keys import CreateKey, DeprecatedCall, KeyList, KeyScope, KeyView, ScopeMode
from tertulia.pages.forms import Problems, take_back, typed
from tertulia.pages.rendering import Around, page
from tertulia.pages.returning import redirect

KINDS = (CredentialKind.ADMIN_KEY,)
APPS = (CredentialKind.USER_KEY,)
PATH = "/admin/api/keys"
_PER_PAGE = 50
_MODES = {"global": ScopeMode.GLOBAL, "read_only": ScopeMode.READ_ONLY, "granular": ScopeMode.GRANULAR}
_MODE_WORDS = {ScopeMode.GLOBAL: "everything", ScopeMode.READ_ONLY: "reading only", ScopeMode.GRANULAR: "chosen scopes"}


class KeyForm(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the form of a new key."""

    description: str = ""
    who: str = "all"
    username: str = ""
    mode: str = "global"
    scopes: tuple[str, ...] = ()


class KeyLine(msgspec.Struct, frozen=True, kw_only=True):
    """A key in the table; never more of its secret than the first characters."""

    id: int
    begins: str
    description: str
    user: str | None
    reach: str
    scopes: tuple[str, ...]
    created_at: int
    last_used_at: int | None
    last_used_from: str
    revoked_at: int | None


class Others(msgspec.Struct, frozen=True, kw_only=True):
    """What stands below the admins' keys: those that people gave to programs, and calls that no longer work."""

    apps: tuple[KeyView, ...]
    deprecated: tuple[DeprecatedCall, ...]


def key_form(call: Call) -> KeyForm:
    who, mode = typed(call, "who"), typed(call, "mode")
    return KeyForm(
        description=typed(call, "description", longest=1000),
        who=who if who in ("all", "one") else "all",
        username=typed(call, "username", longest=255).strip(),
        mode=mode if mode in _MODES else "global",
        scopes=tuple(call.parameters.texts("scopes")),
    )


def key_line(view: KeyView) -> KeyLine:
    key = view.key
    return KeyLine(
        id=key.id,
        begins=key.truncated,
        description=key.application or key.description,
        user=view.user.username if view.user is not None else None,
        reach=_MODE_WORDS[ScopeMode(key.scope_mode)],
        scopes=tuple(scope.scope for scope in view.scopes),
        created_at=key.created_at,
        last_used_at=key.last_used_at,
        last_used_from=key.last_used_address or "",
        revoked_at=key.revoked_at,
    )


async def get_keys(call: Call) -> Answer:
    return await _page(call, form=KeyForm(), problems=Problems(), made=None)


async def post_create_key(call: Call) -> Answer:
    form = key_form(call)
    try:
        made = await create_key(call.unit, await _command(call, form))
    except ForumError as error:
        return await _page(call, form=form, problems=await take_back(call, error), made=None)
    return await _page(call, form=KeyForm(), problems=Problems(), made=made)


async def post_revoke_key(call: Call) -> Answer:
    await revoke_key(call.unit, call.integer("key_id"), kinds=(*KINDS, *APPS))
    return redirect(PATH)


async def post_restore_key(call: Call) -> Answer:
    await restore_key(call.unit, call.integer("key_id"), kinds=(*KINDS, *APPS))
    return redirect(PATH)


async def _command(call: Call, form: KeyForm) -> CreateKey:
    if form.who != "one":
        return _key_command(form, user_id=None)
    if not form.username:
        raise ParameterMissing(name="username")
    view = await read_user(call.unit, username=form.username.removeprefix("@"))
    return _key_command(form, user_id=view.user.id)


def _key_command(form: KeyForm, *, user_id: int | None) -> CreateKey:
    granular = form.mode == "granular"
    return CreateKey(
        kind=CredentialKind.ADMIN_KEY,
        user_id=user_id,
        description=form.description,
        scope_mode=_MODES[form.mode],
        scopes=tuple(KeyScope(name) for name in form.scopes) if granular else (),
    )


async def _page(call: Call, *, form: KeyForm, problems: Problems, made: KeyView | None) -> Answer:
    offset = call.query.integer("offset", minimum=0, maximum=1_000_000, default=0)
    keys = await list_keys(call.unit, kinds=KINDS, offset=offset, limit=_PER_PAGE)
    others = Others(
        apps=(await list_keys(call.unit, kinds=APPS, limit=_PER_PAGE)).keys,
        deprecated=await list_deprecated_calls(call.unit),
    )
    answer = _render(call, keys, form=form, problems=problems, made=made, others=others)
    answer.reason = problems.reason
    if made is not None:
        answer.headers.append(("Cache-Control", "no-store"))
    return answer


def _render(
    call: Call, keys: KeyList, *, form: KeyForm, problems: Problems, made: KeyView | None, others: Others
) -> Answer:
    older = keys.offset + _PER_PAGE
    return page(
        call,
        "admin_keys.html",
        around=Around(title="API keys", section="keys", json_path=f"{PATH}.json", noindex=True, status=problems.status),
        form=form,
        problems=problems,
        made=key_line(made) if made else None,
        secret=made.secret if made else None,
        lines=[key_line(each) for each in keys.keys],
        apps=[key_line(each) for each in others.apps],
        deprecated=others.deprecated[:_PER_PAGE],
        newer=f"{PATH}?offset={max(keys.offset - _PER_PAGE, 0)}" if keys.offset else None,
        older=f"{PATH}?offset={older}" if older < keys.total else None,
        all_scopes=tuple(SCOPES),
    )
