"""How findings bear on each other: the guide's close calls, the same in every language.

What a cue matched is a `Hit`. The rules here drop hits that others take away; which words make a hit is the business
of the language's cues.
"""

from collections.abc import Callable
from dataclasses import dataclass

from cases.apology import Component, Fault
from responders.check_text import Reading
from responders.cues import CuePack


@dataclass(frozen=True, slots=True)
class Hit:
    """One match of one cue, placed in the folded text."""

    name: Component | Fault
    start: int
    end: int
    sentence: int
    firm: bool = False


_SPOILS_REGRET = frozenset({Fault.CONDITIONAL, Fault.BUT, Fault.FEELINGS_NOT_FACTS})
_TAKEN_BACK = frozenset(
    {
        Component.REGRET,
        Component.RESPONSIBILITY,
        Fault.FEELINGS_NOT_FACTS,
        Fault.CONDITIONAL,
        Fault.PASSIVE_AGENT,
    }
)
_NO_CAUSE = frozenset({Fault.EXCUSE, Fault.BLAME_SHIFT})
_CAN_BE_NEGATED = frozenset(
    {
        Component.REGRET,
        Component.RESPONSIBILITY,
        Component.AMENDS,
        Component.PRIVATE_CHANNEL,
        Fault.FAVOUR,
        Fault.BLAME_SHIFT,
        Fault.PUBLIC_DETAILS,
    }
)
_COUNTS_IN_QUOTES = frozenset({Component.ACKNOWLEDGEMENT, Fault.PUBLIC_DETAILS, Fault.PUBLIC_MONEY})
_NEGATION_REACH = 30


def _not_quoted(hits: list[Hit], reading: Reading, _pack: CuePack) -> list[Hit]:
    """The customer's words, quoted, are not ours; a detail, a sum or the problem's name counts wherever it stands."""
    return [hit for hit in hits if hit.name in _COUNTS_IN_QUOTES or not reading.quoted(hit.start, hit.end)]


def _not_negated(hits: list[Hit], reading: Reading, pack: CuePack) -> list[Hit]:
    """Nothing is owned by "not our mistake", and nobody invited by "no need to DM"."""
    negated = pack.negated
    if negated is None:
        return hits
    kept = []
    for hit in hits:
        if hit.name in _CAN_BE_NEGATED:
            begin = max(reading.sentences[hit.sentence].start, hit.start - _NEGATION_REACH)
            if negated.search(reading.folded[begin : hit.start]):
                continue
        kept.append(hit)
    return kept


def _details_in_public(hits: list[Hit], reading: Reading, pack: CuePack) -> list[Hit]:
    """Rule 11: to ask for a detail is no fault where the same breath names a private channel.

    The closest word decides: clause before sentence, sentence before neighbours.
    """

    def in_private(hit: Hit) -> bool:
        for span in (reading.clause(hit.start), reading.sentence(hit.start), reading.nearby(hit.start)):
            if pack.private.search(reading.folded, span.start, span.end):
                return True
            if pack.public.search(reading.folded, span.start, span.end):
                return False
        return False

    return [hit for hit in hits if hit.name is not Fault.PUBLIC_DETAILS or hit.firm or not in_private(hit)]


def _but_after_apology(hits: list[Hit], reading: Reading, _pack: CuePack) -> list[Hit]:
    """Rule 8: a *but* is a fault where apology or ownership stands before it.

    That is in its own sentence or, where it opens one, in the sentence before.
    """
    sources = [hit for hit in hits if hit.name in _TAKEN_BACK]

    def weakens(but: Hit) -> bool:
        opens = but.start - reading.sentences[but.sentence].start <= 1
        return any(
            source.end <= but.start
            and (source.sentence == but.sentence or (opens and source.sentence == but.sentence - 1))
            for source in sources
        )

    return [hit for hit in hits if hit.name is not Fault.BUT or weakens(hit)]


def _unspoiled_regret(hits: list[Hit], reading: Reading, _pack: CuePack) -> list[Hit]:
    """Rule 1: *if*, *but* and being sorry for feelings take away the apology that they stand in."""
    spoiled = set()
    for hit in hits:
        if hit.name in _SPOILS_REGRET:
            spoiled.add(hit.sentence)
            if hit.name is Fault.BUT and hit.start - reading.sentences[hit.sentence].start <= 1:
                spoiled.add(hit.sentence - 1)
    return [hit for hit in hits if hit.name is not Component.REGRET or hit.firm or hit.sentence not in spoiled]


def _owned_without_if(hits: list[Hit], reading: Reading, _pack: CuePack) -> list[Hit]:
    """Nothing is owned by "if we caused you any upset": the *if* swallows the words that follow it in its clause."""
    doubts = [(hit.start, max(hit.end, reading.clause(hit.start).end)) for hit in hits if hit.name is Fault.CONDITIONAL]
    return [
        hit
        for hit in hits
        if hit.name is not Component.RESPONSIBILITY
        or not any(start < hit.end and hit.start < end for start, end in doubts)
    ]


def _cause_without_excuse(hits: list[Hit], _reading: Reading, _pack: CuePack) -> list[Hit]:
    """Rule 1: a cause given only as an excuse, or put on others, is no explanation."""
    excused = {hit.sentence for hit in hits if hit.name in _NO_CAUSE}
    return [hit for hit in hits if hit.name is not Component.EXPLANATION or hit.firm or hit.sentence not in excused]


def _empathy_of_its_own(hits: list[Hit], _reading: Reading, _pack: CuePack) -> list[Hit]:
    """Rule 7: feeling words inside "sorry you're disappointed" give none."""
    borrowed = {hit.sentence for hit in hits if hit.name is Fault.FEELINGS_NOT_FACTS}
    return [hit for hit in hits if hit.name is not Component.EMPATHY or hit.firm or hit.sentence not in borrowed]


def _passive_without_owner(hits: list[Hit], _reading: Reading, _pack: CuePack) -> list[Hit]:
    """Rule 9: hiding who did it counts only where nobody owns it elsewhere."""
    if not any(hit.name is Component.RESPONSIBILITY for hit in hits):
        return hits
    return [hit for hit in hits if hit.name is not Fault.PASSIVE_AGENT]


RULES: tuple[Callable[[list[Hit], Reading, CuePack], list[Hit]], ...] = (
    _not_quoted,
    _not_negated,
    _details_in_public,
    _but_after_apology,
    _unspoiled_regret,
    _owned_without_if,
    _cause_without_excuse,
    _empathy_of_its_own,
    _passive_without_owner,
)
"""In this order: what is dropped first can't take anything away."""


def settle(hits: list[Hit], reading: Reading, pack: CuePack) -> list[Hit]:
    """The hits that stand once every rule has been heard."""
    for rule in RULES:
        hits = rule(hits, reading, pack)
    return hits
