"""How many posts a second are judged on one core, beside VADER and TextBlob on the same posts.

python benchmarks/bench_classify.py
"""

import statistics
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from cases.posts import Post
from classifiers.corpora import made_up_posts
from classifiers.judge import load_judge

_Item = TypeVar("_Item")
_POSTS = 3_000
_SINGLE = 200


def run() -> list[tuple[str, float, str]]:
    """The figures: name, value, unit. Processor time, so that a busy machine does not blur them."""
    texts = [example.text for example in made_up_posts(seed=1)[:: len(made_up_posts(seed=1)) // 1_000]]
    texts = [f"{text} ({number})" for number, text in enumerate(texts * (_POSTS // len(texts) + 1))][:_POSTS]
    english = [text for text in texts if text.isascii()]
    began = time.perf_counter()
    judge = load_judge()
    loading = time.perf_counter() - began
    posts = [Post(text, brand="Parvona") for text in texts]
    judge.judge(posts[:_SINGLE])
    figures = [
        ("load the model", loading * 1000, "ms"),
        ("judge, all companions", _rate(judge.judge, posts), "posts/s"),
        ("judge, one post at a time", statistics.median(_single(judge.judge, posts[:_SINGLE])), "ms/post"),
    ]
    return figures + _others(english)


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


def _others(texts: Sequence[str]) -> list[tuple[str, float, str]]:
    """Two lexicon methods for English, where they are installed."""
    try:
        from textblob import TextBlob  # noqa: PLC0415 - development only
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # noqa: PLC0415 - development only
    except ImportError:
        return []
    vader = SentimentIntensityAnalyzer()
    return [
        (
            "VADER, English, sentiment only",
            _rate(lambda items: [vader.polarity_scores(t) for t in items], texts),
            "posts/s",
        ),
        (
            "TextBlob, English, sentiment only",
            _rate(lambda items: [TextBlob(t).sentiment.polarity for t in items], texts),
            "posts/s",
        ),
    ]


if __name__ == "__main__":
    for name, value, unit in run():
        print(f"{name:<36}{value:>10.1f} {unit}")
