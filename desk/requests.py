"""What people send with a decision: the same from a form and as JSON."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from cases.plans import Finding
from cases.saved import LONGEST_TEXT, LONGEST_TITLE
from cases.verdicts import Category

_LONGEST = 20_000
"""Characters of a text; more than any network takes."""


def _plain_line_ends(text: str) -> str:
    # Browsers send a form's line breaks as CR LF, whatever was typed; networks and hashes count one character.
    return text.replace("\r\n", "\n")


Words = Annotated[str, Field(max_length=2_000)]
Reason = Annotated[str, Field(min_length=1, max_length=2_000, description="Why; kept with the decision.")]
Reply = Annotated[str, AfterValidator(_plain_line_ends), Field(max_length=_LONGEST, description="The reply's words.")]
Seen = Annotated[
    str | None,
    Field(description="The hash of the draft that was read, so that nobody decides on words that they have not seen."),
]


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, str_strip_whitespace=False)


class Nothing(_Body):
    """A decision that needs no words."""


class Approval(_Body):
    """An approval of the latest draft, or of `text` as a new revision."""

    hash: Seen = None
    text: Reply | None = None
    override: Words = ""


class Edit(_Body):
    """A new revision."""

    text: Reply
    hash: Seen = None


class Because(_Body):
    """A decision with its reason."""

    reason: Reason


class Correction(_Body):
    """What the classifier should have said; what is left out stays."""

    category: Category | None = None
    severity: Annotated[int | None, Field(ge=0, le=4)] = None


class Place(_Body):
    """Where a reply stands that was posted by hand; "": not posted yet."""

    url: Words = ""


class Found(_Body):
    """What looking into the matter showed. `cause` is fit for the public, in the customer's language."""

    finding: Finding
    cause: Words = ""
    damage: Words = ""


class Line(_Body):
    """One line of the plan as it should stand; an empty value gives it back to the policy."""

    name: Annotated[str, Field(min_length=1, max_length=32)]
    value: Words = ""


class Granted(_Body):
    """What a customer was given, and what it cost in the policy's currency."""

    words: Annotated[str, Field(min_length=1, max_length=500)]
    value: Annotated[float, Field(ge=0, le=1_000_000)] = 0.0
    override: Words = ""


class Following(_Body):
    """A further word in public beside an answer that stands: ours, or `text`."""

    purpose: Literal["update", "settled", "follow_up"]
    text: Reply | None = None


class Assigned(_Body):
    """Whose a case is from now on; "": nobody's."""

    assignee: Annotated[str, Field(max_length=64)] = ""


class Snoozed(_Body):
    """Until when a case is out of sight: a span ("4h") or a time, by the brand's clock unless it names a zone.

    "": it comes back now.
    """

    until: Annotated[str, Field(max_length=40)] = ""


class Bulk(_Body):
    """Several cases to be assigned, snoozed or dismissed at once. There is no bulk approval of public text."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    cases: Annotated[list[Annotated[int, Field(ge=1, le=2**31 - 1)]], Field(min_length=1, max_length=200)]
    act: Literal["assign", "snooze", "dismiss"]
    assignee: Annotated[str, Field(max_length=64)] = ""
    until: Annotated[str, Field(max_length=40)] = ""
    reason: Annotated[str, Field(max_length=2_000)] = ""


class SampleGiven(_Body):
    """Whether a post that was passed over is a complaint, and where it is one, what went wrong."""

    complaint: bool
    category: Category | None = None


class SampleForm(_Body):
    """The same from a form; `category` is "" where nobody named one."""

    complaint: Literal["yes", "no"]
    category: Category | Literal[""] = ""


class SavedGiven(_Body):
    """A reply that a team keeps; {name}, {link} and {signature} are filled in for each case."""

    title: Annotated[str, Field(min_length=1, max_length=LONGEST_TITLE)]
    language: Annotated[str, Field(min_length=2, max_length=16, description="A BCP 47 tag, for example fa.")]
    text: Annotated[str, AfterValidator(_plain_line_ends), Field(min_length=1, max_length=LONGEST_TEXT)]
    category: Category | None = None


class SavedForm(_Body):
    """The same from a form; what is wrong in it is told beside what was typed."""

    title: Annotated[str, Field(max_length=1_000)] = ""
    language: Annotated[str, Field(max_length=64)] = ""
    text: Reply = ""
    category: Category | Literal[""] = ""


class Draftlike(_Body):
    """A text to judge, for a case."""

    case: Annotated[int, Field(ge=1, le=2**31 - 1)]
    text: Reply
