"""The model card: its words are written by hand, its figures by an evaluation."""

import json
import math
import os
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from cases.errors import ModelError
from classifiers.facts import FIGURES
from classifiers.measures.bootstrap import Interval
from classifiers.measures.pictures import PRECISION_RECALL, RELIABILITY, draw
from classifiers.measures.report import Report
from classifiers.measures.scores import Scores
from classifiers.measures.tables import sections, whole

CARD = Path(__file__).parent.parent / "MODEL_CARD.md"
PICTURES = CARD.parent.parent / "docs" / "model"
_BEGIN, _END = "<!-- figures -->", "<!-- end of figures -->"
_NAME = re.compile(r"Model `(\w+)`")


def write_card(
    report: Report, path: Path = CARD, pictures: Path = PICTURES, *, figures: Path = FIGURES, today: date
) -> None:
    """Put the figures of a report into the model card, between its two marks, and draw its pictures.

    The foremost go into `figures`, too, from where the desk shows them.

    The words around the marks stay. Raises `ModelError` where the card is missing or has no marks, as in an
    installation without the project's sources, and `ExtraMissing` without matplotlib.
    """
    try:
        before, rest = path.read_text(encoding="utf-8").split(_BEGIN, 1)
        _, after = rest.split(_END, 1)
    except (OSError, ValueError) as error:
        raise ModelError(
            f"the model card {path} can't be read, or lacks the marks {_BEGIN} and {_END}; "
            "it is written in a checkout of the project"
        ) from error
    draw(report.curves, report.model, pictures)
    try:
        path.write_text(f"{before}{_BEGIN}\n{_figures(report, path, pictures)}\n{_END}{after}", encoding="utf-8")
        figures.write_text(_in_short(report, today), encoding="utf-8")
    except OSError as error:
        raise ModelError(f"the model card {path} can't be written: {error}") from error


def model_of_card(path: Path = CARD) -> str:
    """The name of the model whose figures the card tells; "" where it tells none."""
    found = _NAME.search(path.read_text(encoding="utf-8"))
    return found.group(1) if found else ""


def _figures(report: Report, path: Path, pictures: Path) -> str:
    there = Path(os.path.relpath(pictures, path.parent)).as_posix()
    opening = (
        f"Model `{report.model}`, which takes a post for a complaint from probability {report.threshold:.2f}. In "
        "brackets the 95 % confidence interval, by bootstrap over what *drawn* counts: groups of posts where there are "
        "enough of them, else single posts, and then it says nothing of other brands."
    )
    parts = [
        opening,
        *(f"### {title}\n\n{body}" for title, body in sections(report, whole)),
        "### Curves",
        f"![Share of complaints by probability, for each language and set of posts]({there}/{RELIABILITY})",
        f"![Precision by recall, for each language and set of posts]({there}/{PRECISION_RECALL})",
    ]
    return "\n\n".join(parts)


def _in_short(report: Report, today: date) -> str:
    told = {
        "model": report.model,
        "on": today.isoformat(),
        "kept_back": _rows(report.kept_back),
        "to_brands": _rows(report.to_brands),
    }
    return json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _rows(scores: Sequence[Scores]) -> list[dict[str, object]]:
    """What `classifiers.facts` reads; a set without a defined figure tells nothing at a glance."""
    return [
        {
            "name": one.name,
            "posts": one.posts,
            "complaints": one.complaints,
            **{name: _ends(figure) for name, figure in _foremost(one).items()},
        }
        for one in scores
        if not any(math.isnan(figure.value) for figure in _foremost(one).values())
    ]


def _foremost(one: Scores) -> dict[str, Interval]:
    return {"precision": one.precision, "recall": one.recall, "macro_f1": one.macro_f1}


def _ends(figure: Interval) -> list[float]:
    return [round(value, 4) for value in (figure.value, figure.low, figure.high)]
