"""Rows of a CSV or XLSX file, one at a time, however large it is."""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

COLUMNS = 100
CELL = 2000
SAMPLE_BYTES = 64 * 1024
ROWS = 1_000_000
# What an XLSX file unpacks to is bounded as well: a few kilobytes of it can hold gigabytes.
UNPACKED_BYTES = 500 * 2**20

Row = list[str]


class BadTable(ValueError):
    """Its text says what is wrong with the file."""


def format_of(name: str, head: bytes) -> str:
    """`csv` or `xlsx`, by what the file holds: its name may say anything."""
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    if b"\x00" in head and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise BadTable(f"{name or 'The file'} is neither CSV nor XLSX.")
    return "csv"


@contextmanager
def rows_of(file: IO[bytes], kind: str) -> Iterator[Iterator[Row]]:
    """All rows, the heading first, cells as text without blanks around them."""
    if kind == "xlsx":
        with _workbook(file) as sheet:
            yield (_clean(row) for row in sheet)
        return
    encoding, delimiter = _look(file)
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    try:
        yield _csv_rows(text, delimiter)
    finally:
        text.detach()  # the file belongs to the caller


def _csv_rows(text: IO[str], delimiter: str) -> Iterator[Row]:
    try:
        for row in csv.reader(text, delimiter=delimiter):
            yield _clean(row)
    except csv.Error as error:
        raise BadTable(f"The CSV file cannot be read: {error}.") from error


def _look(file: IO[bytes]) -> tuple[str, str]:
    head = file.read(SAMPLE_BYTES)
    file.seek(0)
    encoding = _encoding(head)
    first = head.decode(encoding, "replace").splitlines()[:1]
    counts = {mark: (first[0] if first else "").count(mark) for mark in ",;\t|"}
    return encoding, max(counts, key=lambda mark: counts[mark])


def _encoding(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        # The sample may end inside a character.
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


@contextmanager
def _workbook(file: IO[bytes]) -> Iterator[Any]:
    try:
        with zipfile.ZipFile(file) as parts:
            if sum(part.file_size for part in parts.infolist()) > UNPACKED_BYTES:
                raise BadTable("The XLSX file unpacks to more than 500 MB.")
        file.seek(0)
        book = load_workbook(file, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, OSError, ValueError) as error:
        if isinstance(error, BadTable):
            raise
        raise BadTable("The XLSX file cannot be read: it is damaged, or protected by a password.") from error
    try:
        if book.active is None:
            raise BadTable("The XLSX file has no sheet.")
        yield book.active.iter_rows(values_only=True)
    finally:
        book.close()


def _clean(row: Any) -> Row:
    cells = [_text(cell) for cell in list(row)[:COLUMNS]]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():  # a telephone number that a spreadsheet took for a quantity
        cell = int(cell)
    return str(cell).replace("\x00", "").strip()[:CELL]
