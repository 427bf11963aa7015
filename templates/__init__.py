"""Texts, packaged as data: `languages/<tag>/` (words), `digest/` (mail), `sandbox/` (a small network's posts)."""

from importlib.resources import files
from importlib.resources.abc import Traversable


def folder(name: str) -> Traversable:
    """A folder of this package, readable wherever it is installed."""
    return files(__name__).joinpath(name)
