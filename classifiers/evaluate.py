"""How good the judge is, on posts that no training saw: the figures of the model card."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score, f1_score, precision_score, recall_score

from cases.errors import ModelError
from cases.posts import Post
from classifiers.about import about
from classifiers.category import category_of
from classifiers.corpora import (
    MENTIONS,
    WRITTEN,
    Example,
    LabelledMention,
    is_held_back,
    read_corpora,
    read_mentions,
    written_posts,
)
from classifiers.judge import Judge
from classifiers.language import language_of
from classifiers.model_file import Model
from classifiers.reading import read
from classifiers.relevance import is_relevant
from classifiers.risks import risks_of
from classifiers.severity import heat_of, severity_of
from classifiers.train import fit, training_posts

_BINS = 10
MIXED = "all, mixed equally"

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Row:
    """The complaint verdict on one set of posts. Precision and recall are those of complaints."""

    name: str
    posts: int
    complaints: int
    precision: float
    recall: float
    macro_f1: float
    average_precision: float
    calibration_error: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a companion, over so many posts."""

    name: str
    value: float
    posts: int


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of one evaluation."""

    model: str
    threshold: float
    rows: tuple[Row, ...]
    figures: tuple[Figure, ...]

    def table(self) -> str:
        """The figures as aligned text."""
        lines = [
            f"model {self.model}, complaint from probability {self.threshold:.2f}",
            "",
            f"{'posts kept back':<24}{'n':>6}{'compl.':>8}{'prec.':>7}{'recall':>8}{'macroF1':>9}{'AP':>7}{'ECE':>7}",
        ]
        lines += [
            f"{row.name:<24}{row.posts:>6}{row.complaints:>8}{row.precision:>7.3f}{row.recall:>8.3f}"
            f"{row.macro_f1:>9.3f}{row.average_precision:>7.3f}{row.calibration_error:>7.3f}"
            for row in self.rows
        ]
        lines += ["", f"{'companions (written posts)':<40}{'n':>6}{'value':>8}"]
        lines += [f"{figure.name:<40}{figure.posts:>6}{figure.value:>8.3f}" for figure in self.figures]
        return "\n".join(lines)


def evaluate(data: Path, judge: Judge, *, progress: Callable[[str], None], seed: int = 0, refit: bool = True) -> Report:
    """Measure a judge that `train` made from the same data folder.

    Corpora: the groups that training keeps back. Mentions: the judge has learned from them, so they are judged by
    a model fitted anew without them. Written posts: each judged by a model that saw no post about its brand. Both
    take a minute or two; `refit=False` leaves them out. Raises `ModelError` where the folder can't be used.
    """
    progress("judging the posts that were kept back")
    held_back = [example for example in read_corpora(data) if is_held_back(example)]
    if not held_back:
        raise ModelError(f"{data} is so small that nothing of it is kept back; there is nothing to measure on")
    rows = _by_source(held_back, judge)
    mentions = read_mentions(data)
    if refit and mentions:
        rows += _brand_directed(data, mentions, progress, seed)
    return Report(judge.name, judge.threshold, tuple(rows), tuple(_companions(written_posts())))


def write_model_card(report: Report, path: Path) -> None:
    """Put the figures of a report into the model card, between its two marks; the words around them stay.

    Raises `ModelError` where the file is missing or has no marks.
    """
    begin, end = "<!-- figures -->", "<!-- end of figures -->"
    try:
        before, rest = path.read_text(encoding="utf-8").split(begin, 1)
        _, after = rest.split(end, 1)
        path.write_text(f"{before}{begin}\n```text\n{report.table()}\n```\n{end}{after}", encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ModelError(f"the model card {path} can't be written, or lacks the marks {begin} and {end}") from error


def row_of(name: str, labels: Labels, probabilities: Floats, threshold: float) -> Row:
    """The figures of one set of posts."""
    said = probabilities >= threshold
    return Row(
        name=name,
        posts=len(labels),
        complaints=int(labels.sum()),
        precision=float(precision_score(labels, said, zero_division=0.0)),
        recall=float(recall_score(labels, said, zero_division=0.0)),
        macro_f1=float(f1_score(labels, said, average="macro", zero_division=0.0)),
        average_precision=float(average_precision_score(labels, probabilities)) if labels.any() else 0.0,
        calibration_error=calibration_error(labels, probabilities),
    )


def calibration_error(labels: Labels, probabilities: Floats) -> float:
    """Expected calibration error over ten bins of equal width, weighted by their posts."""
    bins = np.minimum((probabilities * _BINS).astype(np.int64), _BINS - 1)
    gaps = [
        (bins == at).mean() * abs(probabilities[bins == at].mean() - labels[bins == at].mean())
        for at in np.unique(bins)
    ]
    return float(sum(gaps))


def _judged(texts: Sequence[str], judge: Judge) -> Floats:
    return np.array([verdict.probability for verdict in judge.judge([Post(text) for text in texts])])


def _by_source(examples: Sequence[Example], judge: Judge) -> list[Row]:
    """A row for each source, and one for all of them mixed in equal parts."""
    labels = np.array([example.complaint for example in examples], dtype=np.int64)
    sources = np.array([example.source for example in examples])
    probabilities = _judged([example.text for example in examples], judge)
    names, counts = np.unique(sources, return_counts=True)
    rows = [
        row_of(str(name), labels[sources == name], probabilities[sources == name], judge.threshold) for name in names
    ]
    rng = np.random.default_rng(0)
    mixed = np.concatenate([rng.choice(np.flatnonzero(sources == name), counts.min(), replace=False) for name in names])
    return [*rows, row_of(MIXED, labels[mixed], probabilities[mixed], judge.threshold)]


def _brand_directed(
    data: Path, mentions: Sequence[LabelledMention], progress: Callable[[str], None], seed: int
) -> list[Row]:
    """Rows for mentions and written posts of each language, by a training that saw no mention."""
    posts = training_posts(data, seed, mentions=False)
    progress("mentions and written posts: fitting without them")
    fitted = fit(posts, progress=lambda _: None, seed=seed)
    labels = np.array([post.complaint for post in posts], dtype=np.int64)
    sources = np.array([post.source for post in posts])
    rows = _by_source(
        [mention.example(MENTIONS) for mention in mentions], Judge(Model(fitted.pipeline, fitted.threshold, ""))
    )
    for name in sorted({post.source for post in posts if post.source.startswith(WRITTEN)}):
        chosen = sources == name
        rows.append(row_of(name, labels[chosen], fitted.judged[chosen], fitted.threshold))
    return [row for row in rows if row.name != MIXED]


def _companions(mentions: Sequence[LabelledMention]) -> list[Figure]:
    """Each companion by itself: what it says where the complaint verdict is right."""
    if not mentions:
        return []
    readings = [read(mention.text) for mention in mentions]
    complaints = [(mention, reading) for mention, reading in zip(mentions, readings, strict=True) if mention.complaint]
    heats = [heat_of(reading) for _, reading in complaints]
    gravity = [
        abs(severity_of(reading, complaint=True, heat=heat) - mention.severity)
        for (mention, reading), heat in zip(complaints, heats, strict=True)
    ]
    warmth = [abs(heat - mention.heat) for (mention, _), heat in zip(complaints, heats, strict=True)]
    risks = [
        (mention.risks, frozenset(map(str, risks_of(reading))))
        for mention, reading in zip(mentions, readings, strict=True)
    ]
    found = sum(len(want & got) for want, got in risks)
    relevant = [
        is_relevant(reading, "any", complaint=mention.complaint) == mention.relevant
        for mention, reading in zip(mentions, readings, strict=True)
    ]
    spans = [_token_f1(about(reading, category_of(reading)), mention.about) for mention, reading in complaints]
    return [
        _mean("language right", [language_of(mention.text) == mention.language for mention in mentions]),
        _mean("category right", [category_of(reading) == mention.category for mention, reading in complaints]),
        _mean("severity right", [gap == 0 for gap in gravity]),
        _mean("severity within one", [gap <= 1 for gap in gravity]),
        _mean("heat right", [gap == 0 for gap in warmth]),
        _mean("heat within one", [gap <= 1 for gap in warmth]),
        Figure("risks recall", found / max(1, sum(len(want) for want, _ in risks)), len(mentions)),
        Figure("risks precision", found / max(1, sum(len(got) for _, got in risks)), len(mentions)),
        _mean("relevance right", relevant),
        _mean("about, token F1", spans),
    ]


def _mean(name: str, values: Sequence[float]) -> Figure:
    return Figure(name, float(np.mean(values)) if values else 0.0, len(values))


def _token_f1(said: str, wanted: str) -> float:
    """Overlap of two spans in words, from 0 to 1."""
    first, second = Counter(said.split()), Counter(wanted.split())
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 1.0
