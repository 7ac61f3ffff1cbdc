"""Promises about narrowed keys: what a scope opens, and what it does not."""

from __future__ import annotations

from tertulia.forum.keys.catalogue import SCOPES
from tertulia.forum.keys.scopes import permits
from tertulia.model.actor import Credential, CredentialKind
from tertulia.model.keys import KeyScope


def reaches(
    credential: Credential,
    row_scope: str | None,
    *,
    is_read: bool = False,
    path: dict[str, object] | None = None,
    other: dict[str, object] | None = None,
) -> bool:
    return permits(
        credential, row_scope=row_scope, is_read=is_read, path_parameters=path or {}, other_parameters=other or {}
    )


def narrowed(*scopes: KeyScope) -> Credential:
    return Credential(kind=CredentialKind.ADMIN_KEY, scopes=tuple(scope.scope for scope in scopes), key_scopes=scopes)


def personal(*scopes: str) -> Credential:
    return Credential(
        kind=CredentialKind.USER_KEY, scopes=scopes, key_scopes=tuple(KeyScope(scope) for scope in scopes)
    )


def test_a_key_without_scopes_reaches_everything_and_a_reading_one_every_read() -> None:
    assert reaches(Credential(kind=CredentialKind.ADMIN_KEY), None)
    reading = Credential(kind=CredentialKind.ADMIN_KEY, read_only=True)
    assert reaches(reading, "topics:read", is_read=True) and reaches(reading, None, is_read=True)
    assert not reaches(reading, "topics:write")


def test_a_narrowed_key_reaches_rows_of_its_scopes_only() -> None:
    credential = narrowed(KeyScope("topics:read"), KeyScope("posts:edit"))
    assert reaches(credential, "topics:read", is_read=True)
    assert reaches(credential, "wordpress:publishing topics:read", is_read=True)
    assert reaches(credential, "posts:edit", path={"id": 5})
    assert not reaches(credential, "topics:write")
    assert not reaches(credential, None) and not reaches(credential, None, is_read=True)
    assert not reaches(credential, "topics:reads")


def test_reading_everything_is_no_writing() -> None:
    credential = narrowed(KeyScope("global:read"))
    assert reaches(credential, None, is_read=True)
    assert not reaches(credential, "topics:write")


def test_a_path_parameter_is_compared_in_the_path_alone() -> None:
    credential = narrowed(KeyScope("topics:update", {"topic_id": ("7", "8")}))
    assert reaches(credential, "topics:update", path={"topic_id": 7})
    assert reaches(credential, "topics:update", path={"id": 8})
    assert not reaches(credential, "topics:update", path={"id": 9})
    assert not reaches(credential, "topics:update", path={"id": 9}, other={"topic_id": "7"})
    assert not reaches(credential, "topics:update", other={"topic_id": "7"})
    assert not reaches(credential, "topics:update")


def test_a_name_and_its_alias_together_are_refused() -> None:
    credential = narrowed(KeyScope("topics:read", {"topic_id": ("7",)}))
    assert not reaches(credential, "topics:read", is_read=True, path={"id": 7}, other={"topic_id": "7"})
    lists = narrowed(KeyScope("topics:read_lists", {"category_id": ("5",)}))
    both = {"category_slug_path_with_id": "cakes/5"}
    assert reaches(lists, "topics:read_lists", is_read=True, path=both)
    assert not reaches(lists, "topics:read_lists", is_read=True, path={"category_slug_path_with_id": "5/cakes"})
    assert not reaches(lists, "topics:read_lists", is_read=True, path=both, other={"category_id": "5"})


def test_a_sent_parameter_has_one_of_the_allowed_values() -> None:
    credential = narrowed(KeyScope("topics:write", {"topic_id": ("7",)}))
    for value in ("7", 7):
        assert reaches(credential, "topics:write", other={"topic_id": value})
    for value in ("70", 8, "", None, ["7"], {"7": "7"}, True):
        assert not reaches(credential, "topics:write", other={"topic_id": value})
    assert not reaches(credential, "topics:write")


def test_all_bound_parameters_must_fit_and_any_scope_suffices() -> None:
    closing = KeyScope("topics:status", {"status": ("closed",), "topic_id": ("7",)})
    credential = narrowed(closing, KeyScope("topics:delete", {"topic_id": ("9",)}))
    assert reaches(credential, "topics:status", path={"topic_id": 7}, other={"status": "closed"})
    assert not reaches(credential, "topics:status", path={"topic_id": 7}, other={"status": "archived"})
    assert not reaches(credential, "topics:status", path={"topic_id": 9}, other={"status": "closed"})
    assert reaches(credential, "topics:delete topics:status", path={"id": 9})


def test_what_cannot_be_read_gives_no_right() -> None:
    assert not reaches(narrowed(KeyScope("topics:steal")), "topics:steal")
    assert not reaches(narrowed(KeyScope("topics:read", {"colour": ("red",)})), "topics:read", is_read=True)
    broken = Credential(kind=CredentialKind.ADMIN_KEY, scopes=("topics:read",))
    assert not reaches(broken, "topics:read", is_read=True)


def test_personal_keys_go_by_method_and_by_what_their_scopes_open() -> None:
    assert reaches(personal("read"), None, is_read=True) and not reaches(personal("read"), None)
    assert reaches(personal("write"), None) and reaches(personal("write"), None, is_read=True)
    assert reaches(personal("notifications"), "notifications:mark_read")
    assert reaches(personal("session_info"), "session:current", is_read=True)
    assert not reaches(personal("session_info", "push"), "topics:read", is_read=True)
    assert not reaches(personal(), None, is_read=True)
    assert not reaches(personal("global:read"), None, is_read=True)


def test_every_key_may_learn_its_scopes_and_revoke_itself() -> None:
    for credential in (narrowed(KeyScope("tags:list")), personal("push")):
        assert reaches(credential, "keys:own_scopes", is_read=True)
        assert reaches(credential, "keys:revoke_own")


def test_no_scope_binds_one_parameter_twice() -> None:
    for name, rules in SCOPES.items():
        assert len({rule.name for rule in rules}) == len(rules), name
        assert name.count(":") == 1
