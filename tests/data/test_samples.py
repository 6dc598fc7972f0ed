"""The sample files: invented people only, and the mess that they are there to show."""

import csv
import re
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
EXPO = SAMPLES / "midwest-it-expo-2026.csv"
HARBOR = SAMPLES / "harbor-tech-day-2026.csv"

# Numbers that regulators keep free for fiction: NANP 555-01xx, Ofcom's and the Bundesnetzagentur's
# drama numbers.
RESERVED = re.compile(
    r"1?[2-9]\d\d55501\d\d"
    r"|(44)?0?(113496|121496|131496|141496|151496|161496|292018|207946)0\d{3}|(44)?0?1632960\d{3}|(44)?0?7700900\d{3}"
    r"|(49)?0?(3023125|6990009|4066969|2214710|8999998)\d{3}|(49)?0?17139200\d\d"
)


def rows(path: Path, encoding: str, delimiter: str) -> list[dict[str, str]]:
    """A sample as a spreadsheet would read it."""
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def expo() -> list[dict[str, str]]:
    """The trade show's rows."""
    return rows(EXPO, "utf-8", ",")


def harbor() -> list[dict[str, str]]:
    """The smaller show's rows."""
    return rows(HARBOR, "cp1252", ";")


def people(table: list[dict[str, str]]) -> set[tuple[str, ...]]:
    """Who is in it: by e-mail, else by name and company."""
    scans = [row for row in table if row["Last Name"]]
    return {(row.get("Email", row.get("E-Mail", "")).lower() or row["Last Name"], row["Company"]) for row in scans}


def test_the_expo_has_sixty_people_one_scanned_twice_and_a_totals_row():
    table = expo()

    assert len(table) == 62
    assert len(people(table)) == 60
    assert table[-1]["Badge ID"].startswith("Total")
    assert not any(value for key, value in table[-1].items() if key != "Badge ID")


def test_the_harbor_file_is_twelve_people_in_another_dialect():
    raw = HARBOR.read_bytes()

    assert len(people(harbor())) == len(harbor()) == 12
    with pytest.raises(UnicodeDecodeError):
        raw.decode("utf-8")


def test_the_expo_is_as_messy_as_the_real_thing():
    table = expo()
    raw = EXPO.read_bytes()

    assert b"\x1b]52;c;aGk=\x07" in raw
    assert {row["Rating"].lower() for row in table} == {"hot", "warm", "cold", ""}
    assert any("\n" in row["Notes"] for row in table)
    assert any('"' in row["Notes"] and "," in row["Notes"] for row in table)
    assert any(row["Phone"].startswith("'") for row in table)
    assert sum(not row["Email"] for row in table[:-1]) == 2
    assert sum(not row["Phone"] and not row["Mobile"] for row in table[:-1]) == 2
    assert {key for key in table[0] if key.endswith("?")} == {
        *("Active project?", "Budget?", "Environment?", "Also looking at?"),
    }


@pytest.mark.parametrize("row", [*expo(), *harbor()], ids=lambda row: (f"{row['Badge ID']} " f"{row['Scanned At']}"))
def test_nobody_is_real(row):
    mail = row.get("Email", row.get("E-Mail"))
    assert mail == "" or mail.endswith(".example")
    for key in ("Phone", "Telefon", "Mobile"):
        for cell in (row.get(key) or "").split(" / "):
            if not cell or "E+" in cell:
                continue
            plain = re.sub(r"(\.0|\s*(x|ext\.?|#)\s*\d+)$", "", cell).replace("(0)", "")
            digits = re.sub(r"\D", "", plain).removeprefix("00")
            assert RESERVED.fullmatch(digits), cell
