"""Whether the posts of late still look like what the model learned from: words it never met, probabilities spread anew.

More or fewer complaints than before are no drift: probabilities are compared with the mixture of complaints and
other posts that comes closest. What counts is beyond what nine in ten groups of posts showed that training kept apart.
"""

import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cases.errors import ModelError
from classifiers.corpora import MADE_UP, Example
from classifiers.text import tokens

Floats = npt.NDArray[np.float64]
Bits = npt.NDArray[np.uint8]

FEWEST = 200
"""Posts of one language below which nothing is said of it."""
LARGE_SHIFT = 0.25
"""A population stability index that credit scoring, where it comes from, takes for a large shift."""
_SLOTS = 2**20
_BINS = 10
_FOLDS = 4
_FEWEST_OF_A_SOURCE = 100
_NEARLY_ALL = 0.9
_BEYOND = 1.25
"""So much more than usual is worth a word; every brand has some names that nobody else has."""
_SURE = 2.58
"""Standard errors of a 99 % confidence interval."""
_WAY_OUT = "install Amends again, or make a new one with `amends train`"


@dataclass(frozen=True, slots=True)
class Seen:
    """A post of late with what the model said of it."""

    text: str
    language: str
    probability: float


@dataclass(frozen=True, slots=True)
class Reference:
    """What the model's training showed, by language (L of them, in the order of `languages`).

    `words` has a bit for each word that was met, by its hash: no word can be read from it. `complaints` and `others`
    (L, 10) are shares of posts by probability, judged by models that had not seen their group. `unknown` (L) is the
    mean share of words not met in other groups, and `shift` (L) the population stability index, that nine in ten
    sources and large groups of the language don't exceed.
    """

    languages: tuple[str, ...]
    words: Bits
    complaints: Floats
    others: Floats
    unknown: Floats
    shift: Floats

    def as_content(self) -> dict[str, object]:
        """Plain lists and arrays, for the model file."""
        return {
            "languages": list(self.languages),
            "words": self.words,
            "complaints": self.complaints,
            "others": self.others,
            "unknown": self.unknown,
            "shift": self.shift,
        }


@dataclass(frozen=True, slots=True)
class Drift:
    """How posts of one language compare with the reference; `unknown` and `usual` are shares of words."""

    language: str
    posts: int
    unknown: float
    usual: float
    """The share that posts kept apart in training hardly exceeded."""
    new_words: bool
    new_spread: bool
    shift: float

    @property
    def drifted(self) -> bool:
        """Whether the model's figures may no longer hold for these posts."""
        return self.new_words or self.new_spread


def reference_from(content: object) -> Reference:
    """The reverse of `as_content`. Raises `ModelError` where something is missing or of another shape."""
    if not isinstance(content, dict) or set(content) != set(Reference.__dataclass_fields__):
        raise ModelError(f"the model's reference for drift lacks a part; {_WAY_OUT}")
    languages = content["languages"]
    arrays = {name: content[name] for name in ("words", "complaints", "others", "unknown", "shift")}
    if not isinstance(languages, list) or not all(isinstance(value, np.ndarray) for value in arrays.values()):
        raise ModelError(f"the model's reference for drift holds other types than it should; {_WAY_OUT}")
    count = len(languages)
    shapes = {"words": (_SLOTS // 8,), "complaints": (count, _BINS), "others": (count, _BINS)}
    if any(array.shape != shapes.get(name, (count,)) for name, array in arrays.items()):
        raise ModelError(f"the model's reference for drift has another shape than it should; {_WAY_OUT}")
    return Reference(tuple(map(str, languages)), **arrays)


def reference_of(posts: Sequence[Example], probabilities: Floats) -> Reference:
    """The reference of a training: its posts, each with its probability by a model that had not seen its group.

    Made-up posts count among the words that are known, and nowhere else. Posts of one group are known words to each
    other in no figure. Raises `ModelError` where no source has a hundred posts.
    """
    words = [_slots(post.text) for post in posts]
    folds = np.array([zlib.crc32(f"{post.source} {post.group}".encode()) % _FOLDS for post in posts])
    met = np.zeros((_FOLDS, _SLOTS), dtype=bool)
    for fold, slots in zip(folds, words, strict=True):
        met[fold, slots] = True
    elsewhere = met.sum(axis=0)
    unknown = np.array(
        [
            float(np.mean(elsewhere[slots] - met[fold, slots] == 0)) if len(slots) else np.nan
            for fold, slots in zip(folds, words, strict=True)
        ]
    )
    real = [at for at, post in enumerate(posts) if not post.source.startswith(MADE_UP)]
    sources = _large([(posts[at].language, posts[at].source) for at in real], real, _FEWEST_OF_A_SOURCE)
    groups = _large([(posts[at].language, posts[at].source, posts[at].group) for at in real], real, FEWEST)
    languages = tuple(sorted({names[0] for names in sources}))
    if not languages:
        raise ModelError(f"no source has {_FEWEST_OF_A_SOURCE} posts to tell by how posts usually look")
    labels = np.array([post.complaint for post in posts])
    complaints, others, usual_unknown, usual_shift = [], [], [], []
    for language in languages:
        parts = [places for names, places in sources.items() if names[0] == language]
        complaints.append(np.mean([_spread(probabilities[part[labels[part]]]) for part in parts], axis=0))
        others.append(np.mean([_spread(probabilities[part[~labels[part]]]) for part in parts], axis=0))
        parts += [places for names, places in groups.items() if names[0] == language]
        usual_unknown.append(np.quantile([np.nanmean(unknown[part]) for part in parts], _NEARLY_ALL))
        shifts = [_stability(probabilities[part], complaints[-1], others[-1]) for part in parts]
        usual_shift.append(np.quantile(shifts, _NEARLY_ALL))
    return Reference(
        languages=languages,
        words=np.packbits(met.any(axis=0)),
        complaints=np.array(complaints),
        others=np.array(others),
        unknown=np.array(usual_unknown),
        shift=np.array(usual_shift),
    )


def drifts(posts: Sequence[Seen], reference: Reference) -> tuple[Drift, ...]:
    """How the posts of each language compare, where there are enough of them and the model learned the language."""
    known = np.unpackbits(reference.words).astype(bool)
    found = []
    for at, language in enumerate(reference.languages):
        there = [post for post in posts if post.language == language]
        shares = np.array(
            [np.mean(~known[slots]) for slots in (_slots(post.text) for post in there) if len(slots)], dtype=float
        )
        if len(shares) < FEWEST:
            continue
        unknown, usual = float(shares.mean()), float(reference.unknown[at])
        error = float(shares.std() / np.sqrt(len(shares)))
        shift = _stability(
            np.array([post.probability for post in there]), reference.complaints[at], reference.others[at]
        )
        large = max(LARGE_SHIFT, float(reference.shift[at]))
        found.append(
            Drift(
                language=language,
                posts=len(there),
                unknown=unknown,
                usual=usual,
                new_words=unknown - _SURE * error > _BEYOND * usual,
                new_spread=shift > large,
                shift=shift,
            )
        )
    return tuple(found)


def _large(
    names: Sequence[tuple[str, ...]], places: Sequence[int], fewest: int
) -> dict[tuple[str, ...], npt.NDArray[np.int64]]:
    """The places of posts that share a name, for each name that enough of them share."""
    found = defaultdict(list)
    for name, place in zip(names, places, strict=True):
        found[name].append(place)
    return {name: np.array(those) for name, those in found.items() if len(those) >= fewest}


def _slots(text: str) -> npt.NDArray[np.int64]:
    """The places of a post's words among the bits."""
    forms = [token.form for token in tokens(text)]
    return np.array([zlib.crc32(form.encode()) % _SLOTS for form in forms if form[0].isalpha()], dtype=np.int64)


def _spread(probabilities: Floats) -> Floats:
    """Shares of posts in ten bins of equal width, none of them quite empty."""
    bins = np.minimum((probabilities * _BINS).astype(np.int64), _BINS - 1)
    counts = np.bincount(bins, minlength=_BINS) + 0.5
    shares: Floats = counts / counts.sum()
    return shares


def _stability(probabilities: Floats, complaints: Floats, others: Floats) -> float:
    """The population stability index against the closest mixture of complaints and others.

    Less what chance adds: about (bins - 1) / n for n posts.
    """
    seen = _spread(probabilities)
    mixtures = (share * complaints + (1 - share) * others for share in np.linspace(0.0, 1.0, 101))
    least = min(float(((seen - usual) * np.log(seen / usual)).sum()) for usual in mixtures)
    return max(0.0, least - (_BINS - 1) / len(probabilities))
