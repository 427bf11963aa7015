"""Who may come in, and what they may do: sign-in, sessions, permissions, people.

A part of the desk that has routes needs three names only: `protect` puts the guard around an application, and routes
ask by dependency who is there (`signed_in`) and whether they may (`permit`). Who starts it prints `start_link`.
"""

from desk.access.doors import start_link
from desk.access.guard import permit, signed_in
from desk.access.settings import AccessSettings, Provider
from desk.access.wiring import protect

__all__ = ["AccessSettings", "Provider", "permit", "protect", "signed_in", "start_link"]
