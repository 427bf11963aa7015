"""What happened just now, as small as it can be told: which case, what was done, by whom."""

from dataclasses import dataclass

from cases.lifecycle import Status


@dataclass(frozen=True, slots=True)
class News:
    """One line of the store's event log. `id` only grows; `status` is where the case moved to, None where it stayed."""

    id: int
    case: int
    action: str
    who: str
    status: Status | None
