"""How quick the judge is on this machine, by processor time, so that other work on it blurs little."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from cases.posts import Post
from classifiers.judge import Judge, never_collect_what_is_loaded
from classifiers.model_file import Model

_WARM_UP = 100
_SINGLE = 200
_SAMPLE = 600
"""Posts that are looked at twice for the rate of it: it takes some ms each."""


@dataclass(frozen=True, slots=True)
class Speed:
    """Rates over a batch of posts that the judge had not met before."""

    posts: int
    verdict_alone_per_second: float
    """The complaint by the linear model."""
    first_look_per_second: float
    """All companions, by the linear model and rules."""
    second_look_per_second: float
    """The same with the encoder, which is asked where it is needed."""
    looked_twice: float
    """The share of posts where it is."""
    looked_twice_everyday: float
    """The same among everyday posts, which nobody chose for their complaints."""
    one_post_ms: float
    """The median of posts judged one by one, with all companions, second look included."""
    one_post_p95_ms: float
    load_s: float
    """Seconds by the clock, from the file to a judge."""


def measure_speed(model: Model, texts: Sequence[str], *, load_s: float, everyday: Sequence[str] = ()) -> Speed:
    """Measure with texts that are used for nothing before: it remembers the words it has met."""
    warm = min(_WARM_UP, len(texts) // 10)
    single = min(_SINGLE, len(texts) // 5)
    posts = [Post(text, brand="Parvona") for text in texts]
    judge, quick = Judge(model), Judge(model, look_twice=False)
    never_collect_what_is_loaded()
    judge.judge(posts[:warm])
    quick.judge(posts[:warm])
    taken = sorted(_seconds(partial(judge.judge, [post])) for post in posts[warm : warm + single])
    batch = posts[warm + single :]
    sample = batch[:_SAMPLE]
    quickly = _seconds(lambda: quick.judge(batch))
    whole = _seconds(lambda: judge.judge(sample))
    alone = _seconds(lambda: model.pipeline.predict_proba([post.text for post in batch]))
    return Speed(
        posts=len(batch),
        verdict_alone_per_second=len(batch) / alone,
        first_look_per_second=len(batch) / quickly,
        second_look_per_second=len(sample) / whole,
        looked_twice=_share(judge, sample),
        looked_twice_everyday=_share(judge, [Post(text) for text in everyday]),
        one_post_ms=statistics.median(taken) * 1000,
        one_post_p95_ms=taken[int(0.95 * (len(taken) - 1))] * 1000,
        load_s=load_s,
    )


def _share(judge: Judge, posts: Sequence[Post]) -> float:
    return sum(judge.looks_twice(post) for post in posts) / max(len(posts), 1)


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return max(time.process_time() - began, 1e-9)
