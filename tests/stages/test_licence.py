"""Licence: what forbids commercial use goes, and what is not known allows nothing."""

import pytest

from stages.licence import Licence
from tests.rows import reasons, rows


@pytest.mark.parametrize("name", ["mit", "apache-2.0", "cc-by-4.0", "CC-BY-SA-4.0", "odc-by"])
def test_licences_that_allow_it_stay(name: str) -> None:
    assert reasons(Licence(), rows({"licence": name})) == [None]


@pytest.mark.parametrize("name", ["cc-by-nc-4.0", "CC BY-NC-SA 4.0", "non-commercial research", "noncommercial"])
def test_licences_that_forbid_it_go(name: str) -> None:
    assert reasons(Licence(), rows({"licence": name})) == ["non-commercial licence"]


@pytest.mark.parametrize("name", [None, "", "unknown", "Unknown ", "other"])
def test_what_is_not_known_goes(name: str | None) -> None:
    assert reasons(Licence(), rows({"licence": name})) == ["licence not known"]
