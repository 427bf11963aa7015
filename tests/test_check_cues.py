"""A language's cues are a file: what a wrong one is told, and what a new one can do without Python."""

from pathlib import Path

import pytest

from cases.apology import Component, Fault
from cases.errors import PackError
from responders.check import Checker
from responders.cues import load_cues, parse_cues, shipped_cues


def _file(cue: str = "'tut uns leid'", extra: str = "", without: str = "") -> str:
    """A small German file: every table there, one cue for regret."""
    tables = [
        f"[{kind}.{name}]\nwhy = 'w'\nsuggestion = 's'\ncues = [{cue if name == 'regret' else ''}]"
        for kind, names in (("components", Component), ("faults", Fault))
        for name in names
        if name != without
    ]
    head = "[language]\nwords = ['und', 'uns', 'es']\n[context]\nprivate = 'dm'\npublic = 'hier'\nnegated = 'kein'\n"
    return head + extra + "\n".join(tables)


def test_a_new_language_is_a_file() -> None:
    checker = Checker({"de": parse_cues("de", _file())})
    findings = checker.check("Es tut uns leid.")
    assert findings.language == "de"
    assert findings.components == {Component.REGRET}


def test_parts_stand_for_their_fragments_and_words() -> None:
    extra = "[parts]\nwho = '(?:uns|mir)'\n[words]\nhow = ['leid', 'weh']\n"
    checker = Checker({"de": parse_cues("de", _file("'tut <who> <how>'", extra))})
    assert checker.check("tut mir weh", language="de").components == {Component.REGRET}


def test_conditions_look_as_far_as_their_window() -> None:
    cue = "{ pattern = 'leid', needs = 'spät', unless = 'nicht', window = 'clause' }"
    checker = Checker({"de": parse_cues("de", _file(cue))})
    assert checker.check("leid zu spät, nicht", language="de").components == {Component.REGRET}
    assert checker.check("leid, zu spät", language="de").components == set()
    assert checker.check("nicht leid zu spät", language="de").components == set()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("words = [", "not valid TOML"),
        (_file(without="regret"), "says nothing of regret"),
        (_file("'tut <wem> leid'"), "no part named <wem>"),
        (_file("'<wem>'", "[parts]\nwem = '<wem>'\n"), "in a circle"),
        (_file("'(leid'"), "no regular expression"),
        (_file(r"'leid \\w+'"), "without a bound"),
        (_file("'leid.*'"), "without a bound"),
        (_file("'leid{2,}'"), "without a bound"),
        (_file("{ pattern = 'leid', only = 'x' }"), "only"),
        (_file("{ pattern = 'leid', window = 'page' }"), "window"),
        (_file(extra="[surprise]\nx = 1\n"), "surprise"),
    ],
)
def test_a_wrong_file_is_refused_with_its_name_and_the_mistake(text: str, says: str) -> None:
    with pytest.raises(PackError, match=r"languages/de/cues\.toml") as caught:
        parse_cues("de", text)
    assert says in str(caught.value)


def test_a_folder_without_readable_cues_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "de"
    folder.mkdir()
    with pytest.raises(PackError, match=r"languages/de/cues\.toml can't be read"):
        load_cues(folder)
    (folder / "cues.toml").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(PackError, match="UTF-8"):
        load_cues(folder)


def test_english_persian_and_arabic_ship() -> None:
    assert {"en", "fa", "ar"} <= set(shipped_cues())
