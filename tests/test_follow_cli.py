"""What comes after the answer, as it is typed at the terminal."""

from pathlib import Path

import pytest
from conftest import Clock
from scenes import COMPLAINT, mention, take_in
from typed import sandbox_folder, typed

from store.ledger import Ledger


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Path:
    """A sandbox with one case, of a parcel that is late."""
    folder = sandbox_folder(tmp_path)
    with Ledger.open(f"sqlite:///{folder / 'amends.db'}") as ledger:
        take_in(ledger, mention("p1"), verdict=COMPLAINT, now=clock.now)
    return folder


@pytest.mark.parametrize("purpose", ["private", "update", "settled", "follow-up"])
def test_a_text_is_printed_to_copy_and_nothing_is_stored(folder: Path, purpose: str) -> None:
    before = typed(folder, "show", "1", "--json").objects
    answer = typed(folder, "text", "1", "--purpose", purpose)
    assert answer.status == 0
    assert answer.out.strip().endswith("Ana")
    (told,) = typed(folder, "text", "1", "--purpose", purpose, "--json").objects
    assert (told["case"], told["purpose"], told["language"]) == (1, purpose.replace("-", "_"), "en")
    assert told["text"] == answer.out.strip()
    assert typed(folder, "show", "1", "--json").objects == before


def test_the_private_message_is_what_is_printed_where_nothing_else_is_asked_for(folder: Path) -> None:
    assert "fair" in typed(folder, "text", "1").out


def test_the_answer_is_no_text_that_comes_after_it(folder: Path) -> None:
    answer = typed(folder, "text", "1", "--purpose", "answer")
    assert answer.status == 2
    assert "private" in answer.err
