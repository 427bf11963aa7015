"""Is it a complaint: linear models for several kinds of text in all learned languages, composed from scikit-learn's."""

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfTransformer
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer

from classifiers.experts import MixtureOfExperts
from classifiers.reading import read_each, runs_of, words_of
from classifiers.signals import SIGNALS, signals

BUCKETS = 2**18
"""Words are hashed into this many weights: no word of a corpus is in the model file, and its size is fixed."""
SIGNAL_WEIGHT = 0.5
"""The value of a signal beside a post's words, which have length 1 together; by average precision on written posts."""
POSTS = "posts"
"""The kind of text that is judged in use: what people write to and about brands."""


def vectorizer(buckets: int = BUCKETS) -> FeatureUnion:
    """Readings as rows: words with pairs of them, runs of characters, and the kinds of cues.

    Words and runs of characters have length 1 each: a post has many times more runs than words, and would drown them.
    Runs take half as many buckets as words.
    """
    words = make_pipeline(
        HashingVectorizer(analyzer=words_of, n_features=buckets, alternate_sign=False, norm=None, dtype=np.float32),
        TfidfTransformer(sublinear_tf=True),
    )
    runs = make_pipeline(
        HashingVectorizer(analyzer=runs_of, n_features=buckets // 2, alternate_sign=False, norm=None, dtype=np.float32),
        TfidfTransformer(sublinear_tf=True),
    )
    cues = CountVectorizer(analyzer=signals, vocabulary=list(SIGNALS), dtype=np.float32)
    return FeatureUnion(
        [("words", words), ("runs", runs), ("signals", cues)], transformer_weights={"signals": SIGNAL_WEIGHT}
    )


def complaint_classifier(*, buckets: int = BUCKETS, c: float = 5.0) -> Pipeline:
    """Posts are read, made rows of by `vectorizer`, and judged by a mixture of logistic regressions.

    Fit it with `mixtureofexperts__kinds` to tell it which rows come from which kind of text and
    `mixtureofexperts__sample_weight` to weigh sources; without both it is one logistic regression. `c` is the inverse
    strength of regularisation. For one post its log-odds are a sum over the features, which makes `Judge`'s reasons
    exact.
    """
    reader = FunctionTransformer(read_each)
    return make_pipeline(reader, vectorizer(buckets), MixtureOfExperts(c=c, share=0.05, favourite=POSTS, favour=3.0))
