"""What happens to a post, from the network to a draft in the queue.

    poll → record → classify → open a case → draft

Each step reads what the store says is undone, does a batch, and stores the outcome in one transaction: it is safe to
die anywhere and to run any step again. The daemon, the command line and the tests call the same functions.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from cases.case import Case
from cases.errors import AmendsError, BudgetSpent, Overtaken, PlatformError, RateLimited
from cases.learning import lot
from cases.lifecycle import Status
from cases.posts import Mention, MentionKind, Post, as_post
from cases.purposes import Purpose
from cases.verdicts import UNJUDGED, Risk, Verdict
from desk.follow import good_until, text_for
from monitor.house import House
from store.views import JudgedMention, Opening

AMENDS = "amends"
"""Who acts where no person does."""

log = structlog.get_logger(__name__)

_AT_ONCE = 50
"""Posts that are judged before their verdicts are kept: half a second where each is looked at twice."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What one poll brought: new mentions by id, and why it ended early, if it did."""

    platform: str
    mentions: tuple[int, ...]
    trouble: str = ""


def take_in(house: House, platform: str) -> Intake:
    """One poll of one platform, through to drafts. A platform's trouble is noted in the store, not raised."""
    intake = poll(house, platform)
    work_through(house)
    return intake


def work_through(house: House, stopping: Callable[[], bool] = lambda: False) -> None:
    """Classify, open and draft whatever is undone, whoever recorded it; `stopping` is asked between steps."""
    judge(house, stopping)
    for step in (open_cases, draft):
        if not stopping():
            step(house)


def poll(house: House, name: str) -> Intake:
    """Record what is new; the cursor commits with its mentions, so that none is lost (rule 3)."""
    ledger, now = house.ledger, house.clock()
    new: list[int] = []
    newest: datetime | None = None
    with house.platform(name) as platform:
        cap = platform.daily_cap
        allowance = float("inf") if cap is None else cap - ledger.cost(name, day=now.date())
        try:
            for batch in platform.poll(ledger.cursor(name), now, allowance):
                new += ledger.record(name, batch.mentions, batch.cursor, now=house.clock())
                newest = max((mention.posted_at for mention in batch.mentions), default=newest)
        except PlatformError as error:
            until = error.until if isinstance(error, RateLimited | BudgetSpent) else None
            ledger.note_poll(name, now=house.clock(), error=str(error), until=until, newest=newest)
            log.warning("poll failed", action="poll", platform=name, error=str(error), new=len(new))
            return Intake(name, tuple(new), str(error))
        finally:
            if cost := platform.take_cost():
                ledger.add_cost(name, cost, now=house.clock())
    ledger.note_poll(name, now=house.clock(), newest=newest)
    tell = log.info if new else log.debug
    tell("polled", action="poll", platform=name, new=len(new))
    return Intake(name, tuple(new))


def judge(house: House, stopping: Callable[[], bool] = lambda: False) -> int:
    """Give every recorded mention a verdict, until `stopping`; how many."""
    done = 0
    while not stopping() and (waiting := house.ledger.unjudged(_AT_ONCE)):
        verdicts = _verdicts(house, [as_post(stored.mention, house.config.brand.name) for stored in waiting])
        ids = [stored.id for stored in waiting]
        house.ledger.judge(list(zip(ids, verdicts, strict=True)), now=house.clock())
        done += len(waiting)
    return done


def _verdicts(house: House, posts: Sequence[Post]) -> list[Verdict]:
    """Judge a batch; where one post breaks it, each by itself, so that one post never silences all others."""
    try:
        return house.judge.judge(posts)
    except AmendsError:
        raise
    except Exception:
        if len(posts) == 1:
            log.exception("a post could not be judged; it goes to a person", action="judge")
            return [UNJUDGED]
        return [verdict for post in posts for verdict in _verdicts(house, [post])]


def open_cases(house: House) -> list[int]:
    """Open a case for each judged mention that calls for one, pass over the rest; the new cases."""
    opened: list[int] = []
    while waiting := house.ledger.unsettled():
        now = house.clock()
        first_answer, share = house.config.promise.first_answer, house.config.classifier.sample
        opened += house.ledger.settle([opening(judged, first_answer, share) for judged in waiting], now=now)
    return opened


def opening(judged: JudgedMention, first_answer: timedelta, share: float = 0.0) -> Opening:
    """Whether a judged mention opens a case, by when it is due, and whether it goes straight to a person.

    Of the mentions about us that are taken for no complaint, a share is drawn by lot for people to look at.
    """
    mention, verdict = judged.mention, judged.verdict
    ours = verdict.relevant is not False
    direct = mention.kind is not MentionKind.KEYWORD
    escalate: str | None = None
    if Risk.SELF_HARM in verdict.risks:
        opens, escalate = True, "somebody may be in danger: take over now, as a person; no template answers here"
    elif not verdict.learned:
        # Of posts without any words (emoji, handles) only those that turn to us are worth a person's time.
        opens = ours and (direct or verdict.language != "und")
        escalate = f"the classifier has not learned this language ({verdict.language})"
    elif verdict.complaint:
        opens = ours
    else:
        opens, escalate = (
            bool(verdict.risks) and ours,
            f"a risk without a complaint: {', '.join(sorted(verdict.risks))}",
        )
    return Opening(
        mention_id=judged.id,
        opens=opens,
        at_risk=bool(verdict.risks),
        due_at=mention.posted_at + first_answer,
        escalate=escalate if opens else None,
        sample=share if ours and verdict.learned and not verdict.complaint and drawn(mention, share) else None,
    )


def drawn(mention: Mention, share: float) -> bool:
    """Whether a mention is in the sample of this share: the same whoever asks, and whenever."""
    return lot("sample", mention.platform, mention.post_id) < share


def draft(house: House) -> list[int]:
    """Write a draft for each case that waits for one, or hand it to a person with the reason; the cases moved."""
    moved: list[int] = []
    for name in house.platforms:
        try:
            moved += _draft_on(house, name)
        except PlatformError as error:
            # Its account and limit are not known without it: its cases stay flagged, and the next pass tries again.
            log.warning("no drafts yet", action="draft", platform=name, error=str(error))
    return moved


def _draft_on(house: House, name: str) -> list[int]:
    moved: list[int] = []
    while waiting := house.ledger.case_for_drafting(platform=name, now=house.clock()):
        for case in waiting:
            try:
                draft_one(house, case)
            except Overtaken:
                log.info("overtaken", action="draft", case=case.id)
            except AmendsError:
                raise
            except Exception:
                log.exception("a draft could not be written; the case goes to a person", action="draft", case=case.id)
                _hand_over(house, case, "no draft could be written for this post; the log says why")
            moved.append(case.id)
    return moved


def draft_one(house: House, case: Case) -> None:
    """Write the next draft of one case, or escalate it where no draft may be written."""
    now = house.clock()
    post = as_post(case.mention, house.config.brand.name)
    plan = house.plan(post, case)
    purpose = house.ledger.next_purpose(case)
    written = None
    if purpose is not Purpose.ANSWER:
        written = text_for(house, case, purpose)
    elif plan.handoff is None:
        with house.platform(case.mention.platform) as platform:
            venue = house.venue(platform, case.mention)
        written = house.responder.draft(
            post,
            case.verdict,
            plan,
            venue,
            signature=house.signature(case.verdict.language),
            brand=house.config.brand.name,
            seed=f"{case.mention.platform}:{case.mention.post_id}",
            recent=house.ledger.recent_texts(exclude=case.id),
            now=now,
            timezone=house.config.brand.timezone,
        )
    if written is None:
        _hand_over(house, case, plan.handoff or "there is no room for all that a reply must hold")
        return
    if plan.incident is not None:
        named = plan.incident.name
        for declared in (one for one in house.ledger.incidents() if one.name == named):
            house.ledger.touch(declared.id, [case.id])
    house.ledger.add_draft(
        case.id,
        text=written.text,
        by=AMENDS,
        language=written.language,
        components=written.components,
        faults=written.faults,
        plan=json.dumps(written.plan.as_dict(), ensure_ascii=False),
        now=now,
        expect=case.status,
        good_until=good_until(purpose, written.plan),
        purpose=purpose,
    )


def _hand_over(house: House, case: Case, why: str) -> None:
    """No template speaks here: a person takes over."""
    house.ledger.move(
        case.id, Status.ESCALATED, who=AMENDS, action="escalated", why=why, now=house.clock(), expect=case.status
    )
