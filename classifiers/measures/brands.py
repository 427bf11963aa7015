"""Hand-written posts to and about brands, judged by models that saw nothing of their brand."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from cases.posts import Post
from cases.verdicts import Verdict
from classifiers.corpora import MENTIONS, WRITTEN, LabelledMention, read_mentions, written_posts
from classifiers.judge import Judge
from classifiers.model_file import Model
from classifiers.train import fit, training_posts

Pairs = list[tuple[LabelledMention, Verdict]]


def judged_without_their_brand(
    data: Path, model: Model, *, progress: Callable[[str], None], seed: int = 0
) -> dict[str, Pairs]:
    """The written posts of this project and the mentions of the data folder, each set with its verdicts.

    Takes a training or two. The mentions are judged by a model that saw no mention at all, since their brands are not
    told.
    """
    posts = training_posts(data, seed, mentions=False)
    written, mentions = written_posts(), read_mentions(data)
    progress(f"written posts and mentions: {len(written) + len(mentions)}, by models fitted without them")
    fitted = fit(posts, progress=lambda _: None, seed=seed)
    others = Judge(Model(fitted.pipeline, fitted.threshold, model.name))
    own = np.array([post.source.startswith(WRITTEN) for post in posts])
    probabilities = fitted.judged[own].tolist()
    # The companions learn nothing from posts, so the model's own say what they say of a post that is flagged.
    flagging = Judge(replace(model, threshold=0.0))
    verdicts = [
        replace(
            flagging.judge([Post(post.text, brand=_brand(post))])[0],
            probability=probability,
            complaint=probability >= fitted.threshold,
            relevant=others.judge([Post(post.text, brand=_brand(post))])[0].relevant,
        )
        for post, probability in zip(written, probabilities, strict=True)
    ]
    return {
        WRITTEN: list(zip(written, verdicts, strict=True)),
        MENTIONS: list(
            zip(mentions, others.judge([Post(post.text, brand=_brand(post)) for post in mentions]), strict=True)
        ),
    }


def _brand(post: LabelledMention) -> str:
    """Relevance is judged only where a brand is named; the mentions leave theirs out."""
    return post.brand or "the brand"
