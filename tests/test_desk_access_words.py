"""What the pages of access say is said in every language of the desk."""

import ast
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file

from cases.errors import NotAllowed
from cases.people import clean_name
from cases.plans import Role
from desk.access import AccessSettings, Provider
from desk.access.doors import SPENT
from desk.access.passwords import check_password_rules
from desk.access.provider import who_came_back
from desk.language import LANGUAGES, speech

ROOT = Path(__file__).parent.parent
PAGES = ("sign-in", "welcome", "account", "people")


def said() -> set[str]:
    """Every message of the pages, of the code that says one, and those that reach a page as an error."""
    words = {str(role) for role in Role} | {SPENT}
    for page in PAGES:
        path = ROOT / "templates" / "desk" / f"{page}.html.j2"
        words |= {str(message) for _, message, _, _ in extract_from_file("jinja2", path)}
    for file in (ROOT / "desk" / "access").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                literal = node.args[0] if node.args else None
                if name == "say" and isinstance(literal, ast.Constant):
                    words.add(str(literal.value))
    for password in ("short", "a" * 20):
        with pytest.raises(NotAllowed) as refused:
            check_password_rules(password, "Mina")
        words.add(str(refused.value))
    with pytest.raises(NotAllowed) as refused:
        clean_name("")
    words.add(str(refused.value))
    here, away = AccessSettings(url="http://127.0.0.1"), Provider("http://127.0.0.1:1", "desk", "a made-up secret")
    with pytest.raises(NotAllowed) as refused:
        who_came_back(here, away, "", code="", state="")
    words.add(str(refused.value))
    return words


@pytest.mark.parametrize("tag", sorted(set(LANGUAGES) - {"en"}))
def test_every_message_is_translated_with_its_places(tag: str) -> None:
    voice, words = speech(tag), said()
    assert len(words) > 50
    assert {message for message in words if voice.say(message) == message} == set()
    for message in words:
        for place in ("%(name)s", "%(span)s", "%(label)s", "%(provider)s", "%(zone)s", "%(day)s"):
            assert (place in message) == (place in voice.say(message)), message
