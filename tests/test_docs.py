"""The documents say what there is, all of it, and nothing that is not there."""

import importlib.util
import re
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path
from types import ModuleType

import pydantic
import pytest
import typer

from cases import errors
from cases.errors import AmendsError
from monitor.cli import app
from monitor.config import Config, platform_names
from monitor.house import platform_module
from monitor.secrets import variable

ROOT = Path(__file__).parent.parent
SETTINGS = (ROOT / "docs" / "SETTINGS.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_commands_are_documented_as_they_are(generate: ModuleType) -> None:
    written = (ROOT / "docs" / "COMMANDS.md").read_text(encoding="utf-8")
    assert written == generate.commands(), "run: make docs"


def test_the_lifecycle_is_drawn_as_it_is(generate: ModuleType) -> None:
    written = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert written == generate.with_lifecycle(written), "run: make docs"


def test_every_command_named_in_a_document_exists() -> None:
    commands = typer.main.get_group(app).commands
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        code = re.findall(r"`([^`\n]+)`|^    (.+)$", document.read_text(encoding="utf-8"), flags=re.MULTILINE)
        for text in (inline or block for inline, block in code):
            for name in re.findall(r"(?<![=\w])amends (?:--config \S+ )?([a-z][a-z-]+)", text):
                assert name in commands, f"{document.name} speaks of `amends {name}`"


def settings_of(section: str) -> set[str]:
    """The keys in the table under a heading of docs/SETTINGS.md."""
    body = SETTINGS.split(f"\n## [{section}]\n", 1)[1].split("\n## ", 1)[0]
    return set(re.findall(r"^\| `([\w]+)` \|", body, flags=re.MULTILINE))


@pytest.mark.parametrize("section", [name for name in Config.model_fields if name not in {"platforms", "path"}])
def test_every_setting_is_documented_and_the_reverse(section: str) -> None:
    table = Config.model_fields[section].annotation
    assert isinstance(table, type)
    assert issubclass(table, pydantic.BaseModel)
    assert settings_of(section) == set(table.model_fields)


@pytest.mark.parametrize("name", platform_names())
def test_every_setting_of_a_platform_is_documented_and_the_reverse(name: str) -> None:
    body = SETTINGS.split("\n## [platforms.*]\n", 1)[1].split("\n## ", 1)[0]
    keys: dict[str, set[str]] = {}
    current = ""
    for table, key in re.findall(r"^\| (?:`(\w+)`)? ?\| `(\w+)` \|", body, flags=re.MULTILINE):
        current = table or current
        keys.setdefault(current, set()).add(key)
    assert keys[name] == set(platform_module(name).Settings.model_fields)


@pytest.mark.parametrize("name", platform_names())
def test_every_secret_is_documented(name: str) -> None:
    for secret in platform_module(name).SECRETS:
        assert f"`{variable(name, secret)}`" in SETTINGS


def test_every_error_is_drawn_in_the_tree() -> None:
    kinds = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, AmendsError)}
    tree = (errors.__doc__ or "").split("::", 1)[1]
    assert set(re.findall(r"^    (?:│   |    )*(?:[├└]── )?([A-Z]\w+)", tree, flags=re.MULTILINE)) == kinds


def test_links_between_documents_lead_somewhere() -> None:
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_no_dependency_ships_one_of_our_names() -> None:
    ours = {"cases", "store", "classifiers", "responders", "templates", "desk", "monitor"}
    for distribution in distributions():
        if distribution.metadata["Name"] == "amends":
            continue
        tops = {Path(str(file)).parts[0].removesuffix(".py") for file in distribution.files or []}
        assert not ours & tops, distribution.metadata["Name"]


def test_a_platform_that_is_not_switched_on_is_not_loaded() -> None:
    program = (
        "import sys; import monitor.cli, monitor.platforms.mastodon, monitor.platforms.bluesky, "
        "monitor.platforms.reddit, monitor.platforms.x; "
        "print(sorted({'praw', 'tweepy', 'atproto', 'mastodon', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
