"""Saying when, in the customer's language."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_datetime

from cases.errors import ConfigError
from responders.packs import LanguagePack


def say_when(moment: datetime, now: datetime, zone: ZoneInfo, pack: LanguagePack) -> str:
    """A moment of the next six days as people say it: the hour if it is today, else with the weekday.

    Never "tomorrow": a draft may be approved after midnight, and a weekday stays true.
    """
    local = moment.astimezone(zone)
    pattern = pack.today if local.date() == now.astimezone(zone).date() else pack.weekday
    return pack.in_digits(str(format_datetime(local, pattern, locale=pack.locale)))


def zone_named(name: str) -> ZoneInfo:
    """The time zone of that IANA name. Raises `ConfigError` where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = f"no time zone is called {name!r}; names look like Europe/Berlin or UTC"
        raise ConfigError(message) from error
