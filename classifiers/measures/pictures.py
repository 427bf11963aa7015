"""The reliability curve and the precision-recall curve as pictures: a panel for each language, a line for each set."""

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from cases.errors import ModelError
from classifiers.measures.curves import Curves
from classifiers.measures.extra import missing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RELIABILITY, PRECISION_RECALL = "reliability.png", "precision-recall.png"
_LANGUAGES = {"en": "English", "fa": "Persian", "ar": "Arabic"}
# Okabe and Ito's colours, which people with any colour vision can tell apart.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000", "#8B6F47")
_MARKS = "osD^vPX*"
_PALETTE = 128


def draw(curves: Sequence[Curves], model: str, folder: Path) -> list[Path]:
    """Write both pictures into a folder, which is made if need be; their paths.

    Raises `ExtraMissing` without matplotlib, and `ModelError` where the folder can't be written.
    """
    pictures = {
        RELIABILITY: _picture(curves, f"How true are the probabilities? Model {model}", _reliability),
        PRECISION_RECALL: _picture(curves, f"Precision and recall of complaints, model {model}", _precision_recall),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, picture in pictures.items():
            (folder / name).write_bytes(picture)
    except OSError as error:
        raise ModelError(f"the pictures can't be written to {folder}: {error}; name another folder") from error
    return [folder / name for name in pictures]


def check_drawing() -> None:
    """Raise `ExtraMissing` where matplotlib is not installed: better before minutes of measuring than after."""
    if find_spec("matplotlib") is None:
        raise missing("matplotlib")


def _picture(
    curves: Sequence[Curves], title: str, panel: Callable[["Axes", Sequence[tuple[Curves, str, str]]], None]
) -> bytes:
    check_drawing()
    from matplotlib.figure import Figure  # noqa: PLC0415 - only where it is asked for
    from PIL import Image  # noqa: PLC0415 - comes with matplotlib

    languages = [tag for tag in _LANGUAGES if any(line.language == tag for line in curves)]
    figure = Figure(figsize=(4.2 * len(languages), 4.6), dpi=90, layout="constrained")
    figure.suptitle(title)
    for axes, tag in zip(figure.subplots(1, len(languages), squeeze=False)[0], languages, strict=True):
        lines = [line for line in curves if line.language == tag]
        panel(axes, [(line, _COLOURS[at % len(_COLOURS)], _MARKS[at % len(_MARKS)]) for at, line in enumerate(lines)])
        axes.set_title(_LANGUAGES[tag])
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1.02)
        axes.grid(alpha=0.3)
        axes.legend(fontsize="small", loc="best")
    drawn, kept = BytesIO(), BytesIO()
    figure.savefig(drawn, format="png")
    # A palette makes a fourth of the size, and without a date or version the same figures give the same bytes.
    Image.open(drawn).convert("RGB").quantize(_PALETTE).save(kept, format="png", optimize=True)
    return kept.getvalue()


def _reliability(axes: "Axes", lines: Sequence[tuple[Curves, str, str]]) -> None:
    axes.plot([0, 1], [0, 1], color="grey", linestyle="--", linewidth=1, label="as it should be")
    for line, colour, mark in lines:
        across = [point.probability for point in line.reliability]
        up = [point.share for point in line.reliability]
        axes.plot(across, up, color=colour, marker=mark, markersize=4, label=line.name)
    axes.set_xlabel("probability that was told")
    axes.set_ylabel("share that were complaints")


def _precision_recall(axes: "Axes", lines: Sequence[tuple[Curves, str, str]]) -> None:
    for line, colour, mark in lines:
        axes.plot(*zip(*line.precision_recall, strict=True), color=colour, label=line.name)
        axes.plot(*line.operating_point, color=colour, marker=mark, markersize=8, markeredgecolor="black")
    axes.set_xlabel("recall (the mark: at the threshold)")
    axes.set_ylabel("precision")
