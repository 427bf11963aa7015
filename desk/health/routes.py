"""`/health` for people, `/api/health` for programs, `/healthz` and `/metrics` for those who watch over servers."""

from datetime import date, datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel, Field

from cases.errors import NotFound, StoreError
from cases.learning import Outcome
from cases.people import Action, Person
from cases.told import Told
from classifiers.facts import MeasuredRow
from desk.access import permit
from desk.answers import NOT_FOUND, REFUSALS
from desk.health.metrics import metrics_text
from desk.health.vitals import ALL, ModelHealth, PlatformHealth, model_health, platforms_health
from desk.office import Office
from desk.pages.render import office_of, page
from desk.pages.text import shown

router = APIRouter()

OfficeHere = Annotated[Office, Depends(office_of)]
Reader = Annotated[Person, Depends(permit(Action.READ))]
Pauser = Annotated[Person, Depends(permit(Action.PAUSE))]
Words = Annotated[str, Field(max_length=500)]


class PlatformAnswer(BaseModel):
    """One platform. `lag`: seconds since a poll went well. `limit`: characters of a reply. `cost_today`: US dollars."""

    platform: str
    last_poll: datetime | None
    last_ok: datetime | None
    lag: float | None
    error: str | None
    wait_until: datetime | None
    paused: str | None
    limit: int
    cost_today: float

    @classmethod
    def of(cls, one: PlatformHealth) -> Self:
        """The same as JSON."""
        state = one.state
        return cls(
            platform=state.name,
            last_poll=state.last_poll,
            last_ok=state.last_ok,
            lag=None if one.lag is None else one.lag.total_seconds(),
            error=state.error,
            wait_until=state.until if one.waiting else None,
            paused=state.paused,
            limit=one.limit,
            cost_today=one.cost_today,
        )


class MeasuredAnswer(BaseModel):
    """Figures of one set of posts that training never saw, each as [value, low, high] with its 95 % interval."""

    name: str
    posts: int
    complaints: int
    precision: tuple[float, float, float]
    recall: tuple[float, float, float]
    macro_f1: tuple[float, float, float]

    @classmethod
    def of(cls, one: MeasuredRow) -> Self:
        """The same as JSON."""
        return cls(
            name=one.name,
            posts=one.posts,
            complaints=one.complaints,
            precision=one.precision,
            recall=one.recall,
            macro_f1=one.macro_f1,
        )


class ModelAnswer(BaseModel):
    """The model that judges. People's decisions of four weeks: verdicts `right`, `wrong`, and complaints `missed`.

    A post counts as a complaint from `threshold`; `looks_twice`: an encoder reads doubtful posts, too; `bytes` is the
    size of its files. These are None where its file can't be read. `measured` is empty where nothing was measured.
    """

    model: str
    since: datetime | None
    right: int
    wrong: int
    missed: int
    hit_rate: float | None
    missed_in_all: float | None
    """How many complaints were passed over in all in four weeks, as the sample lets estimate; None without a look."""
    last_training: datetime | None
    last_outcome: Outcome | None
    threshold: float | None
    looks_twice: bool | None
    bytes: int | None
    measured_on: date | None
    measured: list[MeasuredAnswer]

    @classmethod
    def of(cls, one: ModelHealth) -> Self:
        """The same as JSON."""
        since = one.since.at if one.since else None
        return cls(
            model=one.name,
            since=since,
            right=one.right,
            wrong=one.wrong,
            missed=one.missed,
            hit_rate=one.hit_rate,
            missed_in_all=one.sample.missed,
            last_training=one.last.at if one.last else None,
            last_outcome=one.last.outcome if one.last else None,
            threshold=round(one.facts.threshold, 4) if one.facts else None,
            looks_twice=one.facts.looks_twice if one.facts else None,
            bytes=one.facts.size if one.facts else None,
            measured_on=one.figures.on if one.figures else None,
            measured=[MeasuredAnswer.of(row) for row in _measured(one)],
        )


def _measured(one: ModelHealth) -> tuple[MeasuredRow, ...]:
    return (*one.figures.kept_back, *one.figures.to_brands) if one.figures else ()


class HealthAnswer(BaseModel):
    """How it goes. `paused_everywhere`: who stopped all sending, and why."""

    platforms: list[PlatformAnswer]
    paused_everywhere: str | None
    model: ModelAnswer


class Pausing(BaseModel):
    """Where sending stops or goes on: a platform's name, or "*" for everywhere."""

    platform: Annotated[str, Field(max_length=32)] = ALL
    reason: Words = ""


# --- people


@router.get("/health", include_in_schema=False)
def health_page(request: Request, office: OfficeHere, _: Reader) -> HTMLResponse:
    """Platforms, pauses and the model."""
    context = {
        "platforms": platforms_health(office),
        "everywhere": office.ledger.paused().get(ALL),
        "model": model_health(office),
        "counts": office.ledger.counts(),
        "shown": shown,
    }
    return page(request, "health.html.j2", context)


@router.post("/health/pause", include_in_schema=False)
def pause_form(office: OfficeHere, person: Pauser, body: Annotated[Pausing, Form()]) -> Response:
    """Stop sending."""
    _pause(office, person, body)
    return RedirectResponse("/health", 303)


@router.post("/health/resume", include_in_schema=False)
def resume_form(office: OfficeHere, person: Pauser, body: Annotated[Pausing, Form()]) -> Response:
    """Let sending go on."""
    _resume(office, person, body)
    return RedirectResponse("/health", 303)


# --- programs


@router.get("/api/health", tags=["health"], responses=REFUSALS)
def read_health(office: OfficeHere, _: Reader) -> HealthAnswer:
    """Platforms with last poll, lag, limits and cost; what is paused; the model that judges."""
    return _health(office)


@router.post("/api/health/pause", tags=["health"], responses={**REFUSALS, **NOT_FOUND})
def pause(office: OfficeHere, person: Pauser, body: Pausing) -> HealthAnswer:
    """Stop sending on a platform, or everywhere. What is already on its way is not called back."""
    _pause(office, person, body)
    return _health(office)


@router.post("/api/health/resume", tags=["health"], responses={**REFUSALS, **NOT_FOUND})
def resume(office: OfficeHere, person: Pauser, body: Pausing) -> HealthAnswer:
    """Let sending go on on a platform; with "*", on all, those included that were paused by themselves."""
    _resume(office, person, body)
    return _health(office)


_SICK: dict[int | str, dict[str, Any]] = {503: {"description": "The store can't be read."}}


@router.get("/healthz", tags=["health"], responses=_SICK)
def healthz(office: OfficeHere) -> JSONResponse:
    """Whether the desk answers and can read its store; for anybody, so it tells nothing else."""
    try:
        office.ledger.newest_event()
    except StoreError:
        return JSONResponse({"ok": False}, 503)
    return JSONResponse({"ok": True})


@router.get("/metrics", tags=["health"], responses=REFUSALS, response_class=PlainTextResponse)
def metrics(office: OfficeHere, _: Reader) -> Response:
    """Figures for Prometheus: its `authorization` setting sends a token of somebody's account."""
    return Response(metrics_text(office), media_type=CONTENT_TYPE_LATEST)


def _health(office: Office) -> HealthAnswer:
    return HealthAnswer(
        platforms=[PlatformAnswer.of(one) for one in platforms_health(office)],
        paused_everywhere=office.ledger.paused().get(ALL),
        model=ModelAnswer.of(model_health(office)),
    )


def _pause(office: Office, person: Person, body: Pausing) -> None:
    where = _where(office, body.platform)
    office.ledger.pause(where, who=person.name, now=office.clock(), why=" ".join(body.reason.replace("\0", "").split()))


def _resume(office: Office, person: Person, body: Pausing) -> None:
    office.ledger.resume(_where(office, body.platform), who=person.name, now=office.clock())


def _where(office: Office, name: str) -> str | None:
    if name == ALL:
        return None
    if name not in office.platforms:
        message = Told(
            "there is no platform %(name)s switched on here; there is %(platforms)s",
            name=repr(name),
            platforms=", ".join(office.platforms),
        )
        raise NotFound(message)
    return name
