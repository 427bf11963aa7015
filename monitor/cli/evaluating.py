"""The command that measures the classifier: evaluate."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cases.errors import AmendsError
from monitor.cli.app import app
from monitor.cli.training import Data, check_data
from monitor.house import wall_clock
from monitor.logs import set_up_logs
from monitor.terminal import say, warn

if TYPE_CHECKING:
    from classifiers.measures.report import Report


@app.command()
def evaluate(
    data: Data = Path("data"),
    model: Annotated[Path | None, typer.Option("--model", help="A model file; left out: the one that ships.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="A folder for evaluation.json and the curves as pictures.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="For what is drawn at random.")] = 0,
    *,
    thorough: Annotated[
        bool,
        typer.Option(
            "--thorough",
            help="Also leave out each domain, each corpus, shares of the written posts: a fit for each.",
        ),
    ] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Leave out the hand-written posts, for which models are fitted anew.")
    ] = False,
    card: Annotated[
        bool, typer.Option("--card", help="Write the figures into the model card of this checkout, and its pictures.")
    ] = False,
) -> None:
    """Measure the classifier on posts that it never saw, with confidence intervals."""
    from classifiers.evaluate import evaluate as measure  # noqa: PLC0415 - heavy, and only here
    from classifiers.facts import SHIPPED  # noqa: PLC0415 - the same
    from classifiers.measures.card import write_card  # noqa: PLC0415 - the same
    from classifiers.measures.pictures import check_drawing  # noqa: PLC0415 - the same
    from classifiers.measures.tables import as_text  # noqa: PLC0415 - the same

    set_up_logs("warning")
    if card and (model is not None or quick):
        message = "the model card tells all about the model that ships: leave out --model and --quick"
        raise typer.BadParameter(message, param_hint="--card")
    check_data(data)
    if card or out is not None:
        check_drawing()
    report = measure(data, model or SHIPPED, progress=warn, seed=seed, refit=not quick, thorough=thorough)
    say(as_text(report))
    if out is not None:
        _write(report, out)
    if card:
        write_card(report, today=wall_clock().date())
        warn("wrote the model card")


def _write(report: "Report", folder: Path) -> None:
    """The pictures, and all figures beside them."""
    from classifiers.measures.pictures import draw  # noqa: PLC0415 - heavy, and only here

    pictures = draw(report.curves, report.model, folder)
    file = folder / "evaluation.json"
    try:
        file.write_text(report.as_json(), encoding="utf-8")
    except OSError as error:
        message = f"the figures can't be written to {file}: {error}"
        raise AmendsError(message) from error
    warn(f"wrote {', '.join(str(path) for path in [file, *pictures])}")
