"""What is downloaded opens as text in a spreadsheet."""

import csv
from datetime import UTC, datetime

import pytest

from sessions.csv_export import cell, csv_response


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_looks_like_a_formula_is_text(formula):
    assert cell(formula) == "'" + formula


def test_numbers_are_numbers_and_nothing_is_nothing(settings):
    settings.TIME_ZONE = "UTC"
    assert [cell(value) for value in (-3, 1.5, None, "Ada")] == ["-3", "1.5", "", "Ada"]
    assert cell(datetime(2026, 11, 26, 9, 30, tzinfo=UTC)) == "2026-11-26 09:30:00"


def test_a_file_holds_its_rows_whatever_is_in_them():
    rows = [["Ada", 'said "no",\nthen yes'], ["Čapek", "=cmd"]]
    answer = csv_response("questions", ["child", "question"], rows)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert list(csv.reader(text.splitlines(keepends=True))) == [
        ["child", "question"],
        ["Ada", 'said "no",\nthen yes'],
        ["Čapek", "'=cmd"],
    ]
    assert answer["Content-Disposition"] == 'attachment; filename="questions.csv"'
