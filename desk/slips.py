"""What is wrong with what was sent, in words that name the field and the way out.

Checks are pydantic's; its own words are for programmers, and in English.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from cases.told import Told

_FIELDS = {
    "assignee": Told("Assignee"),
    "cases": Told("Cases"),
    "category": Told("Category"),
    "cause": Told("Cause"),
    "damage": Told("Damage, kept inside"),
    "finding": Told("Finding"),
    "label": Told("What is it for?"),
    "language": Told("Language"),
    "name": Told("Name"),
    "new": Told("New password"),
    "old": Told("Present password"),
    "override": Told("Why approve in spite of it?"),
    "owner": Told("Owner"),
    "password": Told("Password"),
    "platform": Told("Network"),
    "reason": Told("Reason"),
    "role": Told("Role"),
    "severity": Told("Gravity"),
    "sso": Told("Known to the sign-in provider as"),
    "text": Told("Text"),
    "title": Told("Title"),
    "until": Told("Until"),
    "url": Told("Address"),
    "value": Told("Value"),
    "words": Told("What they were given"),
    "zone": Told("Time zone"),
}
"""What a page calls a field; a program knows it by its own name."""


def slip(error: Mapping[str, Any], *, by_label: bool) -> Told:
    """One of pydantic's errors as a person reads it; `by_label`: the field is called as pages call it."""
    path = [str(part) for part in error["loc"][1:]]
    field: str = ".".join(path)
    if by_label and path:
        field = _FIELDS.get(path[0], field)
    return Told("“%(field)s”: %(slip)s", field=field, slip=_what(error)) if field else _what(error)


def of_an_address(errors: Sequence[Mapping[str, Any]]) -> bool:
    """Whether what is wrong is the address itself, so that nothing stands there."""
    return any(error["loc"][:1] == ("path",) for error in errors)


def _what(error: Mapping[str, Any]) -> Told:
    kind, bounds = str(error["type"]), error.get("ctx", {})
    least, most = bounds.get("min_length"), bounds.get("max_length")
    told = _counted(kind, least, most) or _limited(kind, bounds)
    if told is not None:
        return told
    match kind:
        case "missing":
            return Told("fill this in")
        case "enum" | "literal_error":
            return Told("this takes only %(choices)s", choices=str(bounds["expected"]))
        case "bool_parsing" | "bool_type":
            return Told("this takes yes or no")
        case "int_from_float":
            return Told("write a whole number, for example 12")
        case "string_type" | "string_unicode":
            return Told("this takes a text")
        case "json_invalid":
            return Told("the body is no JSON: %(why)s", why=str(bounds.get("error", "")))
    if kind.startswith(("int_", "float_", "finite_")):
        return Told("write a number, for example 12")
    return Told("%(why)s", why=str(error["msg"]))


def _counted(kind: str, least: int | None, most: int | None) -> Told | None:
    match kind:
        case "string_too_short" | "too_short" if least == 1:
            return Told("fill this in")
        case "string_too_short":
            return Told("write %(least)s characters at least", least=least or 0)
        case "string_too_long":
            return Told("write %(most)s characters at most", most=most or 0)
        case "too_long":
            return Told("take %(most)s at once at most", most=most or 0)
    return None


def _limited(kind: str, bounds: Mapping[str, Any]) -> Told | None:
    match kind:
        case "greater_than_equal":
            return Told("this takes %(least)s or more", least=_figure(bounds["ge"]))
        case "less_than_equal":
            return Told("this takes %(most)s or less", most=_figure(bounds["le"]))
    return None


def _figure(bound: float) -> int | float:
    return int(bound) if bound == int(bound) else bound
