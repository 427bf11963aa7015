"""Sign-in by an OpenID Connect provider: authorization code with PKCE, by Authlib.

Nothing is kept between the two halves but a random secret in the browser's cookie: state, nonce and verifier are
derived from it, so that an answer counts in the browser that asked, and once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests

from cases.errors import NotAllowed
from cases.people import Person
from desk.access.secrets import derived, same
from desk.access.settings import AccessSettings, Provider
from desk.office import Office

if TYPE_CHECKING:
    from authlib.integrations.requests_client import OAuth2Session  # type: ignore[import-untyped] # it has no types

BACK = "/sign-in/provider/back"
"""Where the provider sends people back to: what to enter there as the redirect URI."""

_SECONDS = 10
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures with a public key: with "none" or our own secret, others could sign."""
_LEEWAY = 60
"""Seconds by which two clocks may differ."""


@dataclass(frozen=True, slots=True)
class Known:
    """Who the provider says somebody is: its lasting identifier, and the name that they were added with."""

    subject: str
    name: str


def ask_url(settings: AccessSettings, provider: Provider, flow: str) -> str:
    """Where to send the browser that holds the secret `flow`. Raises `NotAllowed` where the provider is silent."""
    try:
        found = _discover(provider)
        with _client(settings, provider) as client:
            url, _ = client.create_authorization_url(
                _address(found, "authorization_endpoint", provider),
                state=derived(flow, "state"),
                nonce=derived(flow, "nonce"),
                code_verifier=derived(flow, "verifier"),
            )
    except (requests.RequestException, ValueError, KeyError) as error:
        raise NotAllowed(_SILENT) from error
    return str(url)


def who_came_back(settings: AccessSettings, provider: Provider, flow: str, *, code: str, state: str) -> Known:
    """Whom the provider vouches for. Raises `NotAllowed` for an answer that is not for this browser, or not sound."""
    from authlib.integrations.base_client import OAuthError  # type: ignore[import-untyped] # noqa: PLC0415 - needed here alone
    from joserfc.errors import JoseError  # noqa: PLC0415 - needed here alone

    if not flow or not same(state, derived(flow, "state")):
        message = "This answer of the sign-in provider is not for this browser, or it is old. Try again."
        raise NotAllowed(message)
    try:
        found = _discover(provider)
        with _client(settings, provider) as client:
            token = client.fetch_token(
                _address(found, "token_endpoint", provider),
                code=code,
                code_verifier=derived(flow, "verifier"),
                allow_redirects=False,
            )
        claims = _claims(str(token["id_token"]), _get(_address(found, "jwks_uri", provider)), provider, flow)
    except (requests.RequestException, OAuthError, JoseError, ValueError, KeyError, TypeError) as error:
        raise NotAllowed(_SILENT) from error
    return Known(f"{provider.issuer} {claims['sub']}", _name_in(claims, provider))


def person_for(office: Office, known: Known) -> Person:
    """The person whom the provider vouched for. Raises `NotAllowed` where nobody was let in under that name."""
    person = office.ledger.person_known_as(subject=known.subject, sso=known.name, now=office.clock())
    if person is None or person.disabled:
        message = "The sign-in provider knows you, but nobody has let you in here. Ask an admin."
        raise NotAllowed(message)
    return person


_SILENT = "The sign-in provider did not answer as it should. Try again, or tell the operator."


def _client(settings: AccessSettings, provider: Provider) -> "OAuth2Session":
    from authlib.integrations.requests_client import OAuth2Session  # noqa: PLC0415 - takes a moment, and few need it

    return OAuth2Session(
        provider.client_id,
        provider.client_secret,
        scope="openid profile email",
        redirect_uri=settings.url + BACK,
        code_challenge_method="S256",
        default_timeout=_SECONDS,
    )


def _discover(provider: Provider) -> Mapping[str, object]:
    found = _get(provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
    if str(found["issuer"]).rstrip("/") != provider.issuer.rstrip("/"):
        message = f"the provider at {provider.issuer} says that it is {found['issuer']}"
        raise ValueError(message)
    return found


def _get(url: str) -> Mapping[str, object]:
    answer = requests.get(url, timeout=_SECONDS, allow_redirects=False)
    answer.raise_for_status()
    found = answer.json()
    if not isinstance(found, dict):
        message = f"{url} answered with no object"
        raise TypeError(message)
    return found


def _address(found: Mapping[str, object], name: str, provider: Provider) -> str:
    """An address that the provider names; one without https only where the provider itself has none."""
    url = str(found[name])
    if urlsplit(url).scheme not in {"https", urlsplit(provider.issuer).scheme}:
        message = f"{name} is {url}, which is not https"
        raise ValueError(message)
    return url


def _claims(id_token: str, keys: Mapping[str, object], provider: Provider, flow: str) -> Mapping[str, object]:
    """What a sound token says: signed by the provider, for us, now, and for this browser."""
    from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped] # noqa: PLC0415 - needed here alone
    from joserfc import jwt  # noqa: PLC0415 - the same
    from joserfc.jwk import KeySet  # noqa: PLC0415 - the same

    read = jwt.decode(id_token, KeySet.import_key_set({"keys": list(_list(keys["keys"]))}), algorithms=_ALGORITHMS)
    claims = CodeIDToken(
        read.claims,
        read.header,
        options={
            "iss": {"essential": True, "values": [provider.issuer, provider.issuer.rstrip("/")]},
            "aud": {"essential": True, "value": provider.client_id},
        },
        params={"nonce": derived(flow, "nonce"), "client_id": provider.client_id},
    )
    claims.validate(leeway=_LEEWAY)
    if not isinstance(claims["sub"], str) or not claims["sub"]:
        message = "the token names nobody"
        raise ValueError(message)
    return dict(claims)


def _list(value: object) -> list[dict[str, str | list[str]]]:
    if not isinstance(value, list):
        message = "the provider's keys are no list"
        raise TypeError(message)
    return value


def _name_in(claims: Mapping[str, object], provider: Provider) -> str:
    """The name that a person was added with; "" where the claim is missing, or the provider did not verify it."""
    if provider.claim == "email" and claims.get("email_verified") is not True:
        return ""
    name = claims.get(provider.claim)
    return name if isinstance(name, str) else ""
