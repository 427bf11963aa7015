"""Teaching at the terminal: the sample, labels, corrections, training, and which model judges."""

import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from lessons import lessons, teach
from typed import PROGRAM, Answer, sandbox_folder, typed

from cases.learning import SHIPPED
from classifiers.model_file import load_model
from monitor.house import wall_clock
from monitor.sandbox_network import Network
from store.ledger import Ledger


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the sandbox has told all it has; half of what was passed over is drawn."""
    folder = sandbox_folder(tmp_path_factory.mktemp("told"))
    with (folder / "config.toml").open("a", encoding="utf-8") as config:
        config.write("[classifier]\nsample = 0.5\nsecond_look = false\n")
    typed(folder, "poll")
    time.sleep(0.3)
    typed(folder, "poll")
    return folder


@pytest.fixture
def town(told: Path, tmp_path: Path) -> Path:
    """A copy of it, to do with as one likes."""
    shutil.copytree(told, tmp_path / "town")
    return tmp_path / "town"


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with enough decisions to learn from."""
    folder = sandbox_folder(tmp_path_factory.mktemp("taught"))
    with (folder / "config.toml").open("a", encoding="utf-8") as config:
        config.write("[classifier]\nsecond_look = false\n")
    with Ledger.open(f"sqlite:///{folder / 'amends.db'}") as ledger:
        teach(ledger, lessons())
    return folder


@pytest.fixture(scope="module")
def schooled(taught: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same after a training."""
    folder = shutil.copytree(taught, tmp_path_factory.mktemp("schooled") / "town")
    done(folder, "train", "--as", "lea")
    return folder


def done(folder: Path, *words: str) -> Answer:
    answer = typed(folder, *words)
    assert answer.status == 0, answer.err
    return answer


def refused(folder: Path, *words: str, status: int = 1) -> str:
    answer = typed(folder, *words)
    assert (answer.status, answer.out) == (status, "")
    assert "Traceback" not in answer.err
    return " ".join(answer.err.split())


def classifier(folder: Path) -> dict[str, Any]:
    """What status says of it."""
    found: dict[str, Any] = done(folder, "status", "--json").objects[-1]["classifier"]
    return found


# --- the sample


def test_the_sample_lists_what_waits_with_all_that_one_needs_to_judge(town: Path) -> None:
    waiting = done(town, "sample", "--json").objects
    assert len(waiting) == classifier(town)["sample"]["waiting"] > 2
    assert set(waiting[0]) == {
        *("mention", "platform", "author", "url", "posted_at", "text", "language", "probability", "share"),
    }
    assert {drawn["share"] for drawn in waiting} == {0.5}
    shown = done(town, "sample").out
    assert all(f"{drawn['mention']:>7}  " in shown for drawn in waiting)
    assert len(done(town, "sample", "--json", "--limit", "1").objects) == 1


def test_a_no_is_a_label_and_a_yes_opens_a_case(town: Path) -> None:
    first, second, *rest = [drawn["mention"] for drawn in done(town, "sample", "--json").objects]
    assert "no complaint" in done(town, "label", str(first), "--as", "lea", "--complaint", "no").out
    answer = done(town, "label", str(second), "--as", "lea", "--complaint", "yes").out
    (case,) = re.findall(r"case (\d+) is", answer)
    shown = done(town, "show", case, "--json").objects[0]
    assert shown["mention"] == second
    assert shown["draft"]
    assert [drawn["mention"] for drawn in done(town, "sample", "--json").objects] == rest
    found = classifier(town)["sample"]
    assert (found["looked_at"], found["complaints"]) == (2, 1)
    assert found["missed_low"] < found["missed"] < found["missed_high"]
    assert "complaints were passed over" in done(town, "status").out


def test_a_mention_of_a_case_is_not_labelled_beside_it(town: Path) -> None:
    case = done(town, "queue", "--json").objects[0]
    told = refused(town, "label", str(case["mention"]), "--as", "lea", "--complaint", "no")
    assert f"dismiss {case['case']}" in told
    assert "no mention 9999" in refused(town, "label", "9999", "--as", "lea", "--complaint", "no")


# --- corrections


def test_a_correction_mends_the_case_and_is_kept_as_a_label_with_who(town: Path) -> None:
    case = next(
        case
        for case in done(town, "queue", "--json", "--status", "drafted").objects
        if case["category"] == "late" and case["language"] == "en" and case["approvals_needed"] == 1
    )
    number = str(case["case"])
    done(town, "correct", number, "--as", "lea", "--category", "damaged", "--severity", "3")
    shown = done(town, "show", number, "--json").objects[0]
    assert (shown["category"], shown["severity"]) == ("damaged", 3)
    assert shown["status"] == "drafted"
    assert any(event["who"] == "lea" and event["action"] == "corrected" for event in shown["events"])
    with Ledger.open(f"sqlite:///{town / 'amends.db'}") as ledger:
        for kind, value in (("category", "damaged"), ("severity", "3")):
            (label,) = ledger.training_labels(kind)
            assert (label.value, label.who, label.text) == (value, "lea", case["text"])


def test_a_correction_says_what_is_to_be_corrected(town: Path) -> None:
    number = str(done(town, "queue", "--json").objects[0]["case"])
    assert "--category, --severity" in refused(town, "correct", number, "--as", "lea", status=2)
    refused(town, "correct", number, "--as", "lea", "--severity", "5", status=2)
    refused(town, "correct", number, "--as", "lea", "--category", "weather", status=2)


# --- training and models


def test_with_few_decisions_training_says_how_many_are_needed(town: Path) -> None:
    answer = done(town, "train")
    assert "shipped goes on judging: too few to compare by yet: 0 of the 50 decisions needed" in answer.out
    assert classifier(town)["last_training"]["outcome"] == "too_few"


def test_without_a_config_training_wants_one_or_a_data_folder(tmp_path: Path) -> None:
    told = refused(tmp_path, "train")
    assert "--config" in told
    assert "--data" in told


def test_training_prints_the_table_that_decided_and_the_way_back(schooled: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(schooled, tmp_path / "copy")
    done(folder, "model", "use", SHIPPED, "--as", "omar")
    answer = done(folder, "train", "--as", "lea")
    figures = r"^all +\d+ +\d+ +0\.\d{3} +[01]\.\d{3} +\+0\.\d{3}   \+0\.\d{3} to \+0\.\d{3}$"
    assert re.search(figures, answer.out, re.MULTILINE)
    assert "judges from now on, better beyond chance" in answer.out
    assert "model use shipped --as NAME" in answer.out


def test_the_models_are_shown_with_figures_date_and_the_last_gates_verdict(schooled: Path) -> None:
    *models, last = done(schooled, "model", "--json").objects
    first, second = models
    assert (first["champion"], second["model"], second["champion"]) == (True, SHIPPED, False)
    assert first["who"] == "lea"
    training = first["training"]
    assert training == last["last_training"]
    assert (training["outcome"], training["base"], training["champion"]) == ("replaced", SHIPPED, SHIPPED)
    assert training["table"][0]["name"] == "all"
    assert training["table"][0]["low"] > 0
    shown = done(schooled, "model").out
    assert first["model"] in shown.splitlines()[0]
    assert "better beyond chance" in shown
    assert classifier(schooled)["model"] == first["model"]
    assert first["model"] in done(schooled, "check").out


def test_another_model_is_chosen_with_one_command(schooled: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(schooled, tmp_path / "copy")
    trained = classifier(folder)["model"]
    assert load_model().name in done(folder, "model", "use", SHIPPED, "--as", "omar", "--reason", "too loud").out
    shown = done(folder, "model", "--json").objects
    assert [(one["model"], one["champion"]) for one in shown[:-1]] == [(SHIPPED, True), (trained, False)]
    assert (shown[0]["who"], shown[0]["why"]) == ("omar", "too loud")
    assert [(reign["name"], reign["who"]) for reign in shown[-1]["history"]] == [(SHIPPED, "omar"), (trained, "lea")]
    assert f"before    {trained}" in done(folder, "model").out
    done(folder, "model", "use", trained, "--as", "omar")
    assert classifier(folder)["model"] == trained


def test_a_model_that_is_not_there_or_is_none_is_refused(schooled: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(schooled, tmp_path / "copy")
    assert "no model '../x'" in refused(folder, "model", "use", "../x", "--as", "lea")
    (folder / "models" / "broken.skops").write_text("no model")
    assert "broken.skops" in refused(folder, "model", "use", "broken", "--as", "lea")
    with (folder / "config.toml").open("a", encoding="utf-8") as config:
        config.write('model = "mine.skops"\n')
    assert "empty it first" in refused(folder, "model", "use", SHIPPED, "--as", "lea")
    assert "judges" in refused(folder, "train")


def test_a_daemon_that_runs_takes_a_new_champion_up(schooled: Path, tmp_path: Path) -> None:
    """Posts that come after the choice are judged by it, those before keep their verdict; nothing is started again."""
    folder = shutil.copytree(schooled, tmp_path / "copy")
    trained = classifier(folder)["model"]
    done(folder, "model", "use", SHIPPED, "--as", "omar")
    network = Network(folder / "sandbox.jsonl", (), account="parcelo")
    with running(folder) as daemon:
        wait_for(lambda: judged_by(folder) == {load_model().name})
        done(folder, "model", "use", trained, "--as", "omar")
        network.say("late", "@parcelo my parcel never came and nobody answers me, this is awful", wall_clock())
        wait_for(lambda: judged_by(folder) == {load_model().name, trained})
        assert daemon.poll() is None


def test_a_daemon_learns_by_itself(taught: Path, tmp_path: Path) -> None:
    """The night that it was not there for is made up for; nobody types anything."""
    folder = shutil.copytree(taught, tmp_path / "copy")
    with running(folder) as daemon:
        wait_for(lambda: classifier(folder)["model"] != SHIPPED)
        assert daemon.poll() is None
    training = classifier(folder)["last_training"]
    assert (training["outcome"], training["who"]) == ("replaced", "amends")
    assert (folder / "models" / f"{training['challenger']}.skops").is_file()


@contextmanager
def running(folder: Path) -> "Iterator[subprocess.Popen[bytes]]":
    """A daemon at work in a folder."""
    null = subprocess.DEVNULL
    daemon = subprocess.Popen([PROGRAM, "run"], cwd=folder, stdout=null, stderr=null)
    try:
        yield daemon
    finally:
        daemon.terminate()
        daemon.wait(10)


def judged_by(folder: Path) -> set[str]:
    """The models that judged the sandbox's own posts."""
    with Ledger.open(f"sqlite:///{folder / 'amends.db'}") as ledger:
        cases = {case.verdict.model for case in ledger.cases(None) if case.verdict.model != "test"}
        return cases | {judged.verdict.model for judged in ledger.passed_over()} - {"test"}


def wait_for(happened: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.1)
