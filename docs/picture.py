"""Draws docs/amends.svg, the picture in the README: the sandbox's queue and one case, as a terminal shows them.

Run by `make docs`. The sandbox is made to have started two minutes ago, so that all its people have spoken.
"""

import io
import re
import tempfile
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.text import Text

from cases.lifecycle import WAITING
from cases.posts import Watch
from monitor.cli.views import case_lines, queue_lines
from monitor.config import parse_config
from monitor.house import House, wall_clock
from monitor.pipeline import take_in
from monitor.platforms.sandbox import Settings, connect

ROOT = Path(__file__).parent.parent
WIDTH = 112
SHOWN = 4


def main() -> None:
    """Write the picture."""
    with tempfile.TemporaryDirectory() as folder:
        began = wall_clock()
        watch = Watch(("parcelo",), ("parcelo di sotto", "fc parcelo"))
        list(connect(Settings(), {}, watch, Path(folder)).poll(None, began - timedelta(seconds=30)))
        table: dict[str, object] = {
            "brand": {"name": "Parcelo", "keywords": ["parcelo"], "signature": "Ana", "timezone": "Europe/Berlin"},
            "platforms": {"sandbox": {}},
        }
        with House(parse_config(table, Path(folder) / "config.toml")) as house:
            take_in(house, "sandbox")
            draw(house)


def draw(house: House) -> None:
    """Both commands, one above the other."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), highlight=False, force_terminal=True)
    now, zone = house.clock(), house.config.brand.zone
    cases = [case for case in house.ledger.cases(WAITING) if case.mention.text.isascii()][:SHOWN]
    console.print(Text("$ amends queue", style="bold"))
    for line in queue_lines(cases, now, WIDTH):
        console.print(line)
    chosen = cases[0]
    console.print()
    console.print(Text(f"$ amends show {chosen.id}", style="bold"))
    ledger = house.ledger
    for line in case_lines(
        chosen, ledger.drafts(chosen.id), ledger.events(chosen.id), ledger.intents(chosen.id), zone=zone, now=now
    ):
        console.print(line)
    picture = console.export_svg(title="Amends", unique_id="amends")
    # Whoever looks at it should not be sent elsewhere for a typeface.
    picture = re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL)
    (ROOT / "docs" / "amends.svg").write_text(picture.replace("Fira Code,", ""), encoding="utf-8")


if __name__ == "__main__":
    main()
