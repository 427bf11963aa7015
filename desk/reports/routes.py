"""`/reports`: any week as a page, and as JSON."""

from datetime import date, timedelta
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from cases.errors import NotFound
from cases.people import Action, Person
from cases.weeks import Week
from desk.access import permit
from desk.answers import NOT_FOUND, REFUSALS
from desk.office import Office
from desk.pages.render import office_of, page, speech_of
from desk.pages.text import shown
from desk.reports.figures import OTHERS, WeekReport, noon, week_report
from desk.reports.plots import HEIGHT, WIDTH, Plotter

_FIRST_YEAR, _LAST_YEAR = 2000, 2999

router = APIRouter()

OfficeHere = Annotated[Office, Depends(office_of)]
Reader = Annotated[Person, Depends(permit(Action.READ))]
WeekName = Annotated[str, Path(max_length=8, description="An ISO week, for example 2026-W47.")]


class DayAnswer(BaseModel):
    """One day's first answers: the waits of half and of nine tenths of the customers, in seconds."""

    day: date
    answered: int
    median: float
    p90: float
    within_promise: int


class CausesAnswer(BaseModel):
    """One week's complaints by category; what is rare in all weeks counts as ""."""

    week: str
    counts: dict[str, int]


class ReportAnswer(BaseModel):
    """One week. Times are seconds; `heat` has a row for each weekday from Monday and a figure for each hour."""

    week: str
    mentions: int
    found: int
    answered: int
    in_private: int
    resolved: int
    dismissed: int
    escalated: int
    median: float | None
    p90: float | None
    within_promise: float | None
    hit_rate: float | None
    days: list[DayAnswer]
    causes: list[CausesAnswer]
    heat: list[list[int]]

    @classmethod
    def of(cls, report: WeekReport) -> Self:
        """The same as JSON."""
        figures = report.figures
        return cls(
            week=str(report.week),
            mentions=figures.mentions,
            found=figures.found,
            answered=figures.answered,
            in_private=figures.in_private,
            resolved=figures.resolved,
            dismissed=figures.dismissed,
            escalated=figures.escalated,
            median=_seconds(figures.median),
            p90=_seconds(figures.p90),
            within_promise=figures.within_promise,
            hit_rate=figures.hit_rate,
            days=[
                DayAnswer(
                    day=one.day,
                    answered=one.answered,
                    median=one.median.total_seconds(),
                    p90=one.most.total_seconds(),
                    within_promise=one.kept,
                )
                for one in report.days
            ],
            causes=[CausesAnswer(week=str(one.week), counts=dict(one.counts)) for one in report.causes],
            heat=[list(row) for row in report.heat],
        )


@router.get("/reports", include_in_schema=False)
def this_week(request: Request, office: OfficeHere, _: Reader) -> HTMLResponse:
    """The week that runs."""
    return _page(request, office, Week.of(office.clock(), office.zone))


@router.get("/reports/{name}", include_in_schema=False)
def a_week(request: Request, office: OfficeHere, _: Reader, name: WeekName) -> HTMLResponse:
    """Any week."""
    return _page(request, office, _week(name))


@router.get("/api/reports/{name}", tags=["reports"], responses={**REFUSALS, **NOT_FOUND})
def read_report(office: OfficeHere, _: Reader, name: WeekName) -> ReportAnswer:
    """A week's figures: what was found and answered, how fast, the causes of eight weeks, and when people wrote."""
    return ReportAnswer.of(_report(office, _week(name)))


def _page(request: Request, office: Office, week: Week) -> HTMLResponse:
    report, voice = _report(office, week), speech_of(request)
    now = office.clock()
    plotter = Plotter(rtl=voice.direction == "rtl")
    following = Week.of(noon(week.monday + timedelta(days=7), office.zone), office.zone)
    context: dict[str, object] = {
        "report": report,
        "first": noon(week.monday, office.zone),
        "last": noon(week.monday + timedelta(days=6), office.zone),
        "following": following if following <= Week.of(now, office.zone) else None,
        "plotter": plotter,
        "answers": plotter.answers(report.days, office.first_answer),
        "causes": plotter.causes(report.causes),
        "heat": plotter.heat(report.heat),
        "promise": office.first_answer,
        "overdue": office.ledger.reports.overdue(now=now, limit=10),
        "overdue_count": office.ledger.reports.overdue_count(now=now),
        "OTHERS": OTHERS,
        "width": WIDTH,
        "height": HEIGHT,
        "shown": shown,
    }
    return page(request, "report.html.j2", context)


def _report(office: Office, week: Week) -> WeekReport:
    return week_report(office.ledger.reports, week, zone=office.zone, promise=office.first_answer)


def _week(name: str) -> Week:
    try:
        week = Week.parse(name)
    except ValueError as error:
        raise NotFound(str(error)) from error
    if not _FIRST_YEAR <= week.year <= _LAST_YEAR:
        message = f"nothing is told of {week}"
        raise NotFound(message)
    return week


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()
