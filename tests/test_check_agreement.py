"""How far the checker agrees with our own labelled replies, and that they are fit to be measured on."""

from collections import Counter

import pytest

from cases.apology import Component, Fault
from responders.agreement import Labelled, measure, own_files, read
from responders.check import Checker

REPLIES = [reply for file in own_files() for reply in read(file)]
LANGUAGES = ("en", "fa", "ar")


def test_every_label_is_a_component_or_a_fault() -> None:
    assert {name for reply in REPLIES for name in reply.labels} <= {*Component, *Fault}


def test_no_reply_stands_twice() -> None:
    assert not [text for text, times in Counter(reply.reply for reply in REPLIES).items() if times > 1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_third_of_each_language_is_held_back(language: str) -> None:
    parts = Counter(reply.part for reply in REPLIES if reply.language == language)
    assert parts["held"] == pytest.approx(parts.total() / 3, abs=1)
    assert set(parts) == {"held", "tuned"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_held_back_replies_it_agrees_as_far_as_the_docs_say(language: str) -> None:
    agreement = measure(_held(language), Checker.shipped())[language]
    assert agreement.components >= 0.82
    assert agreement.faults >= 0.75
    assert agreement.stopped_share <= 0.03


def _held(language: str) -> list[Labelled]:
    return [reply for reply in REPLIES if reply.language == language and reply.part == "held"]
