"""What every file here returns: figures, each with the aim that it is held to."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. `aim` as people read it; "" for what is told for comparison only."""

    name: str
    value: float
    unit: str
    aim: str = ""


def table(figures: Iterable[Figure]) -> str:
    """The figures as a Markdown table, readable on a terminal too."""
    rows = [(f.name, f"{f.value:,.2f}" if f.value < 100 else f"{f.value:,.0f}", f.unit, f.aim) for f in figures]  # noqa: PLR2004 - three digits tell enough
    rows = [("figure", "value", "unit", "aim"), *rows]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        f"| {name:<{widths[0]}} | {value:>{widths[1]}} | {unit:<{widths[2]}} | {aim:<{widths[3]}} |"
        for name, value, unit, aim in rows
    ]
    first, second, third, fourth = widths
    lines.insert(1, f"| {'-' * first} | {'-' * (second - 1)}: | {'-' * third} | {'-' * fourth} |")
    return "\n".join(lines)
