"""Addresses, names, ratings, places and figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadtui.sheets import cells
from leadtui.sheets.fields import (
    granted,
    rating_scale,
    read_count,
    read_emails,
    read_money,
    read_name,
    read_rating,
    refused,
)
from leadtui.sheets.places import country_code, country_of_region, postal_code, region_code


@pytest.mark.parametrize(
    ("cell", "addresses"),
    [
        ("a@b.example", ["a@b.example"]),
        ("A.B@Ex.example; c@d.example", ["A.B@Ex.example", "c@d.example"]),
        ("mailto:x@y.example", ["x@y.example"]),
        ("Ann Lee <ann@x.example>", ["ann@x.example"]),
        ("o'neil@x.example", ["o'neil@x.example"]),
        ("ann@exämple.de", ["ann@exämple.de"]),
        ("a@x.example / A@x.example", ["a@x.example"]),
        ("ann@x.example.", ["ann@x.example"]),
        ("n/a", []),
        ("", []),
    ],
)
def test_emails(cell, addresses):
    """One address or several, with what mail programs put around them."""
    assert read_emails(cell) == (tuple(addresses), ())


@pytest.mark.parametrize(
    "cell",
    [
        "x@",
        "@x.example",
        "ann at x",
        "a..b@x.example",
        ".a@x.example",
        "ann@x",
        "ann@-x.example",
        "ann@gmail,com",
        "a b@x",
        "ann@x..example",
        f"{'a' * 65}@x.example",
    ],
)
def test_no_emails(cell):
    """What is none is named; nothing is repaired by guessing."""
    found, problems = read_emails(cell)
    assert found == ()
    assert problems


@given(st.text(max_size=60))
def test_addresses_are_safe_in_a_header(cell):
    """Whatever the cell, an address has one @ and no space, line end or control character."""
    for address in read_emails(cell)[0]:
        assert address.count("@") == 1
        assert address.isprintable()
        assert not set(address) & set(' \t\r\n<>,;:"')


@pytest.mark.parametrize(
    ("full", "name"),
    [
        ("Ann Lee", ("Ann Lee", "Ann", "Lee")),
        ("Lee, Ann", ("Ann Lee", "Ann", "Lee")),
        ("Lee, Jr., Ann", ("Ann Lee Jr.", "Ann", "Lee Jr.")),
        ("Ann Lee, PhD", ("Ann Lee, PhD", "Ann", "Lee")),
        ("Bob Day III", ("Bob Day III", "Bob", "Day III")),
        ("ANN LEE", ("ANN LEE", "ANN", "LEE")),
        ("Jan van der Berg", ("Jan van der Berg", "Jan", "van der Berg")),
        ("Madonna", ("Madonna", "Madonna", "")),
        ("Dr. Ann Lee", ("Dr. Ann Lee", "Ann", "Lee")),
        ("Jack Ma", ("Jack Ma", "Jack", "Ma")),
        ("Ann Mary Lee", ("Ann Mary Lee", "Ann Mary", "Lee")),
        ("  Ann \t Lee ", ("Ann Lee", "Ann", "Lee")),
        ("Dr. Lee", ("Dr. Lee", "", "Lee")),
        ("", ("", "", "")),
    ],
)
def test_names(full, name):
    """A full name in two; capitals, suffixes and particles as they came."""
    found = read_name(full, "", "")
    assert (found.full, found.first, found.last) == name


def test_first_and_last_need_no_cutting():
    """What the file has in two columns stays so."""
    found = read_name("", "Ann Mary", "de la Cruz, Jr.")
    assert (found.full, found.first, found.last) == (
        "Ann Mary de la Cruz, Jr.",
        "Ann Mary",
        "de la Cruz, Jr.",
    )


@pytest.mark.parametrize(
    ("cell", "scale", "rating"),
    [
        ("Hot", 5, "hot"),
        ("hot lead", 5, "hot"),
        ("A - Hot", 5, "hot"),
        ("warm", 5, "warm"),
        ("Kalt", 5, "cold"),
        ("A", 5, "hot"),
        ("5", 5, "hot"),
        ("3", 5, "warm"),
        ("1", 5, "cold"),
        ("85", 100, "hot"),
        ("55", 100, "warm"),
        ("★★★★☆", 5, "hot"),
        ("**", 5, "cold"),
        ("4/5", 100, "hot"),
        ("90%", 5, "hot"),
        ("4 stars", 100, "hot"),
        ("", 5, ""),
        ("maybe", 5, ""),
    ],
)
def test_ratings(cell, scale, rating):
    """Words, letters, stars and scores."""
    assert read_rating(cell, scale) == rating


def test_the_scale_is_the_columns():
    """A column with an 80 counts to a hundred."""
    assert [
        rating_scale(column)
        for column in (["3", "5"], ["3", "8"], ["3", "80"], ["hot"], ["4/5", "3"])
    ] == [5, 10, 100, 5, 5]


def test_doubt_about_an_opt_out_is_the_leads():
    """Consent needs a yes; an opt-out needs only not to be a no."""
    assert [
        refused(cell) for cell in ("Yes", "TRUE", "1", "please do not", "No", "false", "0", "")
    ] == [True] * 4 + [False] * 4
    assert [granted(cell) for cell in ("Yes", "x", "ja", "No", "maybe", "")] == [True] * 3 + [
        False
    ] * 3


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("US", "US"),
        ("usa", "US"),
        ("U.S.A.", "US"),
        ("United States of America", "US"),
        ("UK", "GB"),
        ("England", "GB"),
        ("Deutschland", "DE"),
        ("DEU", "DE"),
        ("Allemagne", "DE"),
        ("Alemania", "DE"),
        ("Países Bajos", "NL"),
        ("Holland", "NL"),
        ("Korea, Republic of", "KR"),
        ("Bosnia and Herzegovina", "BA"),
        ("Czech Republic", "CZ"),
        ("Türkei", "TR"),
        ("Viet Nam", "VN"),
        ("Côte d'Ivoire", "CI"),
        ("Russia (Federation)", "RU"),
        ("México", "MX"),
        ("MEXICO", "MX"),
        ("Atlantis", ""),
        ("", ""),
    ],
)
def test_countries(text, code):
    """Codes, names in four languages and what people write instead."""
    assert country_code(text) == code


def test_every_country_has_its_codes():
    """No code means another country."""
    import phonenumbers

    regions = set(phonenumbers.SUPPORTED_REGIONS) - {"AC", "TA"}
    assert {region for region in regions if country_code(region) != region} == set()


def test_regions():
    """States become codes where the rules need them, and stay text elsewhere."""
    assert (
        region_code("Massachusetts", "US")
        == region_code("mass.", "US")
        == region_code("US-MA", "US")
        == "MA"
    )
    assert region_code("Québec", "CA") == "QC"
    assert region_code("Île-de-France", "FR") == "Île-de-France"
    assert country_of_region("MA", "US") == "US"
    assert country_of_region("Ontario", "US") == "CA"
    assert country_of_region("Texas", "DE") == "US"
    assert country_of_region("TX", "GB") == ""


def test_postal_codes():
    """A spreadsheet takes leading zeros; only where the length is known do they come back."""
    repaired = {
        "2139": "02139",
        "501": "00501",
        "2139.0": "02139",
        "2139-1234": "02139-1234",
        "21391234": "02139-1234",
    }
    assert {text: postal_code(text, "US") for text in repaired} == repaired
    assert postal_code("2139", "AU") == "2139"
    assert postal_code("1067", "DE") == "01067"
    assert postal_code("sw1a 1aa", "GB") == "SW1A 1AA"


def test_figures():
    """Ranges give their lower end, amounts their minor units and currency."""
    assert [
        read_count(cell) for cell in ("-5", "− 5", "99999999999999999999999", "1.5", "1.5k")
    ] == [*4 * [None], 1500]
    assert [
        read_count(cell)
        for cell in ("250", "200-500", "1,001-5,000 employees", "10k", "500+", "n/a")
    ] == [250, 200, 1001, 10000, 500, None]
    assert read_money("$5M", "USD") == (500_000_000, "USD")
    assert read_money("1.2 bn EUR", "USD") == (120_000_000_000, "EUR")
    assert read_money("1.200.000,50 €", "USD") == (120_000_050, "EUR")
    assert read_money("5000", "CHF") == (500_000, "CHF")
    assert read_money("a lot", "USD") is None


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@x", " =1", "＝1", "\t=1", "text", "'t Hooft", "", "1"]
)
def test_guarded_cells_come_back(cell):
    """What is written so that no spreadsheet runs it is read as it was; a Dutch name keeps its
    apostrophe."""
    assert cells.plain(cells.guarded(cell)) == cell.strip()


@given(st.text(max_size=20))
def test_guarding_is_undone_by_reading(cell):
    """For any cell."""
    once = cells.plain(cell)
    assert cells.plain(cells.guarded(once)) == once or once[:1] in "'="
    assert not cells.guarded(cell)[:1] or cells.guarded(cell)[0] not in "=+-@\t\r"
