"""Commands that make a classifier: train."""

from pathlib import Path
from typing import Annotated

import typer

from cases.errors import AmendsError
from cases.learning import Outcome, Training
from monitor.cli.app import app, house
from monitor.cli.models import table_text
from monitor.config import Config, load_config
from monitor.house import House
from monitor.logs import set_up_logs
from monitor.terminal import command, say, warn
from store.engine import check_url, sqlite_path

Data = Annotated[
    Path,
    typer.Option("--data", envvar="AMENDS_DATA", help="A folder with complaints/*.csv; docs/TRAINING.md tells more."),
]


@app.command()
def train(
    context: typer.Context,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            envvar="AMENDS_DATA",
            help="Fit anew, from a folder of labelled posts too (docs/TRAINING.md); left out: adapt the one in use.",
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", help="With --data: where the fitted model goes, whether it wins or not.")
    ] = Path("complaints.skops"),
    seed: Annotated[int, typer.Option("--seed", help="For the splits; the same seed gives the same model.")] = 0,
    *,
    labels: Annotated[bool, typer.Option(help="With --data: learn from what people decided here, too.")] = True,
    who: Annotated[str, typer.Option("--as", help="Who trains; kept with the training.")] = "operator",
) -> None:
    """Let the classifier learn from what people decided; the new model judges if it is better beyond chance."""
    set_up_logs("warning")
    if data is not None:
        check_data(data)
        _fit_from_corpora(context, data, out, seed, who, labels=labels)
        return
    if not context.obj.exists():
        message = (
            f"there is no {context.obj}, so nobody has decided anything to learn from. Name a config with --config, or "
            "a folder of labelled posts with --data (docs/TRAINING.md)"
        )
        raise AmendsError(message)
    from monitor.learning import adapt_champion  # noqa: PLC0415 - heavy, and only here

    with house(context) as opened:
        _tell(opened, adapt_champion(opened, who=who, progress=warn, seed=seed))


def _fit_from_corpora(context: typer.Context, data: Path, out: Path, seed: int, who: str, *, labels: bool) -> None:
    from monitor.learning import fit_from_corpora  # noqa: PLC0415 - heavy, and only here

    if not labels or not context.obj.exists() or not has_store(load_config(context.obj)):
        # A model can be made where nobody has ever watched anything.
        fit_from_corpora(None, data, out, who=who, progress=warn, seed=seed)
        say(f"wrote {out}; use it with [classifier] model in config.toml")
        return
    with house(context) as opened:
        training = fit_from_corpora(opened, data, out, who=who, progress=warn, seed=seed)
        if training is not None:
            _tell(opened, training)
        if training is None or training.outcome is not Outcome.REPLACED:
            say(f"wrote {out}; use it with [classifier] model in {opened.config.path}")
        else:
            say(f"wrote {out} as well")


def has_store(config: Config) -> bool:
    """Whether there is a store already: a training makes none."""
    path = sqlite_path(check_url(config.store_url))
    return path is None or path.exists()


def _tell(opened: House, training: Training) -> None:
    """What a training came to, with the table that decided."""
    if training.table:
        say(table_text(training.table))
    if training.outcome is Outcome.REPLACED:
        amends = command(opened.config.path)
        say(f"{training.challenger} judges from now on, {training.why}", style="green")
        say(f"go back: {amends} model use {training.champion} --as NAME", style="dim")
    else:
        say(f"{training.champion} goes on judging: {training.why}", style="yellow")


def check_data(data: Path) -> None:
    """Raise `AmendsError` where a folder holds no labelled posts."""
    if not (data / "complaints").is_dir():
        message = f"there is no folder {data}/complaints; name the data's folder with --data (docs/TRAINING.md)"
        raise AmendsError(message)
