"""Keys that make a write recognisable: fixed when the intent is written, the same for every attempt."""

from datetime import datetime

_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"


def write_key(now: datetime, case: int) -> str:
    """A timestamp identifier of 13 characters, as the AT Protocol wants for record keys; elsewhere just a unique key.

    53 bits are microseconds since 1970, 10 bits the case's number. Two intents get one key only if their cases are a
    multiple of 1,024 apart in the same microsecond; the store's unique key would refuse the second.
    Source: https://atproto.com/specs/tid
    """
    value = (int(now.timestamp() * 1_000_000) & ((1 << 53) - 1)) << 10 | (case & 1023)
    digits = []
    for _ in range(13):
        digits.append(_ALPHABET[value & 31])
        value >>= 5
    return "".join(reversed(digits))
