"""Settings: a bad value stops the start with one clear line."""

import pytest

from readerai import env


def test_a_number_out_of_range_names_the_setting_and_the_range(monkeypatch):
    monkeypatch.setenv("PORT", "70000")
    with pytest.raises(env.BadSetting, match="PORT=70000 is outside 1 to 65535"):
        env.number("PORT", 8000, low=1, high=65535)
