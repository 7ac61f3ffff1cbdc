"""What follows from each event, inside its transaction. Every event has a row; an empty one is a decision.

Jobs and signals after the commit come from the event log: the worker reads it. Within a row categories come before
users, as everybody locks them.
"""

from __future__ import annotations

from collections.abc import Mapping

from tertulia.effects import category_counters as categories
from tertulia.effects import notifications
from tertulia.effects import search_rows as search
from tertulia.effects import user_counters as users
from tertulia.forum.unit import InsideEffect
from tertulia.model import events
from tertulia.model.events import Event

EFFECTS: Mapping[type[Event], tuple[InsideEffect, ...]] = {
    events.TopicCreated: (categories.count_created_topic, users.count_created_topic),
    events.TopicEdited: (categories.count_moved_topic, search.index_renamed),
    events.TopicStatusChanged: (categories.count_status,),
    events.TopicDeleted: (categories.count_deleted_topic, users.count_deleted_topic, notifications.untell_topic),
    events.TopicRecovered: (categories.count_recovered_topic, users.count_recovered_topic),
    events.TopicPurged: (),  # the rows are gone; whoever removed them counted
    events.TopicUserInvited: (notifications.tell_invited,),
    events.TopicGroupInvited: (),  # the worker tells its members
    events.TopicUserRemoved: (),
    events.TopicGroupRemoved: (),
    events.PostCreated: (
        categories.count_created_post,
        users.count_created_post,
        search.index_created,
        notifications.tell_created,
    ),
    events.PostEdited: (search.index_edited, notifications.tell_edited),
    events.PostDeleted: (
        categories.count_deleted_post,
        users.count_deleted_post,
        search.remove_deleted,
        notifications.untell_post,
    ),
    events.PostRecovered: (categories.count_recovered_post, users.count_recovered_post, search.index_recovered),
    events.PostPurged: (),
    events.VoteChanged: (notifications.tell_vote,),  # the vote's service counts it: one vote, one row each
    events.UserCreated: (),
    events.UserUpdated: (),
    events.UserDeleted: (),
    events.UserSuspended: (),
    events.UserUnsuspended: (),
    events.UserSilenced: (),
    events.UserUnsilenced: (),
    events.UserRoleChanged: (),
    events.TrustLevelChanged: (),
    events.UserLoggedIn: (),
    events.UserLoggedOut: (),
    events.GroupCreated: (),
    events.GroupUpdated: (),
    events.GroupDeleted: (),
    events.GroupMembersAdded: (),
    events.GroupMembersRemoved: (),
    events.CategoryCreated: (),
    events.CategoryUpdated: (),
    events.CategoryDeleted: (),
    events.PrivilegesChanged: (),
    events.TagCreated: (),
    events.TagUpdated: (),
    events.TagDeleted: (),
    events.SettingChanged: (),
    events.KeyCreated: (),
    events.KeyRevoked: (),
    events.KeyRestored: (),
    events.KeyDeleted: (),
}
