"""A report as Markdown tables, aligned so that they can be read on a terminal too."""

import math
from collections.abc import Callable, Iterator, Sequence

from classifiers.measures.bootstrap import Interval
from classifiers.measures.companions import Figure
from classifiers.measures.report import Lexicon, Report
from classifiers.measures.scores import Scores
from classifiers.measures.speed import Speed

Cell = Callable[[Interval | None], str]


def whole(interval: Interval | None) -> str:
    """A figure with the ends of its interval."""
    if interval is None or math.isnan(interval.value):
        return "–"
    return f"{interval.value:.2f} ({interval.low:.2f}–{interval.high:.2f})"


def brief(interval: Interval | None) -> str:
    """A figure with half the width of its interval."""
    if interval is None or math.isnan(interval.value):
        return "–"
    return f"{interval.value:.2f} ±{(interval.high - interval.low) / 2:.2f}"


def sections(report: Report, cell: Cell) -> Iterator[tuple[str, str]]:
    """Title and body of each part of a report that has something to tell."""
    yield "Posts kept back from training", _scores(report.kept_back, cell)
    if report.to_brands:
        yield "Posts to and about brands, written by hand", _scores(report.to_brands, cell)
    yield "Precision where complaints are rarer", _shares([*report.kept_back, *report.to_brands], cell)
    if report.lexicons:
        yield "Beside word lists (English)", _lexicons(report, report.lexicons, cell)
    if report.unseen_domains:
        yield "Domains that training did not see", _scores(report.unseen_domains, cell)
    if report.unseen_corpora:
        yield "Corpora that training did not see", _scores(report.unseen_corpora, cell)
    if report.learning_curve:
        yield "What more written posts give, first look alone", _scores(report.learning_curve, cell)
    for companion, title in _of_companions(report.companions):
        yield title, companion(cell)
    if report.speed is not None:
        yield "Speed, on one core", _speed(report.speed)


def as_text(report: Report) -> str:
    """The report for a terminal."""
    parts = [f"model {report.model}, a complaint from probability {report.threshold:.2f} (± half a 95 % interval)"]
    parts += [f"{title}\n\n{body}" for title, body in sections(report, brief)]
    return "\n\n".join(parts)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells, the first of them the heading; the first column to the left, the others to the right."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = [
        "| "
        + " | ".join([row[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))])
        + " |"
        for row in rows
    ]
    lines.insert(1, "| " + " | ".join(["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]) + " |")
    return "\n".join(lines)


def _scores(rows: Sequence[Scores], cell: Cell) -> str:
    heading = ["", "posts", "compl.", "drawn", "precision", "recall", "F1", "macro-F1", "avg. prec.", "calib. error"]
    return table(
        [
            heading,
            *(
                [
                    row.name,
                    f"{row.posts:,}",
                    f"{row.complaints:,}",
                    f"{row.blocks:,}",
                    cell(row.precision),
                    cell(row.recall),
                    cell(row.f1),
                    cell(row.macro_f1),
                    cell(row.average_precision),
                    cell(row.calibration_error),
                ]
                for row in rows
            ),
        ]
    )


def _shares(rows: Sequence[Scores], cell: Cell) -> str:
    return table(
        [
            ["", "complaints here", "precision here", "at 30 %", "at 5 %", "recall"],
            *(
                [
                    row.name,
                    f"{row.complaints / row.posts:.0%}".replace("%", " %"),
                    cell(row.precision),
                    cell(row.precision_at_30),
                    cell(row.precision_if_rare),
                    cell(row.recall),
                ]
                for row in rows
            ),
        ]
    )


def _lexicons(report: Report, lexicons: Sequence[Lexicon], cell: Cell) -> str:
    ours = {row.name: row for row in [*report.kept_back, *report.to_brands]}
    names = ["Amends", *(lexicon.name for lexicon in lexicons)]
    rows = [["", *(f"{name}, {figure}" for name in names for figure in ("macro-F1", "avg. prec."))]]
    for at, row in enumerate(lexicons[0].rows):
        beside = [ours[row.name], *(lexicon.rows[at] for lexicon in lexicons)]
        rows.append([row.name, *(cell(value) for one in beside for value in (one.macro_f1, one.average_precision))])
    return table(rows)


def _of_companions(figures: Sequence[Figure]) -> Iterator[tuple[Callable[[Cell], str], str]]:
    """One table for all posts that carry every label, a column for each set of them; one for the corpora."""
    complete = [figure for figure in figures if figure.companion in {"heat", "relevance"}]
    sets = list(dict.fromkeys(figure.name for figure in complete))
    labelled = [figure for figure in figures if figure.name in sets]
    others = [figure for figure in figures if figure.name not in sets]
    if labelled:
        yield lambda cell: _pivot(labelled, sets, cell), "Companions, on posts written by hand"
    if others:
        yield lambda cell: _listed(others, cell), "Companions, on the corpora's parts kept back"


def _pivot(figures: Sequence[Figure], sets: Sequence[str], cell: Cell) -> str:
    there = {(figure.companion, figure.measure, figure.name): figure for figure in figures}
    rows = [["", *(part for name in sets for part in (name, "n"))]]
    for companion, measure in dict.fromkeys((figure.companion, figure.measure) for figure in figures):
        row = [f"{companion}, {measure}"]
        for name in sets:
            figure = there.get((companion, measure, name))
            row += [cell(figure.value), f"{figure.posts:,}"] if figure else ["–", "0"]
        rows.append(row)
    return table(rows)


def _listed(figures: Sequence[Figure], cell: Cell) -> str:
    ordered = sorted(figures, key=lambda figure: (figure.companion, figure.measure))
    rows = [
        [f"{figure.companion}, {figure.measure}", figure.name, f"{figure.posts:,}", cell(figure.value)]
        for figure in ordered
    ]
    return table([["", "corpus", "n", "value"], *rows])


def _speed(speed: Speed) -> str:
    return table(
        [
            ["", "value", "unit"],
            ["complaint verdict alone, first look", f"{speed.verdict_alone_per_second:,.0f}", "posts/s"],
            ["all companions, first look", f"{speed.first_look_per_second:,.0f}", "posts/s"],
            ["all companions, second look where needed", f"{speed.second_look_per_second:,.0f}", "posts/s"],
            ["posts looked at twice, of these corpora", f"{speed.looked_twice:.0%}", ""],
            ["the same of everyday posts of en-brands", f"{speed.looked_twice_everyday:.0%}", ""],
            ["one post, whole verdict, median", f"{speed.one_post_ms:.2f}", "ms"],
            ["one post, whole verdict, 19 in 20 within", f"{speed.one_post_p95_ms:.2f}", "ms"],
            ["load the model, by the clock", f"{speed.load_s:.2f}", "s"],
        ]
    )
