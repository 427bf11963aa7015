"""One post, read once: its tokens, its language and the cues in it. What the models and their companions start from."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from classifiers.cues import Hit, cue_book
from classifiers.language import language_of
from classifiers.text import Token, pairs, runs, tokens


@dataclass(frozen=True, slots=True)
class Reading:
    """A post with what was found in it. Tokens and hits index the post's text."""

    text: str
    language: str
    tokens: tuple[Token, ...]
    hits: tuple[Hit, ...]

    def heard(self, signal: str) -> list[Hit]:
        """The hits of one signal, such as "heat"."""
        return [hit for hit in self.hits if hit.signal == signal]

    def within(self, family: str) -> Iterator[tuple[str, Hit]]:
        """The hits of a family such as "risk", each with its name there."""
        prefix = f"{family}."
        return ((hit.signal.removeprefix(prefix), hit) for hit in self.hits if hit.signal.startswith(prefix))


def read(text: str, hint: str | None = None) -> Reading:
    """Read a post. `hint` is the language that somebody named, used where the words leave it open."""
    language = language_of(text, hint)
    found = tuple(tokens(text))
    return Reading(text, language, found, tuple(cue_book(language).find(found)))


def read_each(posts: Iterable[str]) -> list[Reading]:
    """Read many posts: the first step of the pipeline, so that what follows need not read them again."""
    return [read(post) for post in posts]


def words_of(reading: Reading) -> list[str]:
    """Words and pairs of neighbours: what the classifier counts first."""
    forms = [token.form for token in reading.tokens]
    return [f"w {form}" for form in forms] + pairs(forms)


def runs_of(reading: Reading) -> list[str]:
    """Runs of characters within words: what the classifier counts beside the words."""
    return [run for token in reading.tokens for run in runs(token.form)]
