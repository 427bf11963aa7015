"""Opens each network once for a module, and mends it after each scene."""

from collections.abc import Iterator
from importlib import import_module

import pytest
from platforms.stage import OpenStage, Stage

SHORT_TIMEOUT = 3.0
"""Seconds. What is slow here never answers at all, and ten seconds for each would make people skip the suite."""

NETWORKS = ("sandbox", "mastodon", "reddit", "x", pytest.param("bluesky", marks=pytest.mark.live))


@pytest.fixture(scope="module", params=NETWORKS)
def network(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One network after another; each must have its stage."""
    name: str = request.param
    open_stage: OpenStage = import_module(f"platforms.stages.{name}").open_stage
    module = import_module(f"monitor.platforms.{name}")
    with pytest.MonkeyPatch.context() as patches:
        for constant in {"TIMEOUT", "_TIMEOUT"} & vars(module).keys():
            patches.setattr(module, constant, SHORT_TIMEOUT)
        with open_stage(tmp_path_factory.mktemp(name)) as stage:
            yield stage


@pytest.fixture
def stage(network: Stage) -> Iterator[Stage]:
    """The network without faults. Scenes share it: each looks only at posts of its own."""
    network.heal()
    yield network
    network.heal()
