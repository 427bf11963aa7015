"""Hand-written posts to and about brands, judged by models that saw nothing of their brand."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.model_selection import GroupKFold

from cases.posts import Post
from cases.verdicts import Verdict
from classifiers.corpora import MENTIONS, WRITTEN, LabelledMention, is_unread, read_mentions, written_posts
from classifiers.judge import Judge
from classifiers.model_file import Model
from classifiers.train import fit, training_posts

_FOLDS = 4
Pairs = list[tuple[LabelledMention, Verdict]]


def judged_without_their_brand(
    data: Path, model: Model, *, progress: Callable[[str], None], seed: int = 0
) -> dict[str, Pairs]:
    """The written posts of this project and the mentions of the data folder, each set with its verdicts.

    Takes a training or two. Of the written posts those about brands that the encoder never saw. The mentions are judged
    by a model that saw no mention at all, since their brands are not told.
    """
    posts = training_posts(data, seed, mentions=False)
    written, mentions = written_posts(), read_mentions(data)
    progress(f"written posts and mentions: {len(written) + len(mentions)}, by models fitted without them")
    fitted = fit(posts, progress=lambda _: None, seed=seed)
    alone = Model(fitted.pipeline, fitted.threshold, model.name, fitted.companions(written), look=fitted.look)
    own = np.array([post.source.startswith(WRITTEN) for post in posts])
    probabilities = fitted.judged[own].tolist()
    # Of a post that is not flagged nothing but risks is said: flag all, to measure category and severity as well. A
    # flagged post is not easily put aside as irrelevant, though: that is asked as the post would be judged in use.
    unread = {at for at, post in enumerate(written) if is_unread(post.example(WRITTEN))}
    verdicts: dict[int, Verdict] = {}
    brands = [f"{post.language} {_brand(post)}" for post in written]
    for learned, left_out in GroupKFold(_FOLDS, shuffle=True, random_state=seed).split(brands, groups=brands):
        companions = fitted.companions([written[at] for at in learned])
        flagging = Judge(replace(alone, threshold=0.0, companions=companions))
        passing = Judge(replace(alone, threshold=1.0, companions=companions))
        for at in sorted(unread.intersection(left_out.tolist())):
            post, complaint = Post(written[at].text, brand=_brand(written[at])), probabilities[at] >= fitted.threshold
            said = flagging.judge([post])[0]
            relevant = (flagging if complaint else passing).judge([post])[0].relevant
            verdicts[at] = replace(said, probability=probabilities[at], complaint=complaint, relevant=relevant)
    others = Judge(alone).judge([Post(post.text, brand=_brand(post)) for post in mentions])
    return {
        WRITTEN: [(written[at], verdicts[at]) for at in sorted(unread)],
        MENTIONS: list(zip(mentions, others, strict=True)),
    }


def _brand(post: LabelledMention) -> str:
    """Relevance is judged only where a brand is named; the mentions leave theirs out."""
    return post.brand or "the brand"
