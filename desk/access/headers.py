"""Headers that every answer carries, so that a browser helps to keep strangers out."""

from starlette.datastructures import MutableHeaders

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing inline, nothing from elsewhere, in nobody's frame."""

_ALWAYS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": with it a browser hides a form's origin from ourselves too.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_A_YEAR = 365 * 24 * 3600


def harden(headers: MutableHeaders, *, secure: bool) -> None:
    """Add what is missing to an answer's headers. `secure`: people reach the desk by https."""
    for name, value in _ALWAYS.items():
        headers[name] = value
    if secure:
        headers["Strict-Transport-Security"] = f"max-age={_A_YEAR}"
    # What a page shows of people must not stay on a shared machine; static files say for themselves what they allow.
    headers.setdefault("Cache-Control", "no-store")
