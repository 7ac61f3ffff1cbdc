"""Entity tags: weak, made of the content alone, so that they say nothing about who read it.

The upstream's framework makes them the same way, of the body's digest.
"""

from __future__ import annotations

import hashlib

from tertulia.http.call import Answer, Call


def add_tag(call: Call, answer: Answer) -> None:
    """Gives an answer to GET or HEAD its tag, unless it has one or is sent in pieces."""
    if answer.status != 200 or answer.pieces is not None or call.method not in ("GET", "HEAD"):
        return
    if answer.content_type is None or any(name == "ETag" for name, _ in answer.headers):
        return
    answer.headers.append(("ETag", f'W/"{hashlib.blake2b(answer.body, digest_size=12).hexdigest()}"'))


def is_known(tag: str, none_match: str) -> bool:
    """Whether an If-None-Match (weak comparison, RFC 9110) holds the tag or `*`."""
    if not none_match or not tag:
        return False
    wanted = tag.removeprefix("W/")
    return any(each.strip().removeprefix("W/") in (wanted, "*") for each in none_match[:4096].split(","))


def spare(call: Call, answer: Answer) -> None:
    """Turns the answer into 304 without a body where the client holds the same."""
    none_match = call.headers.get("if-none-match")
    if none_match is None or answer.status != 200 or answer.pieces is not None:
        return
    tag = next((value for name, value in answer.headers if name == "ETag"), "")
    if call.method in ("GET", "HEAD") and is_known(tag, none_match):
        answer.status, answer.body, answer.packed, answer.content_type = 304, b"", None, None
        answer.headers = [pair for pair in answer.headers if pair[0] != "Content-Encoding"]
