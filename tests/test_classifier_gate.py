"""Who judges is decided on posts that neither model learned from, and by more than luck."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import f1_score

from cases.learning import Outcome
from cases.posts import Post
from cases.verdicts import UNJUDGED, Verdict
from classifiers.corpora import Example
from classifiers.gate import FEWEST, KEPT, decide, is_kept, lacking, without_repeats
from classifiers.judge import Judge


class Oracle(Judge):
    """A judge that knows the answers and errs at will: `errs` says on which post."""

    def __init__(self, errs: Callable[[str], bool]) -> None:
        self._errs = errs

    def judge(self, posts: Sequence[Post]) -> list[Verdict]:
        return [replace(UNJUDGED, complaint=("bad" in post.text) != self._errs(post.text)) for post in posts]


def posts(count: int, language: str = "en", source: str = "queue") -> list[Example]:
    """Every second one a complaint."""
    return [
        Example(
            f"{language} {number} {'bad' if number % 2 else 'fine'}", bool(number % 2), source, str(number), language
        )
        for number in range(count)
    ]


def by_chance(rate: float, seed: int) -> Callable[[str], bool]:
    """Errs on each post with this probability, always on the same."""
    drawn: dict[str, bool] = {}
    rng = np.random.default_rng(seed)
    return lambda text: drawn.setdefault(text, bool(rng.random() < rate))


def test_a_clear_gain_wins() -> None:
    decision = decide(Oracle(by_chance(0.4, 1)), Oracle(by_chance(0.1, 2)), posts(200), [])
    assert decision.outcome is Outcome.REPLACED
    whole, english = decision.table
    assert whole.name == "all"
    assert (english.name, english.posts, english.complaints) == ("en", 200, 100)
    assert 0 < whole.low < whole.difference < whole.high


def test_gains_of_mere_chance_hardly_ever_win() -> None:
    """Two models that err equally often: of a hundred pairs, about two or three win by luck."""
    wins = sum(
        decide(Oracle(by_chance(0.3, seed)), Oracle(by_chance(0.3, seed + 1_000)), posts(120), []).outcome
        is Outcome.REPLACED
        for seed in range(100)
    )
    assert wins <= 8


def test_the_same_model_never_wins() -> None:
    errs = by_chance(0.3, 1)
    assert decide(Oracle(errs), Oracle(errs), posts(100), []).outcome is Outcome.NOT_BETTER


def test_a_gain_paid_by_one_language_does_not_win() -> None:
    kept = posts(400) + posts(100, "fa")
    champion = Oracle(lambda text: text.startswith("en") and by_mod(text, 3))
    challenger = Oracle(lambda text: text.startswith("fa") and by_mod(text, 8))
    decision = decide(champion, challenger, kept, [])
    assert decision.outcome is Outcome.WORSE_LANGUAGE
    assert "worse in fa" in decision.why


def test_a_language_without_decisions_is_guarded_by_written_posts() -> None:
    champion = Oracle(lambda text: text.startswith("en") and by_mod(text, 3))
    challenger = Oracle(lambda text: text.startswith("ar") and by_mod(text, 8))
    written = posts(300, "ar", "written") + posts(300, "en", "written")
    assert decide(champion, challenger, posts(400), posts(300, "en", "written")).outcome is Outcome.REPLACED
    decision = decide(champion, challenger, posts(400), written)
    assert decision.outcome is Outcome.WORSE_LANGUAGE
    assert [(row.name, row.posts, row.written) for row in decision.table] == [
        ("all", 400, False),
        ("ar", 300, True),
        ("en", 400, False),
    ]


def by_mod(text: str, number: int) -> bool:
    return int(text.split()[1]) % number == 0


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ([], f"0 of the {FEWEST} decisions needed"),
        (posts(FEWEST - 1), f"{FEWEST - 1} of the {FEWEST} decisions needed"),
        ([post for post in posts(120) if post.complaint], "0 of the 10 posts without one needed"),
        ([post for post in posts(120) if not post.complaint], "0 of the 10 complaints needed"),
    ],
)
def test_with_too_few_decisions_nothing_is_replaced_and_the_number_needed_is_told(
    kept: list[Example], told: str
) -> None:
    decision = decide(Oracle(lambda _: True), Oracle(lambda _: False), kept, [])
    assert decision.outcome is Outcome.TOO_FEW
    assert told in decision.why
    assert decision.table == ()
    assert lacking(posts(FEWEST)) == ""


def test_the_figures_are_macro_f1_as_the_textbook_has_it() -> None:
    first, second, kept = by_chance(0.35, 3), by_chance(0.1, 4), posts(101)
    (whole, _) = decide(Oracle(first), Oracle(second), kept, []).table
    truth = [post.complaint for post in kept]
    for errs, figure in ((first, whole.champion), (second, whole.challenger)):
        said = [post.complaint != errs(post.text) for post in kept]
        assert figure == pytest.approx(f1_score(truth, said, average="macro"))


def test_threads_are_kept_by_lot_and_the_same_ones_each_time() -> None:
    kept = [is_kept("x", f"thread {number}") for number in range(3_000)]
    assert np.mean(kept) == pytest.approx(KEPT, abs=0.03)
    assert kept == [is_kept("x", f"thread {number}") for number in range(3_000)]
    assert kept != [is_kept("mastodon", f"thread {number}") for number in range(3_000)]


def test_words_that_are_kept_are_not_learned_from_another_author_either() -> None:
    first, second = posts(2)
    assert without_repeats([replace(first, text="  EN 0\nFine"), second], [first]) == [second]
