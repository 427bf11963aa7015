"""A model file that is not ours is refused with what to do, and nothing in it is ever run."""

import io
import json
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
import skops.io
from typer.testing import CliRunner

from cases.errors import ModelError
from classifiers.facts import SHIPPED
from classifiers.judge import load_judge
from classifiers.model_file import FORMAT, load_model
from monitor.cli import app

WAY_OUT = "amends train"


class Bomb:
    """Leaves a file where it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return (Path.touch, (self.trace,))


def test_a_pickle_is_refused_and_never_unpickled(tmp_path: Path) -> None:
    path, trace = tmp_path / "bomb.skops", tmp_path / "trace"
    path.write_bytes(pickle.dumps(Bomb(trace)))
    with pytest.raises(ModelError, match=WAY_OUT):
        load_model(path)
    assert not trace.exists()


def test_a_pickle_hidden_in_a_zip_is_refused_and_never_unpickled(tmp_path: Path) -> None:
    """An array that only pickle could read; skops would have to be told to."""
    path, trace = tmp_path / "bomb.skops", tmp_path / "trace"
    hidden = io.BytesIO()
    np.save(hidden, np.array([Bomb(trace)], dtype=object), allow_pickle=True)
    with zipfile.ZipFile(SHIPPED) as good, zipfile.ZipFile(path, "w") as bad:
        for name in good.namelist():
            bad.writestr(name, hidden.getvalue() if name.endswith(".npy") else good.read(name))
    with pytest.raises(ModelError, match=WAY_OUT):
        load_model(path)
    assert not trace.exists()


@pytest.mark.parametrize("kind", ["os.system", "builtins.eval", "subprocess.Popen"])
def test_a_file_that_names_a_dangerous_function_is_refused(tmp_path: Path, kind: str) -> None:
    """One name in the file's own table of contents is enough."""
    module, name = kind.split(".")
    path = tmp_path / "foreign.skops"
    with zipfile.ZipFile(SHIPPED) as good, zipfile.ZipFile(path, "w") as bad:
        for part in good.namelist():
            content = good.read(part)
            if part == "schema.json":
                text = content.decode()
                assert '"__module__": "classifiers.reading"' in text
                text = text.replace('"__module__": "classifiers.reading"', f'"__module__": "{module}"')
                content = text.replace('"features"', f'"{name}"').encode()
            bad.writestr(part, content)
    with pytest.raises(ModelError, match=rf"not allowed.*{WAY_OUT}"):
        load_model(path)


@pytest.mark.parametrize(
    "content", [b"", b"no zip", b"PK\x03\x04 cut off", json.dumps({"amends_format": 1}).encode()], ids=len
)
def test_a_file_that_is_no_zip_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "wrong.skops"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=rf"wrong\.skops.*{WAY_OUT}"):
        load_model(path)


def test_a_zip_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letters.skops"
    with zipfile.ZipFile(path, "w") as letters:
        letters.writestr("letter.txt", "dear all")
    with pytest.raises(ModelError, match=rf"letters\.skops.*{WAY_OUT}"):
        load_model(path)


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="can't be read"):
        load_model(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        {"amends_format": FORMAT},
        {"amends_format": FORMAT, "pipeline": [1], "threshold": 0.5},
        {"amends_format": str(FORMAT)},
        [FORMAT],
    ],
    ids=["empty", "no pipeline", "format in words", "a list"],
)
def test_a_file_of_ours_in_which_something_is_missing_is_refused(tmp_path: Path, content: object) -> None:
    path = tmp_path / "half.skops"
    skops.io.dump(content, path)
    with pytest.raises(ModelError, match=rf"half\.skops.*{WAY_OUT}"):
        load_judge(path)


def test_the_command_line_says_what_to_do_and_no_more(tmp_path: Path) -> None:
    """Exit status 1 and one sentence; no trace of the program."""
    (tmp_path / "complaints").mkdir()
    (tmp_path / "wrong.skops").write_bytes(b"no zip")
    command = ["evaluate", "--data", str(tmp_path), "--model", str(tmp_path / "wrong.skops")]
    done = CliRunner().invoke(app, command)
    assert isinstance(done.exception, ModelError | SystemExit)
    assert WAY_OUT in f"{done.output}{done.exception}"
    assert "Traceback" not in done.output
