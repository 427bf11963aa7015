"""What people decide becomes labels: kept for good, the latest holds, and no text leaves that may not."""

from dataclasses import replace
from datetime import timedelta
from importlib.resources import files

import pytest
from alembic import command
from alembic.config import Config
from scenes import COMPLAINT, MORNING, PRAISE, approved, drafted, mention, take_in
from sqlalchemy import func, insert, select

from cases.errors import MoveRefused, NotAllowed, NotFound
from cases.learning import SHIPPED, Comparison, Outcome, Training
from cases.lifecycle import Status
from cases.posts import Mention, Permissions
from cases.verdicts import Category, Verdict
from monitor.pipeline import drawn, opening
from store import schema
from store.engine import check_url, open_engine
from store.ledger import Ledger
from store.reports import sample_figures
from store.rows import mention_values, verdict_values

LATER = MORNING + timedelta(hours=1)
NO_TRAINING = Permissions(answerable=True, may_train=False)


def taught(ledger: Ledger, kind: str = "complaint") -> list[tuple[str, str]]:
    """Post and value of each label that may be learned from."""
    return [(label.text, label.value) for label in ledger.training_labels(kind)]


def pass_over(ledger: Ledger, *posts: Mention, share: float = 1.0, verdict: Verdict = PRAISE) -> list[int]:
    """Posts that the classifier takes for no complaint, of which a share is drawn; their numbers."""
    ledger.record("sandbox", posts, "cursor", now=MORNING)
    ledger.judge([(stored.id, verdict) for stored in ledger.unjudged()], now=MORNING)
    waiting = ledger.unsettled()
    ledger.settle([opening(judged, timedelta(hours=2), share) for judged in waiting], now=MORNING)
    return [judged.id for judged in waiting]


def rows(ledger: Ledger) -> int:
    """How many labels were ever kept."""
    with ledger._reading() as connection:
        return connection.execute(select(func.count()).select_from(schema.labels)).scalar_one()


def dismiss(ledger: Ledger, case: int, who: str = "ana") -> None:
    ledger.move(case, Status.DISMISSED, who=who, action="dismissed", why="a joke", now=LATER)


def test_a_label_has_the_words_who_when_where_and_what_the_classifier_had_said(ledger: Ledger) -> None:
    (case,) = take_in(ledger, mention("p1", "Nine days!"))
    dismiss(ledger, case, who="omar")
    (label,) = ledger.training_labels()
    assert (label.text, label.value, label.who, label.at) == ("Nine days!", "false", "omar", LATER)
    assert (label.platform, label.thread, label.language) == ("sandbox", "p1", "en")
    assert (label.model, label.probability) == (COMPLAINT.model, COMPLAINT.probability)


def test_an_undone_decision_teaches_nothing_and_what_held_before_holds_again(ledger: Ledger) -> None:
    (first,) = take_in(ledger, mention("p1", "one"))
    approved(ledger, first)
    ledger.undo(first, by="ana", now=LATER)
    assert taught(ledger) == []
    (passed,) = pass_over(ledger, mention("p2", "two", author="b"))
    flagged = ledger.flag(passed, who="ana", due_at=LATER, now=LATER)
    dismiss(ledger, flagged)
    assert taught(ledger) == [("two", "false")]
    ledger.move(flagged, Status.FLAGGED, who="ana", action="undo", now=LATER)
    assert taught(ledger) == [("two", "true")]


def test_labels_are_only_ever_added(ledger: Ledger) -> None:
    (case,) = take_in(ledger, mention("p1"))
    counts = [rows(ledger)]
    for _ in range(3):
        dismiss(ledger, case)
        counts.append(rows(ledger))
        ledger.move(case, Status.FLAGGED, who="ana", action="undo", now=LATER)
        counts.append(rows(ledger))
    assert counts == [0, 1, 2, 3, 4, 5, 6]
    assert taught(ledger) == []


def test_text_of_a_network_that_forbids_training_never_leaves_for_it(ledger: Ledger) -> None:
    allowed, forbidden = take_in(ledger, mention("p1", "yes"), mention("p2", "no", author="b", permissions=NO_TRAINING))
    for case in (allowed, forbidden):
        dismiss(ledger, case)
        ledger.correct(case, category=Category.DAMAGED, severity=3, who="ana", now=LATER)
    assert taught(ledger) == [("yes", "false")]
    assert taught(ledger, "category") == [("yes", "damaged")]
    assert taught(ledger, "severity") == [("yes", "3")]


def test_a_permission_that_is_withdrawn_later_counts(ledger: Ledger) -> None:
    (case,) = take_in(ledger, mention("p1"))
    dismiss(ledger, case)
    number = ledger.case(case).mention_id
    ledger.refresh(number, mention("p1", permissions=NO_TRAINING), now=LATER)
    assert taught(ledger) == []


def test_what_is_forgotten_is_not_learned_from(ledger: Ledger) -> None:
    for place, case in enumerate(
        take_in(ledger, *(mention(f"p{place}", f"post {place}", author=f"a{place}") for place in range(3)))
    ):
        dismiss(ledger, case)
        assert len(taught(ledger)) == place + 1
    ledger.forget("sandbox", "a1", now=LATER)
    assert taught(ledger) == [("post 0", "false"), ("post 2", "false")]
    ledger.forget_mention(ledger.training_labels()[0].mention_id, now=LATER)
    assert taught(ledger) == [("post 2", "false")]


def test_words_that_changed_after_they_were_labelled_are_not_learned_from(ledger: Ledger) -> None:
    (case,) = take_in(ledger, mention("p1", "before"))
    dismiss(ledger, case)
    fresh = replace(mention("p1", "after"), edited_at=LATER + timedelta(minutes=1))
    ledger.refresh(ledger.case(case).mention_id, fresh, now=LATER + timedelta(minutes=2))
    assert taught(ledger) == []


def test_a_language_that_the_classifier_does_not_judge_gives_it_no_labels(ledger: Ledger) -> None:
    (case,) = take_in(ledger, mention("p1"), verdict=replace(COMPLAINT, language="de", learned=False))
    dismiss(ledger, case)
    assert taught(ledger) == []


def test_the_latest_correction_of_a_kind_holds(ledger: Ledger) -> None:
    (case,) = take_in(ledger, mention("p1", "one"))
    ledger.correct(case, category=Category.LOST, who="ana", now=LATER)
    ledger.correct(case, category=Category.DAMAGED, severity=4, who="omar", now=LATER)
    assert taught(ledger, "category") == [("one", "damaged")]
    verdict = ledger.case(case).verdict
    assert (verdict.category, verdict.severity) == (Category.DAMAGED, 4)


def test_a_corrected_case_waits_for_a_new_draft_unless_a_person_wrote_it(ledger: Ledger) -> None:
    ours, theirs = take_in(ledger, mention("p1"), mention("p2", author="b"))
    drafted(ledger, ours)
    drafted(ledger, theirs, by="ana")
    for case in (ours, theirs):
        ledger.correct(case, category=Category.DAMAGED, who="ana", now=LATER)
    assert [case.id for case in ledger.case_for_drafting()] == [ours]


def test_nothing_of_a_forgotten_author_is_corrected(ledger: Ledger) -> None:
    (case,) = take_in(ledger, mention("p1"))
    ledger.forget("sandbox", "ines", now=LATER)
    with pytest.raises(NotAllowed, match="forgotten"):
        ledger.correct(case, severity=1, who="ana", now=LATER)


# --- the sample


def test_the_lot_draws_the_share_and_the_same_posts_each_time() -> None:
    posts = [mention(f"post-{number}") for number in range(4_000)]
    chosen = [post for post in posts if drawn(post, 0.1)]
    assert 320 < len(chosen) < 480
    assert chosen == [post for post in posts if drawn(post, 0.1)]
    assert set(map(id, chosen)) <= {id(post) for post in posts if drawn(post, 0.2)}
    assert not any(drawn(post, 0.0) for post in posts)
    assert all(drawn(post, 1.0) for post in posts)


def test_a_sample_is_drawn_of_what_was_passed_over_alone(ledger: Ledger) -> None:
    """Not of complaints, not of what is about another, not of languages that are not judged."""
    (ours,) = pass_over(ledger, mention("p1"))
    pass_over(ledger, mention("p2", author="b"), verdict=replace(PRAISE, relevant=False))
    pass_over(ledger, mention("p3", author="c"), verdict=replace(PRAISE, learned=False, language="und", relevant=False))
    pass_over(ledger, mention("p4", author="d"), verdict=COMPLAINT)
    pass_over(ledger, mention("p5", author="e"), share=0.0)
    assert [waiting.id for waiting in ledger.to_look_at()] == [ours]


def test_what_people_looked_at_or_what_is_forgotten_waits_no_more(ledger: Ledger) -> None:
    fine, bad, gone, left = pass_over(ledger, *(mention(f"p{place}", author=f"a{place}") for place in range(4)))
    ledger.label_as_fine(fine, who="ana", now=LATER)
    ledger.flag(bad, who="ana", due_at=LATER, now=LATER)
    ledger.forget("sandbox", "a2", now=LATER)
    assert [waiting.id for waiting in ledger.to_look_at()] == [left]
    with pytest.raises(NotFound, match="forgotten"):
        ledger.label_as_fine(gone, who="ana", now=LATER)


def test_a_mention_of_a_case_is_said_to_be_fine_by_dismissing_the_case(ledger: Ledger) -> None:
    (case,) = take_in(ledger, mention("p1"))
    with pytest.raises(MoveRefused, match=f"amends dismiss {case}"):
        ledger.label_as_fine(ledger.case(case).mention_id, who="ana", now=LATER)


def test_the_sample_says_how_many_were_missed(ledger: Ledger) -> None:
    numbers = pass_over(ledger, *(mention(f"p{place}", author=f"a{place}") for place in range(10)), share=1.0)
    ledger.flag(numbers[0], who="ana", due_at=LATER, now=LATER)
    for number in numbers[1:5]:
        ledger.label_as_fine(number, who="ana", now=LATER)
    figures = ledger.reports.sample(MORNING, LATER)
    assert (figures.drawn, figures.looked_at, figures.complaints, figures.missed) == (10, 5, 1, 2.0)
    assert ledger.reports.sample(LATER, LATER + timedelta(days=1)).drawn == 0


def test_each_drawn_post_stands_for_as_many_as_it_was_drawn_from() -> None:
    figures = sample_figures([(0.01, "true"), (0.01, "false"), (0.5, "true"), (0.5, "false")])
    assert figures.missed == pytest.approx(102)
    assert figures.low is not None
    assert figures.high is not None
    assert figures.low < 102 < figures.high <= 204


def test_none_found_is_no_proof_that_there_are_none() -> None:
    """Of a hundred posts each for a hundred, none: with 95 % certainty there are no more than 369 (Poisson)."""
    figures = sample_figures([(0.01, "false")] * 100)
    assert (figures.missed, figures.low) == (0, 0)
    assert figures.high == pytest.approx(369, rel=0.01)
    assert sample_figures([(0.01, None)]).missed is None


# --- champions


def training(outcome: Outcome, challenger: str = "b", champion: str = SHIPPED) -> Training:
    table = (
        Comparison("all", 60, 30, 0.7, 0.8, 0.02, 0.2),
        Comparison("fa", 900, 400, 0.7, 0.7, 0.0, 0.0, written=True),
    )
    return Training(LATER, "amends", champion, challenger, SHIPPED, 200, outcome, "because", table)


def test_a_training_that_replaced_the_champion_and_the_pointer_change_together(ledger: Ledger) -> None:
    assert (ledger.champion(), ledger.trainings(), ledger.reigns()) == (SHIPPED, [], [])
    ledger.note_training(training(Outcome.NOT_BETTER, "a"))
    assert ledger.champion() == SHIPPED
    kept = ledger.note_training(training(Outcome.REPLACED))
    assert kept == ledger.trainings()[0] == ledger.training_of("b")
    assert ledger.champion() == "b"
    assert [(reign.name, reign.who, reign.at) for reign in ledger.reigns()] == [("b", "amends", LATER)]


def test_a_person_can_go_back_and_the_history_stays(ledger: Ledger) -> None:
    ledger.note_training(training(Outcome.REPLACED))
    ledger.crown(SHIPPED, who="lea", why="too many alarms", now=LATER)
    assert ledger.champion() == SHIPPED
    assert [(reign.name, reign.who) for reign in ledger.reigns()] == [(SHIPPED, "lea"), ("b", "amends")]


def test_a_challenger_of_a_champion_that_was_changed_meanwhile_replaces_nothing(ledger: Ledger) -> None:
    ledger.crown("c", who="lea", why="", now=LATER)
    assert ledger.note_training(training(Outcome.REPLACED)).outcome is Outcome.OVERTAKEN
    assert ledger.champion() == "c"
    assert ledger.trainings()[0].outcome is Outcome.OVERTAKEN


def test_labels_from_before_get_the_model_and_probability_that_their_mention_has(store_url: str) -> None:
    """A store of the first schema is brought up to date, and nothing that people taught is lost."""
    engine = open_engine(check_url(store_url), 5.0)
    config = Config()
    config.set_main_option("script_location", str(files("store").joinpath("migrations")))
    config.set_main_option("path_separator", "os")
    values = {**mention_values(mention("p1", "Nine days!"), MORNING), "stage": "settled"}
    old = {"mention_id": 1, "kind": "complaint", "value": "false", "who": "ana", "at": MORNING}
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(insert(schema.mentions), [values])
        connection.execute(insert(schema.verdicts), [verdict_values(1, COMPLAINT, MORNING)])
        connection.execute(insert(schema.labels), [old])
    engine.dispose()
    with Ledger.open(store_url) as ledger:
        (label,) = ledger.training_labels()
    assert (label.text, label.value, label.who) == ("Nine days!", "false", "ana")
    assert (label.model, label.probability) == (COMPLAINT.model, COMPLAINT.probability)
