"""What may be told of a model without loading it: the desk shows it, and judges nothing itself."""

import hashlib
import json
import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from cases.errors import ModelError

SHIPPED = Path(__file__).with_name("complaints.skops")
FIGURES = Path(__file__).with_name("figures.json")
_ENCODER = Path(__file__).parent / "encoder" / "encoder.skops"
_SCHEMA = "schema.json"
_NAME_LENGTH = 10


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """One model file. A post counts as a complaint from `threshold`; `size`: bytes, with the encoder where it is used.

    `looks_twice`: doubtful posts are read by the encoder, too.
    """

    name: str
    threshold: float
    looks_twice: bool
    size: int


@dataclass(frozen=True, slots=True)
class MeasuredRow:
    """How the model did on one set of posts; each figure with the ends of its 95 % confidence interval."""

    name: str
    posts: int
    complaints: int
    precision: tuple[float, float, float]
    recall: tuple[float, float, float]
    macro_f1: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of one model, as its card tells them: of posts kept back from training, and of written ones."""

    model: str
    on: date
    kept_back: tuple[MeasuredRow, ...]
    to_brands: tuple[MeasuredRow, ...]


def name_of(raw: bytes) -> str:
    """A model's name: it follows from the file's content."""
    return hashlib.sha256(raw).hexdigest()[:_NAME_LENGTH]


def operating_point(threshold: float, cost_of_a_miss: float) -> float:
    """From which probability a post counts as a complaint where a miss costs more, or less, than the model takes it to.

    By Bayes' rule the odds fall to that part.
    """
    odds = threshold / (1.0 - threshold) / cost_of_a_miss if threshold < 1 else math.inf
    return odds / (1.0 + odds) if math.isfinite(odds) else 1.0


def facts_of(path: Path | None = None, *, cost_of_a_miss: float = 1.0, look_twice: bool = True) -> ModelFacts:
    """The facts of a model file, the shipped one by default, with a brand's settings. Raises `ModelError`.

    Reads the description that skops writes into its files; nothing is unpacked, and no object made.
    """
    file = path or SHIPPED
    try:
        raw = file.read_bytes()
        with ZipFile(file) as archive:
            content = json.loads(archive.read(_SCHEMA))["content"]
        threshold, looks = float(_value(content["threshold"])), _value(content["look"]) is not None
    except (OSError, BadZipFile, KeyError, ValueError, TypeError) as error:
        raise ModelError(f"the model file {file} can't be described: {error}") from error
    twice = looks and look_twice
    size = len(raw) + (_ENCODER.stat().st_size if twice and _ENCODER.exists() else 0)
    return ModelFacts(name_of(raw), operating_point(threshold, cost_of_a_miss), twice, size)


def measured(model: str, path: Path = FIGURES) -> Measured | None:
    """The figures of a model by its name; None where the card tells another model's, or none. Raises `ModelError`."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["model"] != model:
            return None
        return Measured(model, date.fromisoformat(told["on"]), _rows(told["kept_back"]), _rows(told["to_brands"]))
    except FileNotFoundError:
        return None
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise ModelError(f"the model's figures in {path} can't be read: {error}") from error


def _rows(told: list[dict[str, Any]]) -> tuple[MeasuredRow, ...]:
    return tuple(
        MeasuredRow(
            one["name"],
            one["posts"],
            one["complaints"],
            *(tuple(one[figure]) for figure in ("precision", "recall", "macro_f1")),
        )
        for one in told
    )


def _value(node: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    """What a node of the description holds: plain values are JSON within JSON, others their own description."""
    return json.loads(node["content"]) if node.get("is_json") else node["content"]
