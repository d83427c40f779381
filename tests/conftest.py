"""Fixtures for all tests: where the shared data and the examples are."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent.parent

# Machines differ in speed: a slow one must not fail a test of behaviour.
settings.register_profile(
    "pdclassify", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("pdclassify")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The data beside the project; tests that need it are skipped where it is missing."""
    data = ROOT.parent / "shared" / "data"
    if not data.is_dir():
        pytest.skip("the data beside the project (../shared/data) is not here")
    return data


@pytest.fixture(scope="session")
def examples() -> Path:
    """The examples that the README shows."""
    return ROOT / "examples"
