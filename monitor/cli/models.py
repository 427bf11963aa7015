"""The commands that show which model judges, and choose another one: model."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from cases.errors import AmendsError, NotFound
from cases.learning import SHIPPED, Comparison, Outcome, Training
from monitor.cli.app import Json, Who, app, house
from monitor.house import House
from monitor.terminal import command, emit, harmless, local, say

models = typer.Typer(invoke_without_command=True)
app.add_typer(models, name="model")


@models.callback()
def model(context: typer.Context, *, as_json: Json = False) -> None:
    """Show which model judges, which others can, and what the last training came to."""
    if context.invoked_subcommand is not None:
        return
    with house(context) as opened:
        names, last = _names(opened), next(iter(opened.ledger.trainings(1)), None)
        if as_json:
            for name in names:
                emit(_fields(opened, name))
            history = [{**asdict(reign), "at": reign.at.isoformat()} for reign in opened.ledger.reigns()]
            emit({"last_training": training_fields(last) if last else None, "history": history})
            return
        for name in names:
            _tell(opened, name)
        _tell_history(opened)
        say("")
        if last is None:
            say("Nothing was trained here yet.")
        else:
            tell_training(opened, last)
            if last.table:
                say(table_text(last.table))
        if len(names) > 1:
            say(f"let another one judge: {command(opened.config.path)} model use {names[1]} --as NAME", style="dim")


@models.command()
def use(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="One that `amends model` lists; `shipped` ships.")],
    who: Who,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with the choice.")] = "",
) -> None:
    """Let another model judge from now on; a daemon that runs takes it up by itself."""
    from classifiers.judge import load_judge  # noqa: PLC0415 - the model takes a moment to load

    with house(context) as opened:
        if opened.config.classifier.model:
            message = f"[classifier] model in {opened.config.path} says which model judges; empty it first"
            raise AmendsError(message)
        if name not in _names(opened):
            message = f"there is no model {name!r} in {opened.config.models}; `amends model` lists them"
            raise NotFound(message)
        judge = load_judge(opened.model_file(name))
        opened.ledger.crown(name, who=who, why=reason, now=opened.clock())
        say(f"{name} judges from now on; verdicts call it {judge.name}")


def training_fields(training: Training) -> dict[str, object]:
    """A training as JSON fields."""
    return {
        **asdict(training),
        "at": training.at.isoformat(),
        "outcome": str(training.outcome),
        "table": [
            {
                key: round(value, 4) if isinstance(value, float) else value
                for key, value in {**asdict(row), "difference": row.difference}.items()
            }
            for row in training.table
        ],
    }


def tell_training(opened: House, training: Training) -> None:
    """One training in a line or two."""
    at = local(training.at, opened.config.brand.zone, opened.clock())
    style = {Outcome.REPLACED: "green", Outcome.FAILED: "red"}.get(training.outcome, "")
    say(f"last training {at} by {harmless(training.who)}, {decisions(training.labels)}", style=style)
    say(f"          {harmless(training.why)}", style=style)


def decisions(count: int) -> str:
    """A number of decisions in words."""
    return "one decision" if count == 1 else f"{count} decisions"


def table_text(table: Sequence[Comparison]) -> str:
    """The table that decided, aligned."""
    head = f"{'macro-F1 on':<18}{'n':>6}{'compl.':>8}{'champion':>10}{'challenger':>12}{'difference':>12}"
    lines = [f"{head}   95 % interval"]
    for row in table:
        name = f"{row.name}, written" if row.written else row.name
        lines.append(
            f"{name:<18}{row.posts:>6}{row.complaints:>8}{row.champion:>10.3f}{row.challenger:>12.3f}"
            f"{row.difference:>+12.3f}   {row.low:+.3f} to {row.high:+.3f}"
        )
    if any(row.written for row in table):
        lines.append("written: posts written for Amends, since people decided on too few in that language")
    return "\n".join(lines)


def _names(opened: House) -> list[str]:
    """All models that can judge: the champion first, then the youngest; the one that ships last."""
    files = sorted(opened.config.models.glob("*.skops"), key=lambda file: file.stat().st_mtime, reverse=True)
    return list(dict.fromkeys([opened.champion, *(file.stem for file in files), SHIPPED]))


def _since(opened: House, name: str) -> datetime | None:
    """Since when a model judges; None where it does not, or always has."""
    reign = next(iter(opened.ledger.reigns(1)), None)
    return reign.at if reign is not None and reign.name == name == opened.champion else None


def _fields(opened: House, name: str) -> dict[str, object]:
    since, training = _since(opened, name), opened.ledger.training_of(name)
    reign = next((reign for reign in opened.ledger.reigns(1) if since is not None), None)
    return {
        "model": name,
        "champion": name == opened.champion,
        "since": since.isoformat() if since else None,
        "who": reign.who if reign else None,
        "why": reign.why if reign else None,
        "training": training_fields(training) if training else None,
    }


def _tell(opened: House, name: str) -> None:
    zone, now = opened.config.brand.zone, opened.clock()
    reigning = name == opened.champion
    line = f"{'judges  ' if reigning else '        '}  {name:<12}"
    if training := opened.ledger.training_of(name):
        gained = f", {training.table[0].difference:+.3f} macro-F1 to {training.champion}" if training.table else ""
        source = "corpora" if training.base == name else training.base
        line += f"made {local(training.at, zone, now)} from {source} and {decisions(training.labels)}{gained}"
    elif name == SHIPPED:
        line += "comes with Amends"
    elif name == opened.config.classifier.model:
        line += f"is what [classifier] model in {opened.config.path} says"
    if since := _since(opened, name):
        reign = opened.ledger.reigns(1)[0]
        why = f": {harmless(reign.why)}" if reign.why else ""
        line += f"\n          since {local(since, zone, now)}, by {harmless(reign.who)}{why}"
    say(line, style="bold" if reigning else "")


def _tell_history(opened: House) -> None:
    """Which models judged before, the latest first."""
    zone, now = opened.config.brand.zone, opened.clock()
    for reign in opened.ledger.reigns()[1:]:
        why = f": {harmless(reign.why)}" if reign.why else ""
        say(f"before    {reign.name:<12}from {local(reign.at, zone, now)}, by {harmless(reign.who)}{why}", style="dim")
