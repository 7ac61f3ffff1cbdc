"""Which fields of an archive are lost: everything that is neither kept nor follows from what is kept."""

from __future__ import annotations

from collections import Counter

import msgspec

from tertulia.importers.discourse_archive import wire

# What an answer says of its reader, or repeats of other fields.
_FOLLOWS = (
    "timeline_lookup", "suggested_topics", "related_topics", "tags_descriptions", "unicode_title", "draft",
    "draft_key", "draft_sequence", "unpinned", "pinned", "current_post_number", "chunk_size", "bookmarked",
    "bookmarks", "message_bus_last_id", "show_read_indicator", "actions_summary", "tags_disable_ads",
    "featured_link_root_domain", "liked", "unseen", "last_read_post_number", "yours", "read", "readers_count",
    "display_username", "topic_slug", "can_edit", "can_delete", "can_recover", "can_wiki",
    "can_see_hidden_post", "can_view_edit_history", "can_accept_answer", "can_unaccept_answer", "staff",
    "reply_to_user", "cooked_hidden", "post_stream", "details", "post_folding_status", "user_created_at",
    "title_is_group", "can_translate", "can_vote", "accepted_answer", "has_accepted_answer", "thumbnails",
    "deleted_by",
)  # fmt: skip
_OF_TOPIC = frozenset(wire.Topic.__struct_fields__) | set(_FOLLOWS)
_OF_POST = frozenset(wire.Post.__struct_fields__) | set(_FOLLOWS)
_NOTHING = (b"null", b"false", b"[]", b"{}", b"0", b'""')


class _Stream(msgspec.Struct):
    posts: list[dict[str, msgspec.Raw]]


class _Loose(msgspec.Struct):
    post_stream: _Stream


_topics = msgspec.json.Decoder(dict[str, msgspec.Raw])
_posts = msgspec.json.Decoder(_Loose)


def count_lost_fields(body: bytes) -> Counter[str]:
    """How many posts and topics of one body have a value in each field that is not kept."""
    lost: Counter[str] = Counter()
    for row, known in (
        (_topics.decode(body), _OF_TOPIC),
        *((post, _OF_POST) for post in _posts.decode(body).post_stream.posts),
    ):
        for name in row.keys() - known:
            if bytes(row[name]) not in _NOTHING:
                lost[name[:60]] += 1
    if (answer := _topics.decode(body).get("accepted_answer")) is not None and bytes(answer) not in _NOTHING:
        lost["accepted_answer"] += 1
    return lost
