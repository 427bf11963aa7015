"""Random secrets, and the hashes by which the store knows them."""

import hashlib
import hmac
import secrets

TOKEN_PREFIX = "amends_"  # noqa: S105 - no secret: it lets scanners and people recognise one
"""How a token for the API begins."""


def new_secret() -> str:
    """256 random bits, fit for an address or a cookie."""
    return secrets.token_urlsafe(32)


def fingerprint(secret: str) -> str:
    """The SHA-256 of a random secret, in hexadecimal digits: nobody guesses 256 bits, so no salt and no cost."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def derived(secret: str, purpose: str) -> str:
    """Another secret for one purpose, from which the first can't be found; in hexadecimal digits."""
    return hmac.new(secret.encode("utf-8", "surrogatepass"), purpose.encode(), hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two secrets are the same, without telling by the time it takes how much of them is."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))
