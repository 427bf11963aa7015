"""How many attempts to sign in are free, and how long to wait after more."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from desk.access.secrets import fingerprint

FREE_TOGETHER, FREE_ALONE = 5, 20
"""Attempts with one name from one address; attempts with one name, or from one address, whichever the other.

The second is higher: whoever knows a name must not be able to keep its owner out so easily.
"""
LONGEST_WAIT = timedelta(minutes=15)


def wait_after(attempts: int, free: int) -> timedelta:
    """How long nothing is tried after so many attempts: nothing at first, then twice as long each time."""
    if attempts < free:
        return timedelta()
    return min(timedelta(seconds=2 << min(attempts - free, 20)), LONGEST_WAIT)


def keys_of(name: str, address: str) -> Mapping[str, Callable[[int], timedelta]]:
    """What an attempt counts against. Hashed: people type passwords into the field for names."""
    return {
        fingerprint(f"both {name}\0{address}"): lambda attempts: wait_after(attempts, FREE_TOGETHER),
        fingerprint(f"name {name}"): lambda attempts: wait_after(attempts, FREE_ALONE),
        fingerprint(f"address {address}"): lambda attempts: wait_after(attempts, FREE_ALONE),
    }
