"""Every order that a list can be asked for comes from an index, or says here why it is sorted each time."""

from __future__ import annotations

from enum import Enum

from tertulia.model.topics import TopicOrder
from tertulia.model.users import UserListOrder
from tertulia.store.lists.clauses import ORDERS
from tertulia.store.schema.users import users
from tests.forum.reading.test_statements import INDEXES

_STAFF = "a column of staff's list of accounts, which is filtered first"
SORTED: dict[Enum, str] = {
    TopicOrder.CATEGORY: "the name of another table's row: no index of topics can hold it",
    UserListOrder.LAST_SEEN: "people who were never here come last, which is a computed key",
    UserListOrder.EMAIL: _STAFF,
    UserListOrder.TRUST_LEVEL: _STAFF,
    UserListOrder.POST_COUNT: _STAFF,
    UserListOrder.DAYS_VISITED: _STAFF,
    UserListOrder.TIME_READ: _STAFF,
    UserListOrder.TOPICS_VIEWED: _STAFF,
    UserListOrder.POSTS_READ: _STAFF,
    UserListOrder.LIKES_GIVEN: _STAFF,
    UserListOrder.TOPIC_COUNT: _STAFF,
}
# Orders of lists that nobody names, by their key in the store.
INTERNAL = {
    "pinned": "ix_topics_pinned_at, see tests/forum/reading/test_statements.py",
    "visited": "ix_topic_states_user_id: what one reader has opened",
    "top": "ix_topics_live_top; of less than a quarter of a year the topics are found by time and sorted",
    "hot": "a score that falls with age, so no index can hold it, of at most 1000 topics",
}
PEOPLE = {
    UserListOrder.CREATED: "ix_users_created_at",
    UserListOrder.USERNAME: "ux_users_username_key",
    UserListOrder.REPUTATION: "ix_users_reputation",
}


def test_every_order_of_topics_has_an_index_or_a_reason() -> None:
    without = set(TopicOrder) - set(INDEXES) - set(SORTED)
    assert not without, f"add an index and a row to INDEXES (tests/forum/reading), or a reason here: {without}"
    assert not set(INDEXES) & set(SORTED)


def test_every_order_of_people_has_an_index_or_a_reason() -> None:
    without = set(UserListOrder) - set(PEOPLE) - set(SORTED)
    assert not without, f"add an index to store/schema/users.py, or a reason here: {without}"
    assert set(PEOPLE.values()) <= {str(index.name) for index in users.indexes}


def test_every_order_of_the_store_is_one_of_these() -> None:
    named = {order.value for order in TopicOrder if order is not TopicOrder.DEFAULT}
    assert set(ORDERS) == named | set(INTERNAL)


def test_no_reason_outlives_its_order() -> None:
    assert set(SORTED) <= {*TopicOrder, *UserListOrder}
