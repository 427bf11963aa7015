"""How many posts a second are judged on one core, beside VADER and TextBlob on the same posts.

python -m benchmarks.bench_classify
"""

import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from benchmarks.figures import Figure, table
from cases.posts import Post
from classifiers.corpora import made_up_posts
from classifiers.encoder.file import SHIPPED as ENCODER
from classifiers.facts import SHIPPED
from classifiers.judge import load_judge
from classifiers.model_file import load_model

_Item = TypeVar("_Item")
_POSTS = 3_000
_SINGLE = 200
_SECOND = 400
"""Posts that are looked at twice for the rate of it."""


def run() -> list[Figure]:
    """The figures. Processor time, so that a busy machine does not blur them; but loading by the clock."""
    texts = [example.text for example in made_up_posts(seed=1)[:: len(made_up_posts(seed=1)) // 1_000]]
    texts = [f"{text} ({number})" for number, text in enumerate(texts * (_POSTS // len(texts) + 1))][:_POSTS]
    english = [text for text in texts if text.isascii()]
    began = time.perf_counter()
    judge = load_judge()
    loading = time.perf_counter() - began
    quick = load_judge(look_twice=False)
    posts = [Post(text, brand="Parvona") for text in texts]
    judge.judge(posts[:_SINGLE])
    quick.judge(posts[:_SINGLE])
    pipeline = load_model().pipeline
    single = statistics.median(_single(judge.judge, posts[:_SINGLE]))
    return [
        Figure("classification: load the model", loading * 1000, "ms", "< 1,000"),
        Figure("classification: the models' files", _megabytes(SHIPPED, ENCODER), "MB", "≤ 15"),
        Figure("classification: complaint verdict alone", _rate(pipeline.predict_proba, texts), "posts/s", "≥ 5,000"),
        Figure("classification: all companions, first look", _rate(quick.judge, posts), "posts/s", "≥ 2,500"),
        Figure("classification: with second looks", _rate(judge.judge, posts[-_SECOND:]), "posts/s"),
        Figure("classification: judge, one post at a time", single, "ms/post", "≤ 5"),
        *_others(english),
    ]


def _megabytes(*files: Path) -> float:
    return sum(file.stat().st_size for file in files) / 1_000_000


def _rate(work: Callable[[Sequence[_Item]], object], items: Sequence[_Item]) -> float:
    began = time.process_time()
    work(items)
    return len(items) / (time.process_time() - began)


def _single(work: Callable[[Sequence[Post]], object], posts: Sequence[Post]) -> list[float]:
    taken = []
    for post in posts:
        began = time.process_time()
        work([post])
        taken.append((time.process_time() - began) * 1000)
    return taken


def _others(texts: Sequence[str]) -> list[Figure]:
    """Two lexicon methods for English, where they are installed."""
    try:
        from textblob import TextBlob  # noqa: PLC0415 - development only
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # noqa: PLC0415 - development only
    except ImportError:
        return []
    vader = SentimentIntensityAnalyzer()
    return [
        Figure(
            "classification: VADER, English, sentiment only",
            _rate(lambda items: [vader.polarity_scores(t) for t in items], texts),
            "posts/s",
        ),
        Figure(
            "classification: TextBlob, English, sentiment only",
            _rate(lambda items: [TextBlob(t).sentiment.polarity for t in items], texts),
            "posts/s",
        ),
    ]


if __name__ == "__main__":
    print(table(run()))
