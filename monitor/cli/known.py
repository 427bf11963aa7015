"""Commands for what is known of a matter: incident, finding, plan, grant."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from cases.case import Case
from cases.errors import AmendsError
from cases.incidents import Declared, IncidentState
from cases.lifecycle import Status
from cases.plans import Finding, FindingNote
from cases.posts import as_post
from cases.promises import Promise, PromiseState
from cases.purposes import Purpose
from desk import known
from monitor.cli.app import CaseId, Json, Who, app, catch_up, house
from monitor.house import House
from monitor.terminal import command, emit, harmless, local, say

incident = typer.Typer(help="What goes wrong for many at once.", rich_markup_mode=None)
app.add_typer(incident, name="incident")

_SOON = timedelta(days=1)
_Name = Annotated[str, typer.Argument(metavar="[NAME]", help="What it is called; left out: the file's.")]
_Keyword = Annotated[
    list[str], typer.Option("--keyword", help="TAG=WORD, for example en=outage: posts with it speak of this.")
]
_Cause = Annotated[list[str], typer.Option("--cause", help="TAG=SENTENCE, fit for the public: what went wrong.")]
_Doing = Annotated[list[str], typer.Option("--doing", help="TAG=SENTENCE, fit for the public: what is being done.")]
_NextWord = Annotated[str, typer.Option("--next-word", help="When the next word comes: 4h, or 2026-11-24T09:00.")]
_Owner = Annotated[str, typer.Option("--owner", help="Who answers for it; left out: who declares it.")]
_File = Annotated[Path | None, typer.Option("--file", help="A TOML file with name, keywords, cause, doing, …")]


@incident.command()
def declare(
    context: typer.Context,
    who: Who,
    name: _Name = "",
    *,
    keyword: _Keyword = [],  # noqa: B006 - typer's way; it is not changed
    cause: _Cause = [],  # noqa: B006 - the same
    doing: _Doing = [],  # noqa: B006 - the same
    next_word: _NextWord = "",
    owner: _Owner = "",
    file: _File = None,
) -> None:
    """Declare an incident, or a prepared one by its name, or say more about an open one: drafts speak of it."""
    with house(context) as opened:
        given = _given(name, keyword=keyword, cause=cause, doing=doing, next_word=next_word, owner=owner, file=file)
        declared = known.put_incident(opened, given, IncidentState.OPEN, who=who)
        catch_up(opened)
        count = len(opened.ledger.touched(declared.id))
        say(f"incident {harmless(declared.name)} is open; it touches {count} cases so far")


@incident.command()
def prepare(
    context: typer.Context,
    who: Who,
    name: _Name = "",
    *,
    keyword: _Keyword = [],  # noqa: B006 - typer's way; it is not changed
    cause: _Cause = [],  # noqa: B006 - the same
    doing: _Doing = [],  # noqa: B006 - the same
    owner: _Owner = "",
    file: _File = None,
) -> None:
    """Prepare an incident that may come: no draft speaks of it until it is declared."""
    with house(context) as opened:
        given = _given(name, keyword=keyword, cause=cause, doing=doing, owner=owner, file=file)
        declared = known.put_incident(opened, given, IncidentState.PREPARED, who=who)
        say(f"incident {harmless(declared.name)} is prepared; when it happens: ", style="")
        say(f"  {command(opened.config.path)} incident declare '{harmless(declared.name)}' --as NAME --next-word 4h")


@incident.command("list")
def list_incidents(
    context: typer.Context,
    *,
    as_json: Json = False,
    closed: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
) -> None:
    """Show the incidents that are open or prepared."""
    states = tuple(IncidentState) if closed else (IncidentState.OPEN, IncidentState.PREPARED)
    with house(context) as opened:
        found = opened.ledger.incidents(states)
        for one in found:
            touched = len(opened.ledger.touched(one.id))
            if as_json:
                emit({**_fields(one), "cases": touched})
            else:
                _tell(opened, one, touched)
        if not found and not as_json:
            say("No incident is open or prepared.")


@incident.command("close")
def close_incident(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME")],
    who: Who,
    *,
    tell: Annotated[
        bool, typer.Option("--tell", help="Draft the settled line for each answered case that it touched.")
    ] = False,
) -> None:
    """Close an incident, and list those whom it touched: they should hear that it is over."""
    with house(context) as opened:
        closed, touched = known.close_incident(opened, name, who=who, tell=tell)
        catch_up(opened)
        say(f"incident {harmless(closed.name)} is closed; it touched {len(touched)} open cases")
        amends = command(opened.config.path)
        for case in touched:
            author = harmless("@" + case.mention.author)
            waits = "  a settled line waits for approval" if tell and _settled(case) else ""
            say(f"  case {case.id}  {case.status.replace('_', ' ')}  {author} on {case.mention.platform}{waits}")
        if touched and not tell:
            say(f"tell each of them that it is over: {amends} follow-up CASE settled --as NAME")
            say(f"or in private, then: {amends} resolve CASE --as NAME --reason TOLD")


def _settled(case: Case) -> bool:
    return case.status is Status.DRAFTED and case.draft is not None and case.draft.purpose is Purpose.SETTLED


@app.command()
def finding(
    context: typer.Context,
    case: CaseId,
    found: Annotated[str, typer.Argument(metavar="FINDING", help="not-looked-into, confirmed, partly or not-ours.")],
    who: Who,
    *,
    cause: Annotated[
        str, typer.Option("--cause", help="What went wrong, in the customer's language and fit for the public.")
    ] = "",
    damage: Annotated[str, typer.Option("--damage", help="What it cost them; kept inside.")] = "",
) -> None:
    """Say what looking into a case showed; a draft that waits is written anew from it."""
    names = {str(one).replace("_", "-"): one for one in Finding}
    if found not in names:
        message = f"{found!r} is no finding; there are {', '.join(names)}"
        raise typer.BadParameter(message, param_hint="FINDING")
    with house(context) as opened:
        known.find(opened, case, names[found], cause=cause, damage=damage, who=who)
        catch_up(opened)
        moved = opened.ledger.case(case)
        revision = f"; draft {moved.draft.revision} by {harmless(moved.draft.by)} waits" if moved.draft else ""
        say(f"case {case}: {found.replace('-', ' ')}; it is {moved.status.replace('_', ' ')}{revision}")


@app.command()
def plan(
    context: typer.Context,
    case: CaseId,
    who: Annotated[str, typer.Option("--as", help="Who decides; needed with --set.")] = "",
    settings: Annotated[
        list[str], typer.Option("--set", help="NAME=VALUE for one line, for example approach=efficient.")
    ] = [],  # noqa: B006 - typer's way; it is not changed
    *,
    as_json: Json = False,
) -> None:
    """Show the recovery plan of a case as it is now, or set lines of it; an empty value gives a line back."""
    if settings and not who.strip():
        message = "a decision needs the name of a person"
        raise typer.BadParameter(message, param_hint="--as")
    with house(context) as opened:
        if settings:
            known.overrule(opened, case, settings, who=who.strip())
            catch_up(opened)
        found = opened.ledger.case(case)
        made = opened.plan(as_post(found.mention, opened.brand), found)
        if as_json:
            emit(made.as_dict())
            return
        for line in made.lines:
            name = f"{line.name:<12}" if line.name else " " * 12
            say(f"{name} {harmless(line.what)} — {harmless(line.because)} ({harmless(line.source)})")


@app.command()
def grant(
    context: typer.Context,
    case: CaseId,
    words: Annotated[str, typer.Argument(metavar="WORDS", help="What the customer was given.")],
    who: Who,
    *,
    value: Annotated[float, typer.Option("--value", min=0.0, help="What it cost, in the policy's currency.")] = 0.0,
    override: Annotated[str, typer.Option("--override", help="Go over a budget, for this reason.")] = "",
) -> None:
    """Note what a customer was given to make up for the harm; the budgets count it."""
    with house(context) as opened:
        known.grant(opened, case, words=words, value=value, who=who, override=override)
        say(f"case {case} was given {harmless(words)}, {value:g} {opened.config.policy.currency}".rstrip())


@app.command()
def promises(
    context: typer.Context,
    *,
    as_json: Json = False,
    due: Annotated[bool, typer.Option("--due", help="Only those that are due within a day, or overdue.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Those that were kept or withdrawn too.")] = False,
) -> None:
    """Show what approved texts promise, by when it is due; what is overdue is broken."""
    states = tuple(PromiseState) if every else (PromiseState.OPEN,)
    with house(context) as opened:
        now = opened.clock()
        found = opened.ledger.promises(states)
        if due:
            found = [one for one in found if one.spoken.due_at <= now + _SOON]
        for one in found:
            if as_json:
                emit(promise_fields(one, now))
            else:
                tell_promise(opened, one, now)
        if not found and not as_json:
            say("Nothing is promised." if not due else "Nothing is due.")


@app.command("promise")
def keep(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="PROMISE", help="The promise's number.")],
    who: Who,
    *,
    kept: Annotated[bool, typer.Option("--kept", help="It was kept.")] = False,
) -> None:
    """Say that a promise was kept."""
    if not kept:
        message = "say what became of it"
        raise typer.BadParameter(message, param_hint="--kept")
    with house(context) as opened:
        settled = opened.ledger.keep_promise(number, who=who, now=opened.clock())
        late = ", late" if settled.broken(opened.clock()) else ""
        say(f"promise {number} of case {settled.case} is kept{late}")


def promise_fields(one: Promise, now: datetime) -> dict[str, object]:
    """The fields of one promise in `promises --json` and `show --json`."""
    return {
        "promise": one.id,
        "case": one.case,
        "revision": one.revision,
        "words": one.spoken.words,
        "span": [one.spoken.start, one.spoken.end],
        "due_at": one.spoken.due_at.isoformat(),
        "owner": one.owner,
        "state": str(one.state),
        "broken": one.broken(now),
        "made_at": one.made_at.isoformat(),
        "settled_at": one.settled_at.isoformat() if one.settled_at else None,
        "settled_by": one.settled_by,
        "why": one.why,
    }


def finding_fields(found: FindingNote | None) -> dict[str, object] | None:
    """What `show --json` says of a finding; None where nobody has looked into it."""
    if found is None:
        return None
    return {
        "finding": str(found.finding),
        "cause": found.cause,
        "damage": found.damage,
        "who": found.who,
        "at": found.at.isoformat(),
    }


def tell_known(opened: House) -> None:
    """What `status` says of promises and incidents, where there are any."""
    if count := len(opened.ledger.promises()):
        broken = opened.ledger.broken_promises(opened.clock())
        say(f"{count:>6}  promises open, {broken} of them broken", style="red" if broken else "")
    if count := opened.ledger.follow_ups_due():
        say(f"{count:>6}  to ask whether all is well: {command(opened.config.path)} text CASE --purpose follow-up")
    for declared in opened.ledger.incidents():
        say(f"incident {harmless(declared.name)} is open; {harmless(declared.owner)} answers for it")


def tell_promise(opened: House, one: Promise, now: datetime) -> None:
    """One promise on a line."""
    due = local(one.spoken.due_at, opened.config.brand.zone, now)
    state = "broken" if one.broken(now) and one.state is PromiseState.OPEN else str(one.state)
    line = f"{one.id:>5}  {state:<9}  due {due}  case {one.case}, {harmless(one.owner)}: {harmless(one.spoken.words)}"
    say(line, style="red" if state == "broken" else "")


def _given(
    name: str,
    *,
    keyword: list[str],
    cause: list[str],
    doing: list[str],
    next_word: str = "",
    owner: str,
    file: Path | None,
) -> known.IncidentFile:
    """What the options say, over what the file says."""
    base = known.read_incident(file) if file else None
    if not name and base is None:
        message = "an incident needs a name, or a --file that has one"
        raise typer.BadParameter(message, param_hint="NAME")
    keywords = dict(base.keywords) if base else {}
    for tag, word in _tagged("--keyword", keyword):
        keywords[tag] = (*keywords.get(tag, ()), word)
    return known.IncidentFile(
        name=name or (base.name if base else ""),
        owner=owner or (base.owner if base else ""),
        next_word=next_word or (base.next_word if base else None),
        keywords=keywords,
        cause={**(base.cause if base else {}), **dict(_tagged("--cause", cause))},
        doing={**(base.doing if base else {}), **dict(_tagged("--doing", doing))},
    )


def _tagged(option: str, given: list[str]) -> list[tuple[str, str]]:
    pairs = []
    for text in given:
        tag, found, words = (part.strip() for part in text.partition("="))
        if not found or not tag.isalpha() or not words:
            message = f"{option} takes TAG=WORDS with a language's tag, for example en=WORDS, not {text!r}"
            raise AmendsError(message)
        pairs.append((tag.lower(), words))
    return pairs


def _fields(one: Declared) -> dict[str, object]:
    return {
        "name": one.name,
        "state": str(one.state),
        "owner": one.owner,
        "keywords": {tag: list(some) for tag, some in one.words.keywords.items()},
        "cause": dict(one.words.cause),
        "doing": dict(one.words.doing),
        "next_word_at": one.next_word_at.isoformat() if one.next_word_at else None,
        "closed_at": one.closed_at.isoformat() if one.closed_at else None,
    }


def _tell(opened: House, one: Declared, touched: int) -> None:
    zone, now = opened.config.brand.zone, opened.clock()
    due = ""
    if one.next_word_at is not None:
        due = f", next word {local(one.next_word_at, zone, now)}" + (" (over)" if one.next_word_at <= now else "")
    say(f"{harmless(one.name)}: {one.state}, {harmless(one.owner)} answers for it, {touched} cases{due}")
    for tag, words in one.words.keywords.items():
        say(f"    {tag}: {harmless(', '.join(words))}", style="dim")
