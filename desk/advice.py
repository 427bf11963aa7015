"""What the checker says of components and faults, in the reader's language: each language pack says it in its own."""

from collections.abc import Mapping
from functools import cache

from responders.cues import Advice, shipped_cues


@cache
def advice_in(tag: str) -> Mapping[str, str]:
    """Every pack's reasons and suggestions, each with what the pack of this language says instead; {} without one.

    A pack that gives its reason in English first and in its own words in brackets means the latter for its readers.
    """
    packs = shipped_cues()
    if tag == "en" or tag not in packs:
        return {}
    said: dict[str, str] = {}
    for pack in packs.values():
        for name, advice in pack.advice.items():
            own = packs[tag].advice.get(name, Advice(""))
            if own.why:
                said[advice.why] = _own_words(own.why)
            if own.suggestion and advice.suggestion:
                said[advice.suggestion] = own.suggestion
    return said


def _own_words(why: str) -> str:
    _, bracket, rest = why.partition(" (")
    return rest.rstrip().removesuffix(")") if bracket else why
