"""Is it a complaint: one linear model for all learned languages, composed from scikit-learn's parts."""

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline

from classifiers.signals import SIGNALS, signals
from classifiers.text import features

BUCKETS = 2**19
"""Words are hashed into this many weights: no word of a corpus is in the model file, and its size is fixed."""
SIGNAL_WEIGHT = 0.5
"""The value of a signal beside a post's words, which have length 1 together; by average precision on written posts."""


def vectorizer(buckets: int = BUCKETS) -> FeatureUnion:
    """Posts as rows: words, pairs and runs of characters by rarity, and beside them the kinds of cues they hold."""
    words = make_pipeline(
        HashingVectorizer(analyzer=features, n_features=buckets, alternate_sign=False, norm=None, dtype=np.float32),
        TfidfTransformer(sublinear_tf=True),
    )
    cues = CountVectorizer(analyzer=signals, vocabulary=list(SIGNALS), dtype=np.float32)
    return FeatureUnion([("words", words), ("signals", cues)], transformer_weights={"signals": SIGNAL_WEIGHT})


def complaint_classifier(*, buckets: int = BUCKETS, c: float = 2.0) -> Pipeline:
    """Logistic regression over `vectorizer`; fit it with `logisticregression__sample_weight` to weigh sources.

    `c` is the inverse strength of regularisation. Its log-odds are a sum over the features of a post,
    which is what makes `Judge`'s reasons exact.
    """
    return make_pipeline(vectorizer(buckets), LogisticRegression(C=c, max_iter=300, tol=1e-5))
