"""Takes the pictures of the desk in the README, in a real browser, of the sandbox's cases. Run by `make screenshots`.

It stands on the same rooms and browsers as the tests, and needs Chromium and typefaces for Persian, Arabic and emoji.
"""

import io
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from browser import DESK, PHONE, Scheme, Screen, at_desk, start_chromium, town
from conftest import Clock
from deskroom import Room
from PIL import Image
from playwright.sync_api import sync_playwright
from scenes import MORNING

from cases.lifecycle import Status

PICTURES = Path(__file__).parent / "pictures"
HEAVIEST = 200_000
"""Bytes of a picture."""


class Picture(NamedTuple):
    """One picture: of a case in the language of its reader, or of the list where `case` is no."""

    name: str
    size: tuple[int, int]
    scheme: Scheme
    language: str
    case: bool = True


SHOWN = [
    Picture("desk", DESK, "light", "en-GB"),
    Picture("desk-persian", DESK, "dark", "fa-IR"),
    Picture("phone-queue", PHONE, "light", "en-GB", case=False),
    Picture("phone-case", PHONE, "dark", "en-GB"),
]


def main() -> int:
    """Take all pictures; 1 where there is no browser or a picture came out too heavy."""
    PICTURES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        town(Path(folder), Clock(MORNING)) as room,
        sync_playwright() as playwright,
    ):
        browser = start_chromium(playwright)
        if browser is None:
            sys.stderr.write("no Chromium: tests/live_setup.sh installs it (Debian: chromium)\n")
            return 1
        with browser:
            for picture in SHOWN:
                with at_desk(
                    browser, room, "Ana", size=picture.size, scheme=picture.scheme, language=picture.language
                ) as seen:
                    if (weight := take(seen, room, picture)) > HEAVIEST:
                        sys.stderr.write(f"{picture.name} has {weight} bytes, and {HEAVIEST} are the most\n")
                        return 1
    return 0


def take(seen: Screen, room: Room, picture: Picture) -> int:
    """Take one picture; its bytes."""
    seen.go(f"/cases/{calm_case(room, picture.language[:2])}" if picture.case else "/")
    seen.ready()
    # The checker's marks come after the page.
    seen.page.wait_for_function("!document.querySelector('#text') || document.querySelector('#components .there')")
    shot = Image.open(io.BytesIO(seen.page.screenshot()))
    file = PICTURES / f"{picture.name}.webp"
    shot.save(file, quality=88, method=6)
    return file.stat().st_size


def calm_case(room: Room, language: str) -> int:
    """A case of this language with a draft that nothing stands against."""
    drafts = room.house.ledger.cases([Status.DRAFTED])
    fit = [case for case in drafts if case.verdict.language == language and not case.at_risk]
    return fit[0].id


if __name__ == "__main__":
    sys.exit(main())
