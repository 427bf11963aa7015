"""Passwords: argon2id with the library's current cost, and no way to tell a wrong name from a wrong password."""

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from cases.errors import NotAllowed
from cases.people import name_key

SHORTEST, LONGEST = 12, 256
"""Characters. Length is what counts (NIST SP 800-63B); the longest keeps a hash from being work for an attacker."""

# Each takes 64 MiB and a core for a moment: many at once would be a way to bring the desk down.
_AT_ONCE = threading.Semaphore(2)


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobodys() -> str:
    return _hasher().hash("nobody has this password")


def check_password_rules(password: str, name: str) -> None:
    """Raise `NotAllowed` for a password that is too short, too long, one character again and again, or the name."""
    plain = name_key(password)
    if not SHORTEST <= len(password) <= LONGEST:
        message = f"a password has {SHORTEST} to {LONGEST} characters; a sentence is easy to remember"
        raise NotAllowed(message)
    if len(set(plain)) < len("four") or name_key(name) * 2 in plain * 2:
        message = "this password is too easy to guess: take a sentence of your own"
        raise NotAllowed(message)


def hash_password(password: str, name: str) -> str:
    """A new password's hash, in argon2's notation. Raises `NotAllowed` like `check_password_rules`."""
    check_password_rules(password, name)
    with _AT_ONCE:
        return _hasher().hash(password.encode("utf-8", "surrogatepass"))


def verify_password(hashed: str | None, password: str) -> tuple[bool, str | None]:
    """Whether this is the password, and a hash at today's cost where the one that is kept is cheaper.

    With no hash (nobody of that name, or no password) it takes as long and is never right.
    """
    if len(password) > LONGEST:
        return False, None
    given = password.encode("utf-8", "surrogatepass")
    with _AT_ONCE:
        try:
            _hasher().verify(hashed or _nobodys(), given)
        except (VerificationError, InvalidHashError):
            return False, None
        if hashed is None:
            return False, None
        return True, _hasher().hash(given) if _hasher().check_needs_rehash(hashed) else None
