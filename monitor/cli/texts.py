"""Commands over texts on standard input: classify, draft, lint. No config, no store, nothing written."""

import re
import sys
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol
from zoneinfo import ZoneInfo

import typer

from cases.apology import Component, Fault, Findings, Note
from cases.errors import ConfigError
from cases.platform import Venue
from cases.posts import Post
from cases.verdicts import Verdict
from monitor.cli.app import Json, app
from monitor.cli.lines import Line, read_batches
from monitor.config import load_config, platform_names
from monitor.house import platform_module, wall_clock
from monitor.logs import set_up_logs
from monitor.terminal import emit, harmless, one_line, say, warn

if TYPE_CHECKING:
    from responders.draft import Written
    from responders.hints import Hint

UNKNOWN_NETWORK = 500
"""Characters, where no platform is named: what most networks take."""

_HANDLE = re.compile(r"[\w.@-]{1,256}")

_TRIES = 8
"""Seeds for one post before two posts of one call share a draft."""


def _hint_if_waiting() -> None:
    if sys.stdin.isatty():
        sys.stderr.write("reading posts, one a line; end with Ctrl-D\n")


@app.command()
def classify(
    *,
    as_json: Json = False,
    quick: Annotated[
        bool,
        typer.Option("--quick", help="Look once at each post: many times faster, and less often right."),
    ] = False,
) -> None:
    """Judge posts on standard input, one a line."""
    from classifiers.judge import load_judge  # noqa: PLC0415 - the model takes a moment to load

    set_up_logs("warning")
    judge = load_judge(look_twice=not quick)
    _hint_if_waiting()
    for lines in read_batches():
        verdicts = iter(judge.judge([line.post for line in lines if line.error is None]))
        for line in lines:
            if line.error is not None:
                emit({"error": line.error}) if as_json else say(f"unreadable: {line.error}", style="red")
                continue
            verdict = next(verdicts)
            if as_json:
                emit(verdict_fields(line.post, verdict))
            else:
                _tell_verdict(line.post, verdict)


def verdict_fields(post: Post, verdict: Verdict) -> dict[str, object]:
    """The fields of `classify --json`."""
    return {
        "text": post.text,
        "complaint": verdict.complaint,
        "probability": round(verdict.probability, 4),
        "severity": verdict.severity,
        "heat": verdict.heat,
        "category": str(verdict.category),
        "risks": sorted(verdict.risks),
        "relevant": verdict.relevant,
        "language": verdict.language,
        "about": verdict.about,
        "why": [[clue.words, round(clue.weight, 4)] for clue in verdict.why],
        "spans": [[clue.start, clue.end] for clue in verdict.why],
    }


def _tell_verdict(post: Post, verdict: Verdict) -> None:
    style = "red" if verdict.complaint else "green"
    word = "complaint" if verdict.complaint else "no complaint"
    say(f"{word} {verdict.probability:.0%}  {verdict.language}  {one_line(post.text, 80)}", style=style)
    if verdict.complaint or verdict.risks:
        risks = f", risk {', '.join(sorted(verdict.risks))}" if verdict.risks else ""
        about = f", about {harmless(verdict.about)}" if verdict.about else ""
        say(f"    {verdict.category}, gravity {verdict.severity}/4, heat {verdict.heat}/3{risks}{about}")
    if verdict.why:
        say("    because of: " + ", ".join(f"{harmless(clue.words)} {clue.weight:+.2f}" for clue in verdict.why))


@app.command()
def draft(
    *,
    as_json: Json = False,
    signature: Annotated[str, typer.Option("--signature", help="The first name beneath each draft.")] = "Ana",
) -> None:
    """Draft apologies for posts on standard input, one a line.

    Who names a post's language gets a draft in it even where the classifier has not learned it.
    """
    from classifiers.judge import load_judge  # noqa: PLC0415 - the model takes a moment to load
    from responders.draft import Responder  # noqa: PLC0415 - as do the words
    from responders.plan import make_plan, trusted_to_a_person  # noqa: PLC0415 - the same
    from responders.policy import Policy  # noqa: PLC0415 - the same

    set_up_logs("warning")
    judge, responder, now = load_judge(), Responder.shipped(), wall_clock()
    given = _Given()
    _hint_if_waiting()
    for lines in read_batches():
        checked = [_with_known_platform(line) for line in lines]
        verdicts = iter(judge.judge([line.post for line in checked if line.error is None]))
        for line in checked:
            if line.error is not None:
                emit({"error": line.error}) if as_json else say(f"unreadable: {line.error}", style="red")
                continue
            verdict = next(verdicts)
            if line.post.language is not None:
                verdict = trusted_to_a_person(verdict)
            plan = make_plan(line.post, verdict, policy=Policy(), now=now)
            venue = offline_venue(line)
            written = None
            if plan.handoff is None:
                write = partial(
                    responder.draft,
                    line.post,
                    verdict,
                    plan,
                    venue,
                    signature=line.signature or signature,
                    brand=line.post.brand or "",
                    now=now,
                )
                written = given.unlike(line.post.text, write)
            fields = draft_fields(line.post, verdict, plan.as_dict(), venue, written)
            if as_json:
                emit(fields)
            else:
                _tell_draft(line.post, fields)


class _Write(Protocol):
    def __call__(self, *, seed: str, recent: Sequence[str]) -> "Written | None": ...


class _Given:
    """The drafts of one call, so that they differ: equal posts, which have equal seeds, count on."""

    def __init__(self) -> None:
        self._texts: dict[str, None] = {}
        self._seeds: Counter[str] = Counter()

    def unlike(self, post: str, write: _Write) -> "Written | None":
        """A draft that no earlier post of this call got."""
        written = None
        for _ in range(_TRIES):
            number = self._seeds[post]
            self._seeds[post] += 1
            written = write(seed=f"{post}\n{number}" if number else post, recent=list(self._texts)[-50:])
            if written is None or written.text not in self._texts:
                break
        if written is not None:
            self._texts[written.text] = None
        return written


def draft_fields(
    post: Post, verdict: Verdict, plan: dict[str, object], venue: Venue, written: "Written | None"
) -> dict[str, object]:
    """The fields of `draft --json`."""
    if written is None and "handoff" not in plan:
        # By contract of the responder: a language without words is the plan's own reason.
        room = f"{venue.limit} on {venue.platform}" if venue.platform else str(venue.limit)
        plan = {**plan, "handoff": f"there is no room for all that a reply must hold ({room})"}
    return {
        "text": written.text if written else None,
        "language": written.language if written else verdict.language,
        "platform": post.platform,
        "components": list(written.components) if written else [],
        "faults": list(written.faults) if written else [],
        "length": written.length if written else 0,
        "limit": venue.limit,
        "plan": plan,
        "complaint": verdict.complaint,
    }


def _tell_draft(post: Post, fields: dict[str, object]) -> None:
    say(one_line(post.text, 100), style="dim")
    text = fields["text"]
    if not fields["complaint"]:
        say("(the classifier takes this for no complaint)", style="yellow")
    if isinstance(text, str):
        say(harmless(text, lines=True))
        say(f"({fields['length']} of {fields['limit']})", style="dim")
    else:
        plan = fields["plan"]
        say(f"no draft: {plan['handoff'] if isinstance(plan, dict) else ''}", style="red")
    say("")


def _with_known_platform(line: Line) -> Line:
    name = line.post.platform
    if line.error is None and name is not None and name not in platform_names():
        return Line(line.post, error=f"no platform {name!r}; there are {', '.join(platform_names())}")
    return line


def offline_venue(line: Line) -> Venue:
    """Where a draft will stand, as far as it is known without asking a network."""
    name = line.post.platform
    if name is None:
        return Venue(platform="", limit=UNKNOWN_NETWORK, measure=len, account=line.account or "")
    module = platform_module(name)
    author = (line.post.author or "").removeprefix("@")
    return Venue(
        platform=name,
        limit=module.LIMIT,
        measure=module.measure,
        account=line.account or "",
        # A name with a space in it is no handle, and whatever follows would stand in the draft.
        address=module.address(author) if _HANDLE.fullmatch(author) else "",
        link_costs=module.LINK_COSTS,
    )


@app.command()
def lint(context: typer.Context, *, as_json: Json = False) -> None:
    """Judge replies on standard input by the components and faults of an apology."""
    from responders.check import Checker  # noqa: PLC0415 - the words take a moment to load
    from responders.hints import wrong_words  # noqa: PLC0415 - the same
    from responders.promises import missing_date, read_promises  # noqa: PLC0415 - the same

    set_up_logs("warning")
    checker, never, now, zone = Checker.shipped(), _never_words(context.obj), wall_clock(), ZoneInfo("UTC")
    _hint_if_waiting()
    for lines in read_batches():
        for line in lines:
            if line.error is not None:
                emit({"error": line.error}) if as_json else say(f"unreadable: {line.error}", style="red")
                continue
            text = line.post.text
            findings = checker.check(text, language=line.post.language)
            promises = read_promises(text, findings.language, now=now, zone=zone)
            hints = [*wrong_words(text, never), *missing_date(text, promises)]
            if as_json:
                emit(lint_fields(text, findings, hints))
            else:
                _tell_findings(text, findings)
                for hint in hints:
                    words = harmless(text[hint.start : hint.end])
                    say(f"  – {words + ': ' if words else ''}{hint.why}; {hint.suggestion}", style="yellow")


def _never_words(config: Path) -> dict[str, str]:
    """The words that the brand never uses, where a settings file is there; a text is judged without one too."""
    if not config.exists():
        return {}
    try:
        return load_config(config).policy.never_words
    except ConfigError as error:
        warn(f"judged without the brand's own words: {harmless(str(error), lines=True)}", style="yellow")
        return {}


def lint_fields(text: str, findings: Findings, hints: Sequence["Hint"] = ()) -> dict[str, object]:
    """The fields of `lint --json`."""
    spans: dict[str, list[list[int]]] = {}
    for note in findings.notes:
        spans.setdefault(str(note.name), []).append([note.start, note.end])
    lengths = {name: platform_module(name).measure(text) for name in platform_names()}
    return {
        "text": text,
        "components": [str(name) for name in Component if name in findings.components],
        "faults": [str(name) for name in Fault if name in findings.faults],
        "spans": spans,
        "notes": [_note_fields(note) for note in findings.notes],
        "hints": [_note_fields(hint) for hint in hints],
        "language": findings.language,
        "fits": {name: length <= platform_module(name).LIMIT for name, length in lengths.items()},
        "lengths": lengths,
    }


def _note_fields(note: "Note | Hint") -> dict[str, object]:
    return {
        "name": str(note.name),
        "start": note.start,
        "end": note.end,
        "why": note.why,
        "suggestion": note.suggestion,
    }


def _tell_findings(text: str, findings: Findings) -> None:
    say(one_line(text, 100), style="dim")
    for name in Component:
        held = name in findings.components
        say(f"  {'✓' if held else '·'} {name.replace('_', ' ')}", style="green" if held else "dim")
    for note in findings.notes:
        if isinstance(note.name, Fault):
            words = harmless(text[note.start : note.end])
            say(f"  ✗ {note.name.replace('_', ' ')}: {words} — {note.why} {note.suggestion}".rstrip(), style="red")
    say("")
