"""Tells on the terminal what happens, as the store's events say it, and which command to type next."""

from rich.text import Text

from cases.case import Event
from cases.duration import spell_duration
from cases.lifecycle import Status
from monitor.house import House
from monitor.terminal import command, harmless, local, one_line, say

_STYLES = {
    Status.DRAFTED: "cyan",
    Status.ESCALATED: "bold red",
    Status.APPROVED: "green",
    Status.REPLIED: "bold green",
    Status.BY_HAND: "yellow",
    Status.UNKNOWN: "yellow",
    Status.FAILED: "red",
}

_QUIET = frozenset({Status.FLAGGED, Status.SENDING})
"""Steps that the next line makes plain."""


class Narrator:
    """Follows the events of one store from where it stands. `tell` prints what is new since it was last called."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._last = house.ledger.last_event()
        self._hinted: set[Status] = set()

    def tell(self) -> None:
        """Print a line for each event since the last call."""
        while events := self._house.ledger.recent_events(after=self._last, limit=200):
            for number, event in events:
                self._last = number
                self._line(event)

    def _line(self, event: Event) -> None:
        if event.new is None or (event.new in _QUIET and event.action != "wrote again"):
            return
        case = self._house.ledger.case(event.case)
        zone = self._house.config.brand.zone
        line = Text().append(f"{event.at.astimezone(zone):%H:%M:%S}  ", style="dim")
        line.append(f"case {event.case:<4}", style="bold")
        line.append(f"{event.new.replace('_', ' '):<18}", style=_STYLES.get(event.new, ""))
        line.append(self._what(event, one_line(case.mention.text, 60), case.mention.author))
        say(line)
        if event.new not in self._hinted:
            self._hint(event)

    def _what(self, event: Event, post: str, author: str) -> str:
        who = harmless(f"@{author}")
        if event.new is Status.DRAFTED and event.who == "amends" and event.old is not Status.DRAFTED:
            why = f" ({harmless(event.why)})" if event.why else ""
            return f"{who}: {post}{why}"
        if event.new is Status.APPROVED and event.who != "amends":
            return f"by {harmless(event.who)}; leaves in {spell_duration(self._house.config.promise.undo)}"
        if event.new is Status.ESCALATED:
            return f"{who}: {harmless(event.why)}"
        by = "" if event.who == "amends" else f"by {harmless(event.who)} "
        return f"{by}{who} {harmless(event.why)}".rstrip()

    def _hint(self, event: Event) -> None:
        """Once for each state: what a person can do about it."""
        amends, case = command(self._house.config.path), event.case
        hints = {
            Status.DRAFTED: f"read it: {amends} show {case}   approve it: {amends} approve {case} --as NAME   "
            f"all that wait: {amends} queue",
            Status.APPROVED: f"changed your mind: {amends} undo {case} --as NAME",
            Status.REPLIED: f"when the talk moved to private: {amends} private {case} --as NAME   "
            f"when it is settled: {amends} resolve {case} --as NAME --reason WHY",
            Status.CHANGES_REQUESTED: f"write it anew: {amends} edit {case} --as NAME --text-file FILE",
            Status.BY_HAND: f"link and text to paste: {amends} by-hand {case} --as NAME   "
            f"when it is posted: {amends} by-hand {case} --as NAME --url URL",
            Status.ESCALATED: f"look at it now: {amends} show {case}",
            Status.UNKNOWN: f"Amends reads the thread until it is clear; watch it: {amends} show {case}",
            Status.FAILED: f"the reason: {amends} show {case}",
            Status.IN_PRIVATE: f"a first message to copy: {amends} text {case}",
            Status.FOLLOW_UP_DUE: f"the question to copy: {amends} text {case} --purpose follow-up",
            Status.RESOLVED: f"the week so far: {amends} digest",
        }
        if event.new is not None and (hint := hints.get(event.new)):
            self._hinted.add(event.new)
            say(Text(f"          → {hint}", style="dim"))


def welcome(house: House) -> None:
    """The first lines that `amends run` prints."""
    names = ", ".join(house.platforms) or "no platform"
    say(f"Amends watches {names} for {house.config.brand.name}. Nothing is posted that a person has not approved.")
    now, amends = house.clock(), command(house.config.path)
    for state in house.ledger.platforms():
        if state.paused:
            say(f"Sending on {state.name} is paused; resume it: {amends} resume {state.name}", style="yellow")
        if state.error and state.until and state.until > now:
            until = local(state.until, house.config.brand.zone, now)
            say(f"{state.name} waits until {until}: {harmless(state.error)}", style="yellow")
    say(f"Beside this, in another terminal: {amends} queue    Stop with Ctrl-C.", style="dim")
