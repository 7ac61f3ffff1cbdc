"""Every list that can be asked for, in each dialect: by readers, by staff; and what may cost more, and why."""

from __future__ import annotations

# {slug}/{cid}: a category, {tag}: a tag, {topic}/{post}: a topic and a post of it, {user}: who wrote most.
_ANYBODY = """
/latest.json
/latest.json?page=5
/latest.json?order=created
/latest.json?order=views
/latest.json?order=posts
/latest.json?order=likes
/latest.json?order=op_likes
/latest.json?order=posters
/latest.json?order=title
/latest.json?order=category
/latest.json?order=activity&ascending=true
/latest.json?q=topic
/latest.json?status=closed
/latest.json?status=archived
/latest.json?status=unlisted
/latest.json?tags={tag}
/latest.json?min_posts=2
/latest.json?before=5
/new.json
/unread.json
/unseen.json
/read.json
/posted.json
/bookmarks.json
/top.json?period=all
/top.json?period=yearly
/top.json?period=monthly
/top.json?period=daily
/hot.json
/c/{slug}/{cid}.json
/c/{slug}/{cid}.json?page=2
/c/{slug}/{cid}.json?order=created
/c/{slug}/{cid}.json?order=views
/c/{slug}/{cid}/l/top.json
/c/{slug}/{cid}/l/new.json
/categories.json
/categories.json?include_topics=true
/categories_and_latest.json
/categories_and_top.json
/categories_and_hot.json
/tags.json
/tags/list.json
/tag/{tag}.json
/tag/{tag}.json?page=1
/tag/{tag}.json?order=created
/tag/{tag}/l/top.json
/tags/filter/search.json?q=a
/groups.json
/groups/trust_level_0/members.json
/groups/trust_level_1/posts.json
/groups/trust_level_1/mentions.json
/groups/admins/members.json
/topics/groups/trust_level_1.json
/directory_items.json?period=all&order=likes_received
/directory_items.json?period=weekly&order=post_count&page=1
/directory_items.json?period=all&name=a
/t/{topic}.json
/t/{topic}/posts.json
/t/{topic}/summary.json
/raw/{topic}
/posts.json
/posts.json?before={post}
/private-posts.json
/posts/{post}/replies.json
/posts/{post}/reply-ids.json
/u/{user}.json
/u/{user}/summary.json
/u/{user}/activity.json
/u/search/users.json?term={user}
/u/search/users.json?topic_id={topic}
/user_actions.json?username={user}
/user_actions.json?username={user}&filter=4
/user_actions.json?username={user}&filter=1
/topics/created-by/{user}.json
/notifications.json
/notifications.json?recent=true
/notifications.json?filter=unread
/notifications/totals.json
/topics/private-messages/mary.json
/topics/private-messages-sent/mary.json
/topics/private-messages-archive/mary.json
/topics/private-messages-unread/mary.json
/topics/private-messages-new/mary.json
/post_action_users.json?id={post}&post_action_type_id=2
/latest
/c/{slug}/{cid}
/tag/{tag}
/u/{user}
/g
/notifications
/api/categories
/api/category/{cid}
/api/category/{cid}?page=2
/api/category/{cid}?sort=most_posts
/api/category/{cid}?sort=most_votes
/api/category/{cid}?sort=most_views
/api/category/{cid}?sort=recently_created
/api/recent
/api/recent?page=9
/api/recent?filter=new
/api/recent?filter=watched
/api/recent?filter=unreplied
/api/recent?cid={cid}
/api/recent/posts/day
/api/popular
/api/popular?term=daily
/api/top
/api/top?term=weekly
/api/topic/{topic}
/api/topic/{topic}?sort=most_votes
/api/tags
/api/tags/{tag}
/api/users
/api/users?section=sort-posts
/api/users?section=sort-reputation
/api/users?section=online
/api/users?query=a
/api/groups
/api/groups/administrators/members
/api/user/{user}
/api/user/{user}/posts
/api/user/{user}/topics
/api/user/{user}/best
/api/user/{user}/upvoted
/api/user/{user}/followers
/api/user/{user}/following
/api/v3/categories
/api/v3/categories/{cid}/topics
/api/v3/categories/{cid}/posts
/api/v3/posts/{post}/replies
/api/v3/posts/{post}/voters
/api/v3/groups
"""
_STAFF = """
/admin/users/list/active.json
/admin/users/list/new.json
/admin/users/list/staff.json
/admin/users/list/suspended.json
/admin/users/list/active.json?order=posts
/admin/users/list/active.json?filter=a
/admin/api/keys.json
/admin/logs/staff_action_logs.json
/api/unread
/api/unread/total
/api/notifications
/api/v3/notifications
/api/user/admin/bookmarks
/api/user/admin/watched
/api/user/admin/read
"""

ANYBODY, STAFF = _ANYBODY.split(), _STAFF.split()
# What costs more where there is more, and why that is accepted: by a piece of the statement, and by the path.
STATEMENTS = {
    "FROM users WHERE users.id >": "accounts, few against posts, are counted, sorted or looked through by name",
    "GROUP BY topics.category_id": "new topics of a year are counted by category, in an index alone",
    "SELECT categories.name_key": "by the name of another table's row, which no index of topics can hold",
    "topics.title_key LIKE": "no index finds a part of a title: those of 10,000 topics are looked through",
    "AS active JOIN": "the 800 topics active last are sorted, which a small forum does not have",
    "AS counted": "800 topics are counted, which a small forum does not have",
    "topics.bumped_at >= ": "what was active in a short time is sorted: where there is more it is more",
}
PATHS = {
    "/api/v3/categories/{cid}/posts": "from the newest post of the forum on until enough of the category were met",
}
