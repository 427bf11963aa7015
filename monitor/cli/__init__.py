"""The `amends` command, one file a group of commands. Importing a file registers its commands."""

from monitor.cli import (
    decisions,
    evaluating,
    follow,
    known,
    learning,
    models,
    people,
    running,
    saved,
    texts,
    training,
    upkeep,
    weekly,
    work,
)
from monitor.cli.app import app, main

__all__ = [
    "app",
    "decisions",
    "evaluating",
    "follow",
    "known",
    "learning",
    "main",
    "models",
    "people",
    "running",
    "saved",
    "texts",
    "training",
    "upkeep",
    "weekly",
    "work",
]
