"""What access needs to know of config.toml, as plain values."""

from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenID Connect provider where people sign in instead of here.

    `issuer` is its address, `claim` the one that names people as they were added ("email" counts only where the
    provider says that it verified it), `label` what the button calls it.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    claim: str = "email"
    label: str = ""


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """How the desk is reached, and for how long a sign-in lasts.

    `url` is the address that people type, without a slash at its end; one that begins with https makes cookies secure.
    `session` is the longest that a session lasts, `idle` the longest that it lasts unused. On the `sandbox` a one-time
    link signs in at once, since nothing that is said there is real.
    """

    url: str
    sandbox: bool = False
    session: timedelta = timedelta(hours=12)
    idle: timedelta = timedelta(hours=2)
    provider: Provider | None = None

    @property
    def secure(self) -> bool:
        """Whether people reach the desk by https."""
        return urlsplit(self.url).scheme == "https"

    @property
    def session_cookie(self) -> str:
        """The name of the cookie that holds a session's secret."""
        return self._cookie("session")

    @property
    def visit_cookie(self) -> str:
        """The name of the cookie that ties a form to a browser where nobody has signed in."""
        return self._cookie("visit")

    @property
    def link_cookie(self) -> str:
        """The name of the cookie that holds a one-time link's secret while its form is filled in."""
        return self._cookie("link")

    @property
    def flow_cookie(self) -> str:
        """The name of the cookie that ties the provider's answer to the browser that asked."""
        return self._cookie("flow")

    def _cookie(self, what: str) -> str:
        # Browsers keep a cookie of this prefix to one host and to https. Without https, ports of one host share their
        # cookies, so that two desks on one machine would sign each other out.
        return f"__Host-amends-{what}" if self.secure else f"amends-{what}-{urlsplit(self.url).port or 80}"
