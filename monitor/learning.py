"""The classifier learns from what people decide: a challenger is fitted, and judges if it beats the champion.

The command and the nightly job call the same functions. What may be learned from is for the store to say
(`training_labels`), what is kept for the comparison for the gate.
"""

import math
import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import structlog

from cases.errors import AmendsError, ConfigError, ModelError, StoreError
from cases.learning import SHIPPED, Outcome, Training
from monitor.house import House
from store.views import Label

if TYPE_CHECKING:
    # As in house.py: only a training pays for loading it.
    from classifiers.corpora import Example
    from classifiers.gate import Decision

AMENDS = "amends"
"""Who trains at night."""
_GROWTH = 1.1
"""Nightly, models are compared again when there are so many times the decisions of the last comparison. One on nearly
the same posts every night would let chance pass sooner or later."""

log = structlog.get_logger(__name__)

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Decided:
    """What people decided, parted into what is learned from and what is kept for the comparison."""

    learned: "tuple[Example, ...]"
    kept: "tuple[Example, ...]"

    @property
    def count(self) -> int:
        """How many decisions there are."""
        return len(self.learned) + len(self.kept)


def part(labels: Sequence[Label], since: datetime | None = None) -> Decided:
    """Part decisions by lot, thread by thread. With `since`, only what was decided later is learned from.

    They count among the posts written for Amends in their language, which are what it is to judge.
    """
    from classifiers.corpora import WRITTEN, Example  # noqa: PLC0415 - see above
    from classifiers.gate import is_kept, without_repeats  # noqa: PLC0415 - see above

    learned: list[Example] = []
    kept: list[Example] = []
    for label in labels:
        thread = f"{label.platform} {label.thread}"
        post = Example(label.text, label.value == "true", f"{WRITTEN}-{label.language}", thread, label.language)
        if is_kept(label.platform, label.thread):
            kept.append(post)
        elif since is None or label.at > since:
            learned.append(post)
    return Decided(tuple(without_repeats(learned, kept)), tuple(kept))


def adapt_champion(house: House, *, who: str, progress: Progress, seed: int = 0) -> Training:
    """Adapt the model that the champion stands on to what people decided, and let the gate say which of them judges.

    It is adapted to all of today's decisions anew, not the champion once more: no decision counts twice, and what was
    forgotten since is no longer in it. Raises `ConfigError` where config.toml says which model judges.
    """
    from classifiers.adapt import adapt  # noqa: PLC0415 - see above
    from classifiers.facts import SHIPPED as SHIPPED_FILE  # noqa: PLC0415 - see above
    from classifiers.gate import lacking  # noqa: PLC0415 - see above
    from classifiers.model_file import load_model, save_model  # noqa: PLC0415 - see above

    _check_free(house)
    ledger, now = house.ledger, house.clock()
    champion = ledger.champion()
    base, since = _base(house, champion)
    labels = ledger.training_labels()
    decided = part(labels, since)
    barred = ledger.count_labels() - len(labels)
    progress(_told(labels, decided, barred))

    def ended(outcome: Outcome, why: str) -> Training:
        return ledger.note_training(Training(now, who, champion, "", base, len(labels), outcome, why))

    if missing := lacking(decided.kept):
        return ended(Outcome.TOO_FEW, f"{missing}; {_barred(barred)}" if barred else missing)
    model = load_model(house.model_file(base) or SHIPPED_FILE)
    progress(f"adapting {base}")
    try:
        challenger = adapt(model, decided.learned, seed=seed, look_twice=house.config.classifier.second_look)
    except ModelError as error:
        return ended(Outcome.TOO_FEW, str(error))
    with _bench(house) as bench:
        file = bench / "challenger.skops"
        save_model(file, challenger)
        decision, name = _compare(house, champion, file, decided, progress)
        training = Training(now, who, champion, name, base, len(labels), decision.outcome, decision.why, decision.table)
        return _enter(house, file, training)


def fit_from_corpora(
    house: House | None, data: Path, out: Path, *, who: str, progress: Progress, seed: int = 0
) -> Training | None:
    """Fit a model on a data folder and on what people decided, and write it to `out`; then let the gate say.

    Without a house there are no decisions, and nobody to be replaced: None.
    """
    from classifiers.corpora import read_mentions, written_posts  # noqa: PLC0415 - see above
    from classifiers.model_file import save_model  # noqa: PLC0415 - see above
    from classifiers.train import fit, train, training_posts  # noqa: PLC0415 - see above

    labels = house.ledger.training_labels() if house else []
    if house is None or not labels:
        train(data, out, progress=progress, seed=seed)
        return None
    decided = part(labels)
    progress(_told(labels, decided, house.ledger.count_labels() - len(labels)))
    posts = [*training_posts(data, seed), *decided.learned]
    fitted = fit(posts, progress=progress, seed=seed)
    save_model(out, fitted.model(posts, written_posts() + read_mentions(data)))
    if house.config.classifier.model:
        return None
    champion, now = house.ledger.champion(), house.clock()
    decision, name = _compare(house, champion, out, decided, progress)
    training = Training(now, who, champion, name, name, len(labels), decision.outcome, decision.why, decision.table)
    with _bench(house) as bench:
        file = bench / "challenger.skops"
        try:
            shutil.copyfile(out, file)
        except OSError as error:
            raise ModelError(f"the model can't be copied to {house.config.models}: {error}") from error
        return _enter(house, file, training)


def _told(labels: Sequence[Label], decided: Decided, barred: int) -> str:
    told = f"{len(labels)} decisions: {len(decided.learned)} to learn from, {len(decided.kept)} to compare by"
    return f"{told}; {_barred(barred)}" if barred else told


def _barred(count: int) -> str:
    return f"{count} more are of posts that may not be learned from (docs/TRAINING.md)"


def _compare(house: House, champion: str, file: Path, decided: Decided, progress: Progress) -> "tuple[Decision, str]":
    """What the gate says of the challenger in a file, and the challenger's name."""
    from classifiers.corpora import WRITTEN, is_unread, written_posts  # noqa: PLC0415 - see above
    from classifiers.gate import decide  # noqa: PLC0415 - see above
    from classifiers.judge import load_judge  # noqa: PLC0415 - see above

    progress("comparing")
    wanted = house.config.classifier
    judge_of = partial(load_judge, cost_of_a_miss=wanted.cost_of_a_miss, look_twice=wanted.second_look)
    challenger = judge_of(file)
    # On what the encoder has learned from, neither could do worse than the other.
    written = [post for post in (labelled.example(WRITTEN) for labelled in written_posts()) if is_unread(post)]
    return decide(judge_of(house.model_file(champion)), challenger, decided.kept, written), challenger.name


def _enter(house: House, file: Path, training: Training) -> Training:
    """Keep a training, and where its challenger is to judge, put its file among the models before anybody asks for it.

    What lost is not kept.
    """
    place = house.config.models / f"{training.challenger}.skops"
    if training.outcome is Outcome.REPLACED:
        try:
            file.replace(place)
        except OSError as error:
            raise ModelError(f"the model can't be written to {place}: {error}") from error
    training = house.ledger.note_training(training)
    if training.outcome is Outcome.OVERTAKEN:
        place.unlink(missing_ok=True)
    return training


@contextmanager
def _bench(house: House) -> Iterator[Path]:
    """A place beside the models for a challenger that has no name yet; it goes with whatever is left there."""
    try:
        house.config.models.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".challenger-", dir=house.config.models) as bench:
            yield Path(bench)
    except OSError as error:
        raise ModelError(f"the folder {house.config.models} for models can't be used: {error}") from error


def _base(house: House, champion: str) -> tuple[str, datetime | None]:
    """The model that the champion was adapted from, and since when decisions are news to it (None: all are)."""
    if champion == SHIPPED:
        return SHIPPED, None
    training = house.ledger.training_of(champion)
    if training is None:
        return champion, None
    if training.base != champion:
        return training.base, None
    return champion, training.at


def _check_free(house: House) -> None:
    if house.config.classifier.model:
        message = (
            f"[classifier] model in {house.config.path} says that {house.config.classifier.model} judges: leave it "
            "empty, so that a model that learns from people can"
        )
        raise ConfigError(message)


# --- every night


def last_due(now: datetime, house: House) -> datetime | None:
    """The latest moment at or before `now` at which a training was due by the brand's clock, in UTC; None: never."""
    today = now.astimezone(house.config.brand.zone).date()
    due = _due(house, today)
    return due if due is None or due <= now else _due(house, today - timedelta(days=1))


def _due(house: House, day: date) -> datetime | None:
    at = house.config.classifier.train_at
    # In UTC: the clock on the wall runs twice when it goes back.
    return None if at is None else datetime.combine(day, at, house.config.brand.zone).astimezone(UTC)


def learn_if_due(house: House) -> Training | None:
    """Train if this night's training is due, by whichever daemon is first; what came of it, if anything was to be done.

    A night that was slept through is made up for. Trouble is kept with the trainings, and raised only where the store
    itself is in trouble (`StoreError`).
    """
    now = house.clock()
    due = last_due(now, house)
    if due is None or house.config.classifier.model:
        return None
    following = _due(house, due.astimezone(house.config.brand.zone).date() + timedelta(days=1))
    # One attempt a night, by whichever daemon: each has an owner of its own, and nobody lets go of it.
    if not house.ledger.lease("train", owner=uuid.uuid4().hex, until=following or now, now=now):
        return None
    if not _grown(house):
        return None
    try:
        training = adapt_champion(house, who=AMENDS, progress=lambda told: log.debug(told, action="train"))
    except StoreError:
        raise
    except AmendsError as error:
        return _failed(house, str(error))
    except Exception as error:
        log.exception("training failed in an unforeseen way", action="train")
        # Its text is for the log: nobody has said that it is fit to be shown.
        return _failed(house, f"an unforeseen {type(error).__name__}; the log tells more")
    log.info("trained", action="train", outcome=str(training.outcome), why=training.why, labels=training.labels)
    return training


def _grown(house: House) -> bool:
    """Whether there are so many more decisions than at the last comparison that another one is worth its risk."""
    count = len(house.ledger.training_labels())
    last = next((one.labels for one in house.ledger.trainings() if one.outcome is not Outcome.FAILED), 0)
    return count > 0 and count >= math.ceil(last * _GROWTH) and count != last


def _failed(house: House, why: str) -> Training:
    log.error("not trained", action="train", error=why)
    champion = house.ledger.champion()
    labels = len(house.ledger.training_labels())
    failed = Training(house.clock(), AMENDS, champion, "", champion, labels, Outcome.FAILED, why)
    return house.ledger.note_training(failed)
