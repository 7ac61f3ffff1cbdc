"""Site settings for admins: every one with its value, and changing one by its name."""

from __future__ import annotations

from math import isfinite
from typing import Any

from tertulia.dialects.discourse.answers import nothing
from tertulia.forum.sites.knobs import change_setting, list_site_settings
from tertulia.http.bodies import Parameters, Value
from tertulia.http.call import Answer, Call
from tertulia.model.errors import ParameterInvalid, ParameterMissing
from tertulia.model.sites import SettingView

_TYPES = {"text": "string", "boolean": "bool", "choice": "enum"}  # our words to the wire's, where they differ


async def get_settings(call: Call) -> Any:
    """All settings, or those named, of some categories, or whose name or sentence holds a word."""
    parameters = call.parameters
    names = set(parameters.texts("names") + parameters.texts("filter_names"))
    categories = set(parameters.texts("categories"))
    found = [
        setting
        for setting in await list_site_settings(call.unit)
        if (not names or setting.name in names) and (not categories or setting.category in categories)
    ]
    return {"site_settings": [shape_of(setting) for setting in found]}


def shape_of(setting: SettingView) -> dict[str, Any]:
    """One setting as the wire has it: values are texts."""
    shape: dict[str, Any] = {
        "setting": setting.name,
        "humanized_name": setting.name.replace("_", " ").capitalize(),
        "description": setting.sentence,
        "keywords": [],
        "default": setting.default,
        "value": setting.value,
        "type": _TYPES.get(setting.type, setting.type),
        "category": setting.category,
        "preview": None,
        "secret": setting.secret,
        "placeholder": None,
        "mandatory_values": None,
        "requires_confirmation": None,
        "depends_on": [],
        "themeable": False,
        "overridden": setting.value != setting.default,
    }
    if setting.choices:
        shape["valid_values"] = [{"name": choice, "value": choice} for choice in setting.choices]
    for name, bound in (("min", setting.minimum), ("max", setting.maximum)):
        if bound is not None and isfinite(bound):
            shape[name] = bound
    return shape


async def update_setting(call: Call) -> Answer:
    """The value comes under the setting's own name, in the body or (pydiscourse) in the query of the PUT."""
    name = call.word("setting_name")
    await change_setting(call.unit, name, _value(call, name))
    return nothing()


def _value(call: Call, name: str) -> str:
    """Lists are joined by `|`. Raises ParameterMissing, ParameterInvalid."""
    body = Parameters(call.body.parameters)
    source = body if body.has(name) else call.query
    if not source.has(name):
        raise ParameterMissing(name=name)
    value: Value = source.value(name)
    if isinstance(value, list):
        return "|".join(source.texts(name))
    if isinstance(value, dict):
        raise ParameterInvalid(name=name, problem="type")
    return source.text(name, default="")
