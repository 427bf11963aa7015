"""How well the checker agrees with people: components and faults per language, on labelled replies.

    python -m benchmarks.checker [FILE ...] [--part tuned|held] [--language TAG] [--each] [--errors]

A FILE has the columns language, reply, components, faults, and may have id and part (`responders.agreement`). Without
a FILE our own labelled replies are read.
"""

import argparse
from collections.abc import Iterable
from pathlib import Path

from cases.apology import Component, Fault
from responders.agreement import Agreement, Labelled, measure, names_of, own_files, read
from responders.check import Checker


def show(agreements: dict[str, Agreement], *, each: bool) -> None:
    """Print the table; `each` adds a line for every component and fault."""
    for language, agreement in agreements.items():
        print(f"{language}  components {agreement.components:.3f}  faults {agreement.faults:.3f}", end="")
        print(f"  stopped without fault {agreement.stopped} of {agreement.good} ({agreement.stopped_share:.1%})")
        names: Iterable[str] = (*Component, *Fault) if each else Component
        for name in names:
            count = agreement.counts[name]
            print(f"  {name:20} P {count.precision:.2f}  R {count.recall:.2f}  F1 {count.f1:.2f}", end="")
            print(f"  ({count.right} right, {count.extra} extra, {count.missed} missed)")


def show_errors(replies: Iterable[Labelled], checker: Checker) -> None:
    """Print each reply that was judged otherwise than labelled."""
    for reply in replies:
        findings = checker.check(reply.reply)
        found = names_of(findings)
        if found != reply.labels:
            print(f"{reply.id} [{findings.language}] {reply.reply}")
            print(f"    missed: {', '.join(sorted(reply.labels - found)) or '-'}")
            for note in findings.notes:
                if note.name not in reply.labels:
                    print(f"    extra: {note.name}: {reply.reply[note.start : note.end]!r}")


def run() -> dict[str, Agreement]:
    """The agreement on our own replies that are held back, by language."""
    held = [reply for file in own_files() for reply in read(file) if reply.part == "held"]
    return measure(held, Checker.shipped())


def main() -> None:
    """Read the command line and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="*")
    parser.add_argument("--part", choices=["tuned", "held"])
    parser.add_argument("--language")
    parser.add_argument("--each", action="store_true", help="a line for every fault too")
    parser.add_argument("--errors", action="store_true", help="each reply that was judged otherwise than labelled")
    chosen = parser.parse_args()
    replies = [
        reply
        for file in chosen.files or own_files()
        for reply in read(file)
        if (not chosen.part or reply.part == chosen.part) and (not chosen.language or reply.language == chosen.language)
    ]
    if chosen.errors:
        show_errors(replies, Checker.shipped())
    else:
        show(measure(replies, Checker.shipped()), each=chosen.each)


if __name__ == "__main__":
    main()
