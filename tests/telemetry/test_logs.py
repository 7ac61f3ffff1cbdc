"""Log lines: one per record, whatever the client put into its path."""

from __future__ import annotations

import logging

import pytest

from tertulia.telemetry.logs import JsonFormatter, TextFormatter


@pytest.mark.parametrize("formatter", [JsonFormatter(), TextFormatter()])
def test_nobody_writes_a_line_of_his_own_into_the_log(formatter: logging.Formatter) -> None:
    record = logging.LogRecord("tertulia.http", logging.INFO, "", 1, "request", (), None)
    record.facts = {"path": "/x\r\n12:00:00 info forged\x1b[31m"}
    line = formatter.format(record)
    assert "forged" in line and not {"\r", "\n", "\x1b"} & set(line)
