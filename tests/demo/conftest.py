"""What the story is held against."""

import json
from pathlib import Path

import pytest


@pytest.fixture
def bank_holidays(test_data: Path) -> set[str]:
    """Every bank holiday of any nation of the UK, as gov.uk publishes them."""
    file = test_data / "reference_uk" / "uk_bank_holidays_govuk_2019-2027.json"
    divisions = json.loads(file.read_text(encoding="utf-8")).values()
    return {holiday["date"] for division in divisions for holiday in division["events"]}
