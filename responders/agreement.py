"""How far the checker agrees with people: labelled replies, and counts per component and fault.

Our own labelled replies stand in ``responders/seeds/replies-*.csv``: language, reply, components, faults (names joined
by ``;``), and part: "held" marks those that no cue was ever written for, "tuned" the rest.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cases.apology import BLOCKING, Component, Fault, Findings
from responders.check import Checker

_SEEDS = Path(__file__).parent / "seeds"


@dataclass
class Count:
    """Agreements and disagreements on one label."""

    right: int = 0
    extra: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """The share of findings that are right; 1 where nothing was found."""
        return self.right / (self.right + self.extra) if self.right + self.extra else 1.0

    @property
    def recall(self) -> float:
        """The share of labels that were found; 1 where there is none."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        whole = 2 * self.right + self.extra + self.missed
        return 2 * self.right / whole if whole else 1.0


@dataclass(frozen=True)
class Labelled:
    """One reply with the labels that a person gave it. `part` is "tuned", "held", or "" where a file tells none."""

    id: str
    language: str
    reply: str
    labels: frozenset[str]
    part: str

    @property
    def good(self) -> bool:
        """Whether it has no fault and could be sent: it answers with something, and an approval must not stop it."""
        return bool(self.labels) and not self.labels & set(Fault)


@dataclass(frozen=True)
class Agreement:
    """Counts by label for one language, and how often a reply without fault would be stopped."""

    counts: dict[str, Count]
    good: int
    stopped: int

    @property
    def components(self) -> float:
        """F1 averaged over the components."""
        return _mean(self.counts, Component)

    @property
    def faults(self) -> float:
        """F1 averaged over the faults."""
        return _mean(self.counts, Fault)

    @property
    def stopped_share(self) -> float:
        """The share of replies without fault in which a blocking fault was found."""
        return self.stopped / self.good if self.good else 0.0


def read(file: Path) -> list[Labelled]:
    """The labelled replies of a file."""
    with file.open(encoding="utf-8", newline="") as lines:
        return [
            Labelled(
                id=row.get("id") or f"{file.stem}:{line}",
                language=row["language"],
                reply=row["reply"],
                labels=frozenset(name for name in f"{row['components']};{row['faults']}".split(";") if name),
                part=row.get("part") or "",
            )
            for line, row in enumerate(csv.DictReader(lines), 2)
        ]


def own_files() -> list[Path]:
    """Our own labelled replies."""
    return sorted(_SEEDS.glob("replies-*.csv"))


def measure(replies: Iterable[Labelled], checker: Checker) -> dict[str, Agreement]:
    """How far checker and labels agree, by language. The checker is not told the language."""
    by_language = defaultdict(list)
    for reply in replies:
        by_language[reply.language].append((reply, checker.check(reply.reply)))
    return {language: _agreement(pairs) for language, pairs in by_language.items()}


def _agreement(pairs: Sequence[tuple[Labelled, Findings]]) -> Agreement:
    counts: dict[str, Count] = {name: Count() for name in (*Component, *Fault)}
    for reply, findings in pairs:
        found = names_of(findings)
        for name, count in counts.items():
            count.right += name in found and name in reply.labels
            count.extra += name in found and name not in reply.labels
            count.missed += name not in found and name in reply.labels
    good = [findings for reply, findings in pairs if reply.good]
    return Agreement(counts, len(good), sum(bool(findings.faults & BLOCKING) for findings in good))


def names_of(findings: Findings) -> set[str]:
    """Components and faults of one check."""
    return {str(name) for name in findings.components | findings.faults}


def _mean(counts: dict[str, Count], names: Iterable[str]) -> float:
    values = [counts[name].f1 for name in names]
    return sum(values) / len(values)
