"""Whether the API is there, and for whom."""

from __future__ import annotations

from typing import Any

from tertulia.http.call import Call


async def ping(call: Call) -> dict[str, Any]:
    return {"code": "ok", "message": "pong", "params": {}}


async def ping_back(call: Call) -> dict[str, Any]:
    user_id = call.actor.user_id
    return {"code": "ok", "message": f"pong, accepted test POST ping for uid {user_id}", "params": {"uid": user_id}}
