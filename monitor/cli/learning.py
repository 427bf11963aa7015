"""Commands with which people teach the classifier: sample, label, correct."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

import typer

from cases.verdicts import Category
from desk import decisions
from monitor.cli.app import CaseId, Json, Who, app, catch_up, house
from monitor.cli.models import tell_training, training_fields
from monitor.house import House
from monitor.terminal import command, emit, harmless, local, one_line, out, say
from store.reports import SampleFigures

SAMPLE_SPAN = timedelta(days=28)
"""Over so long misses are estimated where no week is named: a small share draws few posts a week."""
SOME = 1_000
"""So many waiting posts are counted at the most."""


class YesNo(StrEnum):
    """An answer to a plain question."""

    YES = "yes"
    NO = "no"


MentionId = Annotated[int, typer.Argument(metavar="MENTION", help="The mention's number.")]


@app.command()
def sample(
    context: typer.Context,
    *,
    as_json: Json = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many at the most.")] = 100,
) -> None:
    """Show posts that were passed over and drawn by lot for somebody to look at, the oldest first."""
    with house(context) as opened:
        waiting = opened.ledger.to_look_at(limit)
        if as_json:
            for drawn in waiting:
                emit(
                    {
                        "mention": drawn.id,
                        "platform": drawn.mention.platform,
                        "author": drawn.mention.author,
                        "url": drawn.mention.url,
                        "posted_at": drawn.mention.posted_at.isoformat(),
                        "text": drawn.mention.text,
                        "language": drawn.verdict.language,
                        "probability": round(drawn.verdict.probability, 4),
                        "share": drawn.share,
                    }
                )
            return
        if not waiting:
            say("Nothing waits for a look.")
            return
        zone, now = opened.config.brand.zone, opened.clock()
        for drawn in waiting:
            posted = local(drawn.mention.posted_at, zone, now)
            say(f"{drawn.id:>7}  {harmless('@' + drawn.mention.author)} on {drawn.mention.platform}, {posted}")
            say("         " + one_line(drawn.mention.text, max(40, out.width - 10)))
        amends = command(opened.config.path)
        say(f"is it a complaint? {amends} label {waiting[0].id} --as NAME --complaint yes|no", style="dim")


@app.command()
def label(
    context: typer.Context,
    mention: MentionId,
    who: Who,
    complaint: Annotated[YesNo, typer.Option("--complaint", help="Whether it is one.")],
) -> None:
    """Say whether a post that was passed over is a complaint; yes opens a case, as `amends flag` does."""
    with house(context) as opened:
        if complaint is YesNo.YES:
            case = decisions.flag(opened, mention, who=who)
            catch_up(opened)
            case = opened.ledger.case(case.id)
            say(f"mention {mention} is a complaint: case {case.id} is {case.status.replace('_', ' ')}")
        else:
            opened.ledger.label_as_fine(mention, who=who, now=opened.clock())
            say(f"mention {mention} is no complaint")


@app.command()
def correct(
    context: typer.Context,
    case: CaseId,
    who: Who,
    category: Annotated[Category | None, typer.Option("--category", help="What went wrong.")] = None,
    severity: Annotated[int | None, typer.Option("--severity", min=0, max=4, help="How grave it is.")] = None,
) -> None:
    """Mend the category or the severity that the classifier gave; a draft of ours that waits is written anew."""
    if category is None and severity is None:
        message = "say what is to be corrected: --category, --severity or both"
        raise typer.BadParameter(message)
    with house(context) as opened:
        verdict = decisions.correct(opened, case, who=who, category=category, severity=severity).verdict
        catch_up(opened)
        say(f"case {case} is {verdict.category.replace('_', ' ')}, gravity {verdict.severity}/4")


def classifier_fields(opened: House) -> dict[str, object]:
    """What `status --json` says of the classifier."""
    last = next(iter(opened.ledger.trainings(1)), None)
    figures = recent_sample(opened)
    return {
        "model": opened.champion,
        "last_training": training_fields(last) if last else None,
        "sample": {
            "days": SAMPLE_SPAN.days,
            "waiting": len(opened.ledger.to_look_at(SOME)),
            "drawn": figures.drawn,
            "looked_at": figures.looked_at,
            "complaints": figures.complaints,
            "missed": _rounded(figures.missed),
            "missed_low": _rounded(figures.low),
            "missed_high": _rounded(figures.high),
        },
    }


def tell_classifier(opened: House) -> None:
    """The same for a person."""
    say(f"model     {opened.champion}")
    if trainings := opened.ledger.trainings(1):
        tell_training(opened, trainings[0])
    figures = recent_sample(opened)
    if figures.missed is not None and figures.low is not None and figures.high is not None:
        say(
            f"sample    in {SAMPLE_SPAN.days} days about {figures.missed:.0f} complaints were passed over "
            f"({figures.low:.0f} to {figures.high:.0f}): {figures.complaints} of {figures.looked_at} looked at"
        )
    if waiting := len(opened.ledger.to_look_at(SOME)):
        many = f"{waiting} or more" if waiting == SOME else str(waiting)
        say(f"          {many} wait for a look: {command(opened.config.path)} sample")


def recent_sample(opened: House) -> SampleFigures:
    """What the sample of the last weeks says."""
    now = opened.clock()
    return opened.ledger.reports.sample(now - SAMPLE_SPAN, now)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
