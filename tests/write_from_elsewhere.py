"""One process' write to a sandbox network; in a module of its own, so that a new process can import it by name."""

from datetime import datetime
from pathlib import Path

from monitor.sandbox_network import Network


def write_from_elsewhere(file: Path, number: int, now: datetime) -> str:
    """Post as the brand; every two numbers share a key."""
    network = Network(file, (), account="parcelo")
    return network.say("parcelo", f"text {number}", now, key=f"key {number // 2}").id
