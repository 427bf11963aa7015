"""Drafts to be labelled by somebody who has not seen the code, and how far the checker agrees with the labels.

    python -m benchmarks.blind drafts      # writes benchmarks/labels/drafts.csv: id, language, network, post, draft
    python -m benchmarks.blind agreement   # reads benchmarks/labels/labels.csv beside it

Labels: id, the eight components (1 or 0), faults (names joined by ``;``), problem (right, vague or wrong), sign (1
where the reader would put her name beneath), note.
"""

import argparse
import csv
import random
from dataclasses import dataclass
from pathlib import Path

from sklearn.metrics import cohen_kappa_score

from benchmarks.drafts import complaints, drafted
from cases.apology import Component, Fault
from responders.agreement import names_of
from responders.check import Checker

FOLDER = Path(__file__).parent / "labels"
DRAFTS, LABELS = FOLDER / "drafts.csv", FOLDER / "labels.csv"
_EACH = 20
"""Drafts in each language, a quarter of them on each network."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a reader said of the drafts, and how far the checker says the same."""

    drafts: int
    whole: float
    """The share in which the reader found all eight components."""
    faultless: float
    components: float
    """The share of judgements on single components that reader and checker share."""
    kappa: float | None
    """The same beyond chance (Cohen); None where either says one and the same of all."""
    problem: dict[str, float]
    """Shares of right, vague and wrong."""
    signed: float


def write_drafts(file: Path = DRAFTS, *, seed: int = 11) -> int:
    """Draft for posts drawn by lot; the count of what was written. Another seed draws other posts."""
    file.parent.mkdir(exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(["id", "language", "network", "post", "draft"])
        count = 0
        for language in ("en", "fa", "ar"):
            posts = complaints(language)
            random.Random(seed).shuffle(posts)  # noqa: S311 - a sample, not a secret
            for at, one in enumerate(list(drafted(posts[: 2 * _EACH]))[:_EACH], 1):
                rows.writerow([f"{language}-{at}", language, one.network, one.post.text, one.text])
                count += 1
    return count


def agreement(language: str | None = None) -> Agreement:
    """Put labels and checker side by side, for one language or all."""
    with DRAFTS.open(encoding="utf-8", newline="") as file:
        drafts = {row["id"]: row for row in csv.DictReader(file) if language in {None, row["language"]}}
    with LABELS.open(encoding="utf-8", newline="") as file:
        labels = [row for row in csv.DictReader(file) if row["id"] in drafts]
    checker = Checker.shipped()
    said, found, faultless = [], [], 0
    for row in labels:
        draft = drafts[row["id"]]
        names = names_of(checker.check(draft["draft"], language=draft["language"]))
        said += [row[name] == "1" for name in Component]
        found += [name in names for name in Component]
        faultless += not row["faults"]
        if unknown := set(filter(None, row["faults"].split(";"))) - set(Fault):
            message = f"{row['id']}: {', '.join(sorted(unknown))} is no fault of the guide"
            raise ValueError(message)
    pairs = len(Component)
    return Agreement(
        drafts=len(labels),
        whole=sum(all(said[at : at + pairs]) for at in range(0, len(said), pairs)) / len(labels),
        faultless=faultless / len(labels),
        components=sum(one == other for one, other in zip(said, found, strict=True)) / len(said),
        kappa=float(cohen_kappa_score(said, found)) if len(set(said)) > 1 and len(set(found)) > 1 else None,
        problem={
            kind: sum(row["problem"] == kind for row in labels) / len(labels) for kind in ("right", "vague", "wrong")
        },
        signed=sum(row["sign"] == "1" for row in labels) / len(labels),
    )


def main() -> None:
    """Read the command line and print."""
    parser = argparse.ArgumentParser(description="Drafts for a blind reader, and her labels beside the checker's.")
    parser.add_argument("what", choices=("drafts", "agreement"))
    parser.add_argument("--seed", type=int, default=11, help="another one draws other posts")
    asked = parser.parse_args()
    if asked.what == "drafts":
        print(f"{write_drafts(seed=asked.seed)} drafts in {DRAFTS}")
        return
    print("language  drafts  all eight  faultless  agreement  kappa  right  vague  wrong  signed")
    for language in ("en", "fa", "ar", None):
        one = agreement(language)
        kappa = "-" if one.kappa is None else f"{one.kappa:.2f}"
        shares = "  ".join(f"{one.problem[kind]:5.0%}" for kind in ("right", "vague", "wrong"))
        print(
            f"{language or 'all':8}  {one.drafts:6}  {one.whole:9.0%}  {one.faultless:9.0%}  {one.components:9.1%}  "
            f"{kappa:>5}  {shares}  {one.signed:6.0%}"
        )


if __name__ == "__main__":
    main()
