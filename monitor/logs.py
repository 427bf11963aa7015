"""What the daemon writes to standard error: JSON for machines, short coloured lines where a terminal is."""

import logging
import sys

import structlog

_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
_FOREIGN: list[structlog.typing.Processor] = [structlog.stdlib.add_logger_name, *_SHARED]


def set_up_logs(level: str = "info") -> None:
    """Send everything to standard error, so that standard output stays free for answers.

    A terminal sees warnings and worse: what happens is told there in plain words by the daemon itself.
    """
    terminal = sys.stderr.isatty()
    threshold = max(getattr(logging, level.upper()), logging.WARNING if terminal and level != "debug" else 0)
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=True)
        if terminal
        # ensure_ascii stays on: a post can carry characters that turn a terminal's or a log viewer's lines around.
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*_SHARED, structlog.processors.format_exc_info, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    # Libraries below speak through `logging`; what they log may hold addresses with tokens, so only warnings pass.
    handler = logging.StreamHandler(sys.stderr)
    bare = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    last: list[structlog.typing.Processor] = [bare, structlog.processors.format_exc_info, renderer]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=last, foreign_pre_chain=_FOREIGN))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
