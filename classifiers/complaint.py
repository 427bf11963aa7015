"""Is it a complaint: one linear model for all learned languages, composed from scikit-learn's parts."""

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from classifiers.text import features

BUCKETS = 2**19
"""Features are hashed into this many weights: no word of a corpus is in the model file, and its size is fixed."""


def vectorizer(buckets: int = BUCKETS) -> Pipeline:
    """Posts as rows: words, pairs and runs of characters, counted by their logarithm and weighted by rarity."""
    return make_pipeline(
        HashingVectorizer(analyzer=features, n_features=buckets, alternate_sign=False, norm=None, dtype=np.float32),
        TfidfTransformer(sublinear_tf=True),
    )


def complaint_classifier(*, buckets: int = BUCKETS, c: float = 3.0) -> Pipeline:
    """Logistic regression over `vectorizer`; fit it with `logisticregression__sample_weight` to weigh sources.

    `c` is the inverse strength of regularisation. Its log-odds are a sum over the features of a post,
    which is what makes `Judge`'s reasons exact.
    """
    steps = [*vectorizer(buckets).steps, ("logisticregression", LogisticRegression(C=c, max_iter=300, tol=1e-5))]
    return Pipeline(steps)
