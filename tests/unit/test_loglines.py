"""Log lines: one event a line, as text or as JSON."""

import json
import logging
from collections.abc import Iterator

import pytest

from spyglass.core.loglines import LEVELS, configure_logging


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def test_text_has_time_level_name_and_message(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("info")
    logging.getLogger("a.b").warning("disk %d%% full", 91)
    logging.getLogger("a.b").debug("not shown")
    line = capsys.readouterr().err
    assert line.endswith("Z warning a.b: disk 91% full\n")
    assert line.count("\n") == 1


def test_json_is_one_object_a_line_with_the_traceback_inside(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("trace", "json")
    try:
        _ = 1 / 0
    except ZeroDivisionError:
        logging.getLogger("a").exception("two\nlines")
    text = capsys.readouterr().err
    assert text.count("\n") == 1
    entry = json.loads(text)
    assert (entry["level"], entry["logger"], entry["message"]) == ("error", "a", "two\nlines")
    assert "ZeroDivisionError" in entry["exception"]


def test_every_level_is_one_of_the_library() -> None:
    assert [LEVELS[name] for name in ("trace", "debug", "info", "warn", "error", "fatal")] == [
        10,
        10,
        20,
        30,
        40,
        50,
    ]
