"""Settings from the environment: a wrong one is a sentence that names it."""

import pytest

from service_desk import config

LEAST = {"SECRET_KEY": "k" * 32, "DATABASE_URL": "postgresql://host/keshet"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SESSION_HOURS", "twelve"),
        ("SESSION_IDLE_MINUTES", "-1"),
        ("DIGEST_MINUTES", "1.5"),
        ("MESSAGES_PER_DAY", "9" * 30),
        ("TWILIO_TIMEOUT_SECONDS", "nan"),
        ("LOG_LEVEL", "loud"),
        ("MESSAGE_TRANSPORT", "pigeon"),
    ],
)
def test_a_wrong_setting_is_named(name, value):
    with pytest.raises(config.BadConfiguration, match=name):
        config.read(LEAST | {name: value})


def test_numbers_and_levels_are_read_and_an_empty_one_is_the_default():
    read = config.read(
        LEAST
        | {
            "SESSION_HOURS": "",
            "DIGEST_MINUTES": " 5 ",
            "TWILIO_TIMEOUT_SECONDS": "2.5",
            "LOG_LEVEL": "debug",
        }
    )
    assert (read.session_hours, read.digest_minutes) == (12, 5)
    assert (read.twilio_timeout_seconds, read.log_level) == (2.5, "DEBUG")


@pytest.mark.parametrize("level", ["WARN", "fatal", "NOTSET"])
def test_a_level_may_have_any_name_that_python_knows(level):
    assert config.read(LEAST | {"LOG_LEVEL": level}).log_level == level.upper()
