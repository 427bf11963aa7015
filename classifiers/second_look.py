"""When the encoder is asked, and how its judgement and that of the linear model become one."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from cases.errors import ModelError

Floats = npt.NDArray[np.float64]
_RULED_OUT = 0.05
"""How many of the complaints may be ruled out by the linear model alone. With fewer, more everyday posts
would be read twice."""


@dataclass(frozen=True, slots=True)
class SecondLook:
    """What each of two log-odds counts, with a constant, and from which log-odds of the linear model on to look again.

    A weighted sum of log-odds is what logistic regression over two judges learns (stacking), so what a word adds to
    the linear model's it adds, times `linear`, to the whole.
    """

    linear: float
    encoder: float
    shift: float
    doubt: float

    def log_odds(self, linear: float, encoder: float) -> float:
        """Both judgements in one, calibrated."""
        return self.linear * linear + self.encoder * encoder + self.shift

    def as_content(self) -> dict[str, float]:
        """Plain numbers, for the model file."""
        return {"linear": self.linear, "encoder": self.encoder, "shift": self.shift, "doubt": self.doubt}


def second_look_from(content: object) -> SecondLook:
    """The reverse of `as_content`. Raises `ModelError` where something is missing."""
    names = ("linear", "encoder", "shift", "doubt")
    if not isinstance(content, dict) or not all(isinstance(content.get(name), float) for name in names):
        raise ModelError("the model does not say when to look again; make a new one with `amends train`")
    return SecondLook(**{name: content[name] for name in names})


def fit_second_look(
    linear: Floats, encoder: Floats, labels: npt.NDArray[np.int64], weights: Floats
) -> tuple[SecondLook, Floats]:
    """Fit on posts that neither judge has learned from; gives the probabilities of these posts as well.

    `linear` and `encoder` are log-odds. A post is looked at again unless the linear model finds it less likely a
    complaint than 19 in 20 complaints.
    """
    both = np.column_stack([linear, encoder])
    fitted = LogisticRegression(C=1e6).fit(both, labels, sample_weight=weights)
    doubt = _weighted_quantile(linear[labels == 1], weights[labels == 1], _RULED_OUT)
    look = SecondLook(float(fitted.coef_[0, 0]), float(fitted.coef_[0, 1]), float(fitted.intercept_[0]), doubt)
    probabilities: Floats = np.where(linear >= doubt, fitted.predict_proba(both)[:, 1], expit(linear))
    return look, probabilities


def log_odds_of(probabilities: Floats) -> Floats:
    """The reverse of `expit`, within what a float can say."""
    odds: Floats = logit(np.clip(probabilities, 1e-6, 1 - 1e-6))
    return odds


def _weighted_quantile(values: Floats, weights: Floats, share: float) -> float:
    order = np.argsort(values)
    reached = np.cumsum(weights[order]) / weights.sum()
    return float(values[order][np.searchsorted(reached, share)])
