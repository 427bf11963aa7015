"""Commands that make a classifier: train."""

from pathlib import Path
from typing import Annotated

import typer

from cases.errors import AmendsError
from monitor.cli.app import app
from monitor.logs import set_up_logs
from monitor.terminal import say, warn

Data = Annotated[
    Path,
    typer.Option("--data", envvar="AMENDS_DATA", help="A folder with complaints/*.csv; docs/TRAINING.md tells more."),
]


@app.command()
def train(
    data: Data = Path("data"),
    out: Annotated[Path, typer.Option("--out", help="Where the fitted model goes.")] = Path("complaints.skops"),
    seed: Annotated[int, typer.Option("--seed", help="For the splits; the same seed gives the same model.")] = 0,
) -> None:
    """Fit the classifier from labelled posts."""
    from classifiers.train import train as fit  # noqa: PLC0415 - heavy, and only here

    set_up_logs("warning")
    check_data(data)
    fit(data, out, progress=warn, seed=seed)
    say(f"wrote {out}; use it with [classifier] model in config.toml")


def check_data(data: Path) -> None:
    """Raise `AmendsError` where a folder holds no labelled posts."""
    if not (data / "complaints").is_dir():
        message = f"there is no folder {data}/complaints; name the data's folder with --data (docs/TRAINING.md)"
        raise AmendsError(message)
