"""What is known of a matter, at the terminal: incidents, findings, the plan's lines, what is granted."""

import re
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from typed import Answer, sandbox_folder, typed


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the sandbox has told all it has, through to drafts."""
    folder = sandbox_folder(tmp_path_factory.mktemp("told"))
    typed(folder, "poll")
    time.sleep(0.3)
    typed(folder, "poll")
    return folder


@pytest.fixture
def town(told: Path, tmp_path: Path) -> Path:
    """A copy of it, to do with as one likes."""
    shutil.copytree(told, tmp_path / "town")
    return tmp_path / "town"


def done(folder: Path, *words: str) -> Answer:
    answer = typed(folder, *words)
    assert answer.status == 0, answer.err
    return answer


def refused(folder: Path, *words: str) -> str:
    answer = typed(folder, *words)
    assert answer.status == 1
    assert answer.err.startswith("amends: ")
    return answer.err


def shown(folder: Path, case: str) -> dict[str, Any]:
    return done(folder, "show", case, "--json").objects[0]


def waiting(folder: Path, language: str = "en") -> list[dict[str, Any]]:
    """Cases whose draft waits for one person."""
    cases = done(folder, "queue", "--json", "--status", "drafted").objects
    return [case for case in cases if case["approvals_needed"] == 1 and case["language"] == language]


def plan_of(folder: Path, case: str) -> dict[str, Any]:
    return done(folder, "plan", case, "--json").objects[0]


def a_word(case: dict[str, str]) -> str:
    """The longest word of its post, which no other post is likely to hold."""
    words: list[str] = re.findall(r"[a-z]+", str(case["text"]).lower())
    return max(words, key=len)


CAUSE = "A cable to our sorting centre was cut."
DOING = "Our engineers are splicing it now."


def declared(folder: Path, case: dict[str, Any], name: str = "Cable") -> None:
    done(
        folder, "incident", "declare", name, "--as", "dana", "--keyword", f"en={a_word(case)}",
        "--cause", f"en={CAUSE}", "--doing", f"en={DOING}", "--next-word", "5h",
    )  # fmt: skip


# --- incidents


def test_a_declared_incident_is_spoken_of_in_drafts_that_wait(town: Path) -> None:
    case = waiting(town)[0]
    declared(town, case)
    after = shown(town, str(case["case"]))
    assert len(after["drafts"]) == 2
    assert CAUSE in after["draft"]
    assert after["drafts"][-1]["plan"]["incident"] == "Cable"
    (listed,) = done(town, "incident", "list", "--json").objects
    assert (listed["state"], listed["owner"], listed["cases"]) == ("open", "dana", 1)
    assert listed["next_word_at"] is not None


def test_a_prepared_incident_waits_until_it_is_declared_by_its_name(town: Path) -> None:
    case = waiting(town)[0]
    file = town / "cable.toml"
    file.write_text(
        f'name = "Cable"\nowner = "eli"\n[keywords]\nen = ["{a_word(case)}"]\n[cause]\nen = "{CAUSE}"\n',
        encoding="utf-8",
    )
    done(town, "incident", "prepare", "--as", "dana", "--file", str(file))
    assert shown(town, str(case["case"]))["draft"] == case["draft"]
    done(town, "incident", "declare", "cable", "--as", "dana", "--next-word", "4h")
    assert CAUSE in shown(town, str(case["case"]))["draft"]
    assert "eli answers for it" in done(town, "incident", "list").out


def test_closing_lists_those_affected_and_drafts_speak_of_it_no_more(town: Path) -> None:
    case = waiting(town)[0]
    declared(town, case)
    said = done(town, "incident", "close", "Cable", "--as", "dana").out
    assert f"case {case['case']} " in said
    assert "resolve CASE" in said
    after = shown(town, str(case["case"]))
    assert CAUSE not in after["draft"]
    assert "the incident Cable is over: tell them" in [event["why"] for event in after["events"]]
    assert done(town, "incident", "list", "--json").objects == []
    assert len(done(town, "incident", "list", "--all", "--json").objects) == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("declare", "Storm"), "needs keywords"),
        (("declare", "Storm", "--keyword", "storm"), "TAG=WORDS"),
        (("declare", "Storm", "--keyword", "en=storm", "--cause", "en=We give everyone a 20% voucher."), "public"),
        (("declare", "Storm", "--keyword", "en=storm", "--next-word", "2020-01-01T09:00"), "has passed"),
        (("declare", "Storm", "--keyword", "en=storm", "--next-word", "soon"), "is no moment"),
        (("declare", "--file", "nowhere.toml"), "can't be read"),
        (("close", "Storm"), "incident list"),
    ],
)
def test_an_incident_that_can_not_be_is_told_with_the_way_out(town: Path, words: tuple[str, ...], message: str) -> None:
    assert message in refused(town, "incident", *words, "--as", "dana")


# --- findings


def test_what_is_not_ours_is_owned_no_more_in_the_next_revision(town: Path) -> None:
    case = str(waiting(town)[0]["case"])
    done(town, "finding", case, "not-ours", "--as", "dana")
    after = shown(town, case)
    assert len(after["drafts"]) == 2
    assert "responsibility" not in after["components"]
    assert after["events"][-2]["action"] == "finding"
    assert after["events"][-2]["who"] == "dana"


def test_a_confirmed_cause_is_told_in_the_draft_and_the_damage_stays_inside(town: Path) -> None:
    case = str(waiting(town)[0]["case"])
    cause = "Our driver rang at the wrong door."
    done(town, "finding", case, "confirmed", "--as", "dana", "--cause", cause, "--damage", "a missed birthday")
    after = shown(town, case)
    assert cause in after["draft"]
    assert "birthday" not in after["draft"]
    assert "make good the damage: a missed birthday" in [line["what"] for line in plan_of(town, case)["lines"]]


def test_what_a_person_wrote_stays_whatever_is_found(town: Path) -> None:
    case = str(waiting(town)[0]["case"])
    (town / "text").write_text("We lost it. That is on us, and I'm sorry.", encoding="utf-8")
    done(town, "edit", case, "--as", "lea", "--text-file", "text")
    done(town, "finding", case, "partly", "--as", "dana")
    assert shown(town, case)["drafts"][-1]["by"] == "lea"


def test_a_cause_without_a_look_and_one_unfit_for_the_public_are_refused(town: Path) -> None:
    case = str(waiting(town)[0]["case"])
    assert "only after looking" in refused(town, "finding", case, "not-looked-into", "--as", "d", "--cause", "Rain.")
    told = refused(town, "finding", case, "confirmed", "--as", "d", "--cause", "We charged you 30 euros too much.")
    assert "public" in told
    assert typed(town, "finding", case, "perhaps", "--as", "d").status == 2


# --- the plan's lines


def test_a_line_that_a_person_sets_is_named_and_changes_the_draft(town: Path) -> None:
    found = waiting(town)[0]
    case = str(found["case"])
    before = plan_of(town, case)
    other = "efficient" if before["approach"] != "efficient" else "empathetic"
    done(town, "plan", case, "--as", "dana", "--set", f"approach={other}", "--set", "next_update=5h")
    after = plan_of(town, case)
    assert after["approach"] == other
    assert after["next_update"] != before["next_update"]
    assert "set by dana (a person)" in done(town, "show", case).out
    assert [event["action"] for event in shown(town, case)["events"]].count("plan") == 2
    done(town, "plan", case, "--as", "dana", "--set", "approach=")
    assert plan_of(town, case)["approach"] == before["approach"]


def test_a_line_that_is_none_is_refused(town: Path) -> None:
    case = str(waiting(town)[0]["case"])
    assert "approach, outlook" in refused(town, "plan", case, "--as", "dana", "--set", "colour=red")
    assert "NAME=VALUE" in refused(town, "plan", case, "--as", "dana", "--set", "approach")
    assert typed(town, "plan", case, "--set", "approach=efficient").status == 2


# --- what was granted


def test_grants_count_against_the_budgets_unless_overridden_with_a_reason(town: Path) -> None:
    with (town / "config.toml").open("a", encoding="utf-8") as file:
        file.write('[policy]\ncurrency = "EUR"\ncase_budget = 30.0\nweek_budget = 48.0\n')
    one, other, *_ = (str(case["case"]) for case in waiting(town))
    done(town, "grant", one, "the fee back", "--value", "20", "--as", "lea")
    assert "budget of this case: 20 of 30 EUR" in refused(town, "grant", one, "more", "--value", "11", "--as", "lea")
    done(town, "grant", other, "a new one", "--value", "25", "--as", "lea")
    assert "this week" in refused(town, "grant", other, "a card", "--value", "4", "--as", "lea")
    done(town, "grant", other, "a card", "--value", "4", "--as", "lea", "--override", "ten years a customer")
    assert shown(town, other)["events"][-1]["why"] == "a card (4): ten years a customer"
