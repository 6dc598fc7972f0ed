"""Telephone numbers as they stand in files."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadtui.sheets.phones import read_phones

CHICAGO = "+13125550142"


def numbers(cell, region="US", **options):
    return [
        (found.number, found.extension) for found in read_phones(cell, region, **options).numbers
    ]


@pytest.mark.parametrize(
    ("cell", "extension"),
    [
        ("(312) 555-0142", ""),
        ("312.555.0142 x123", "123"),
        ("312-555-0142 ext. 123", "123"),
        ("312-555-0142 #123", "123"),
        ("312-555-0142 Ext: 123", "123"),
        ("312-555-0142 extension 123", "123"),
        ("(312) 555-0142 (x123)", "123"),
        ("312 555 0142 poste 9", "9"),
        ("'3125550142", ""),
        ("p:+13125550142", ""),
        ("tel: 312 555 0142", ""),
        ("001-312-555-0142", ""),
        ("001-312-555-0142x99", "99"),
        ("(001)312-555-0142", ""),
        ("13125550142.0", ""),
        ("3125550142.0", ""),
        ("1.3125550142E+10", ""),
        ('="3125550142"', ""),
        ("13,125,550,142", ""),
        ("+1 (312) 555-0142", ""),
        ("３１２-555-0142", ""),
        ("312\u00a0555\u00a00142", ""),
        ("312–555–0142", ""),
        ("1-312-555-0142", ""),
        ("011 1 312 555 0142", ""),
    ],
)
def test_forms_of_one_number(cell, extension):
    """However it is written, it is one E.164 number, the extension apart."""
    assert numbers(cell) == [(CHICAGO, extension)]


@pytest.mark.parametrize(
    "cell",
    [
        "312-555-0142 / 415-555-0101",
        "312-555-0142; 415-555-0101",
        "312-555-0142, 415-555-0101",
        "3125550142/4155550101",
        "312-555-0142 or 415-555-0101",
        "312-555-0142\n415-555-0101",
        "312-555-0142 | 415-555-0101",
    ],
)
def test_two_numbers_in_a_cell(cell):
    """Both are kept, in order."""
    assert numbers(cell) == [(CHICAGO, ""), ("+14155550101", "")]


def test_a_slash_can_be_part_of_one_number():
    """As in Germany, between area code and number."""
    assert numbers("030/1234567", "DE") == [("+49301234567", "")]
    assert numbers("030/1234567 / 0171 1234567", "DE") == [
        ("+49301234567", ""),
        ("+491711234567", ""),
    ]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("1.55512E+10", "digits"),
        ("1,55512E+10", "digits"),
        ("1.6E10", "digits"),
        ("12", "too short"),
        ("5550142", "area code"),
        ("call me", "no telephone number"),
        ("312 555 0142 9999", "too long"),
        ("+999 123456", "country"),
    ],
)
def test_what_is_no_number_is_named(cell, reason):
    """Impossible numbers go with their reason; so do those whose last digits a spreadsheet lost."""
    found = read_phones(cell, "US")
    assert found.numbers == ()
    assert reason in found.problems[0][1]


def test_one_bad_number_does_not_cost_the_good_one():
    """Each number of a cell stands for itself."""
    found = read_phones("1.55512E+10; 312-555-0142", "US")
    assert [item.number for item in found.numbers] == [CHICAGO]
    assert found.problems[0][0] == "1.55512E+10"


def test_possible_but_unassigned_numbers_are_kept_and_marked():
    """Drama numbers of Ofcom and 555 area codes are "invalid", and somebody may still answer."""
    assert [(item.number, item.valid) for item in read_phones("555-123-4567", "US").numbers] == [
        ("+15551234567", False)
    ]
    assert [item.valid for item in read_phones("020 7946 0018", "GB").numbers] == [True]


@pytest.mark.parametrize(
    ("cell", "region", "number", "extension", "beside"),
    [
        ("030 90182 (Anna)", "DE", "+493090182", "", "Anna"),
        ("+49 89 2180 Zentrale", "DE", "+49892180", "", "Zentrale"),
        ("Anna: 030 90182", "DE", "+493090182", "", "Anna"),
        ("030-90182 / Zentrale", "DE", "+493090182", "", "Zentrale"),
        ("030 90182 App. 12", "DE", "+493090182", "12", ""),
        ("312-555-0142 ext.", "US", CHICAGO, "", ""),
        ("312-555-0142 x", "US", CHICAGO, "", ""),
        ("312-555-0142 x 12/13", "US", CHICAGO, "12", "13"),
        ("312-555-0142 x12 x13", "US", CHICAGO, "12", "13"),
        ("312-555-0142 ext 12 or 13", "US", CHICAGO, "12", "or 13"),
        ("tel:+1-312-555-0142;ext=12", "US", CHICAGO, "12", ""),
        ("312-555-0142 (Bob) x12", "US", CHICAGO, "12", "Bob"),
        ("312-555-0142 (office)", "US", CHICAGO, "", ""),
    ],
)
def test_what_stands_beside_a_number(cell, region, number, extension, beside):
    """It is left out of the number and told; an empty extension is none, of two the first
    counts."""
    found = read_phones(cell, region)
    assert [(one.number, one.extension) for one in found.numbers] == [(number, extension)]
    assert "".join(said for _, said in found.asides) == beside


@pytest.mark.parametrize(
    ("cell", "region"),
    [
        ("1-800-FLOWERS", "US"),
        ("(312) 555-PUMP", "US"),
        ("0800 33 REIFEN", "DE"),
        ("312 555 O142", "US"),
        ("312-555-0142 fax", "US"),
        ("030 901820", "US"),
        ("49 30 901820", "US"),
        ("(312) 555-0142", "DE"),
        ("312-555-0142", "GB"),
    ],
)
def test_no_digits_of_letters_and_no_number_of_another_country(cell, region):
    """Left out with a reason, rather than somebody else's number."""
    found = read_phones(cell, region)
    assert (found.numbers, len(found.problems)) == ((), 1)


@pytest.mark.parametrize("cell", ["", "n/a", "N/A", "-", "none", "null", "unknown"])
def test_nothing(cell):
    """Words for nothing are nothing."""
    assert read_phones(cell, "US") == read_phones("", "US")


@pytest.mark.parametrize(
    ("cell", "dial"),
    [
        ("171 1234567", "+49"),
        ("49 171 1234567", "49"),
        ("0171 1234567", "0049"),
        ("171 1234567", "49.0"),
        ("+49 171 1234567", "1"),
    ],
)
def test_country_code_in_a_column_of_its_own(cell, dial):
    """``mobile_without_country_code`` and ``country_code`` make one number."""
    assert numbers(cell, "US", dial=dial) == [("+491711234567", "")]


@given(
    st.from_regex(
        r"\A(\+?1[ .-]?)?\(?[2-9][0-9]{2}\)?[ .-]?[0-9]{3}[ .-]?[0-9]{4}( ?x[0-9]{1,6})?\Z"
    )
)
def test_the_short_way_is_the_parsers_way(cell):
    """The most usual form skips the parser and comes to the same."""
    parsed = phonenumbers.parse(cell, "US")
    valid = phonenumbers.is_valid_number(parsed)
    found = next(iter(read_phones(cell, "US").numbers), None)
    if found is None:  # of another country, as far as anybody can tell
        assert not valid
        return
    assert found.number == phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    assert found.extension == (parsed.extension or "")
    assert found.valid == valid


@given(st.text(max_size=40), st.sampled_from(["US", "DE", "GB", ""]))
def test_any_text(cell, region):
    """Whatever stands there, it is numbers, problems or nothing, and numbers are E.164."""
    found = read_phones(cell, region)
    assert all(number.number[0] == "+" and number.number[1:].isdigit() for number in found.numbers)
