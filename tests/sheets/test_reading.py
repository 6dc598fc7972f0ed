"""A table comes out of any file that an exhibitor's portal, a spreadsheet or a colleague may have
written."""

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadtui.errors import LeadtuiError
from tests.sheets.files import table

PLAIN = "Name,Email,Company\nAnn Lee,ann@x.example,Acme\nBob Day,bob@x.example,Bolt\n"
CELLS = [("Ann Lee", "ann@x.example", "Acme"), ("Bob Day", "bob@x.example", "Bolt")]


def cells(found):
    return [row.cells for row in found.rows]


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1"],
)
def test_encodings(encoding):
    """Marks, UTF-16 with and without one, and Western code pages are read without being asked."""
    text = PLAIN.replace("Ann Lee", "Zoë Müller")
    assert cells(table(text, encoding=encoding))[0][0] == "Zoë Müller"


def test_utf16_with_byte_order_mark_big_endian():
    """The mark says which end comes first."""
    assert cells(table(b"\xfe\xff" + PLAIN.encode("utf-16-be"))) == CELLS


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("cp1252", "Jürgen Jäger,Hélène Lefèvre,João Guimarães,Bjørn Næss,Peña"),
        ("cp1252", "Þór Sigurðsson,Guðrún"),
        ("cp1252", "GARCÍA MUÑOZ,10º,5 € – it’s “fine”"),
        ("cp1250", "Grażyna Świątek,Żary,Łomża"),
        ("cp1250", "Božena Nováková,Jiří Kučera,Plzeň"),
        ("cp1250", "Erdős Győző,Tűzoltó,x@y.hu"),
        ("cp1250", "Kovačević,Đorđe,Šimić"),
        ("cp1254", "Ayşe Yılmaz,Çağrı Doğan,İstanbul"),
        ("cp850", "Jürgen Jäger,Größe,Köln"),
        ("cp850", "Hélène Lefèvre,Français"),
        ("mac_roman", "Jürgen Jäger,Hélène,Noël"),
        ("cp852", "Grażyna Świątek,Żary,Łomża"),
        ("iso8859-2", "Grażyna Świątek,Żary,Łomża"),
        ("cp1251", "Иван Петров,Рога и копыта"),
        ("koi8-r", "Иван Петров,Рога и копыта"),
        ("cp1253", "Γιώργος Παπαδόπουλος,Αθήνα"),
        ("cp1257", "Žukauskas,Kazlauskienė,x@y.lt"),
        ("cp932", "山田太郎,株式会社" + ",山田太郎,株式会社" * 20),
    ],
)
def test_old_code_pages_are_told_by_their_words(encoding, names):
    """A dozen names are enough, and it is said under which page they were read."""
    found = table(
        "Name,Company\n" + "\n".join(f"{name},Acme" for name in names.split(",")), encoding=encoding
    )
    assert [row.cells[0] for row in found.rows] == names.split(",")
    assert "look whether" in found.warnings[0]


@pytest.mark.parametrize(("encoding", "name"), [("cp1250", "Zdeněk"), ("cp1254", "Yıldız")])
def test_a_code_page_that_cannot_be_told_is_asked_for(encoding, name):
    """With how a name stands under each."""
    with pytest.raises(LeadtuiError, match=f"{name}.*--encoding"):
        table(f"Name,Company\n{name},Acme\n", encoding=encoding)
    assert table(f"Name\n{name}\n", encoding=encoding, given=encoding).rows[0].cells == (name,)


@pytest.mark.parametrize("name", ["Jürgen Müller", "Łukasz’s – café", "CAFÉ", "Şule"])
def test_text_that_was_encoded_twice(name):
    """It is read as it was meant, its lines are named, and nothing else is touched."""
    text = f"Name,Company\n{name},Acme\n"
    for page in ("cp1252", "latin-1"):
        with suppress(UnicodeDecodeError):
            found = table(text.encode().decode(page))
            assert found.rows[0].cells[0] == name
            assert "twice as UTF-8, and read as it was meant: line 2" in found.warnings[0]
    assert table(text).warnings == ()


def test_given_encoding_is_obeyed():
    """Whoever knows the encoding may name it; a wrong name is refused."""
    assert (
        cells(table(PLAIN.replace("Ann", "Łucja"), encoding="cp1250", given="cp1250"))[0][0]
        == "Łucja Lee"
    )
    with pytest.raises(LeadtuiError, match="unknown"):
        table(PLAIN, given="klingon")


def test_lines_of_two_encodings():
    """Two exports pasted together: the odd lines are read as Windows-1252, and named."""
    data = (
        "Name,Email\nZoë,z@x.example\nJosé,j@x.example\n".encode()
        + "Jürgen,k@x.example\n".encode("cp1252")
    )
    found = table(data)
    assert [row.cells[0] for row in found.rows] == ["Zoë", "José", "Jürgen"]
    assert "line 4" in found.warnings[0]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(delimiter):
    """The delimiter is the one under which the header is known."""
    assert cells(table(PLAIN.replace(",", delimiter))) == CELLS


@pytest.mark.parametrize("first", ["sep=;", "SEP=;", '"sep=;"'])
def test_sep_line(first):
    """A first line for spreadsheets names the delimiter and is no row."""
    found = table(f"{first}\r\n" + PLAIN.replace(",", ";"))
    assert cells(found) == CELLS
    assert found.rows[0].line == 3


def test_commas_inside_cells_do_not_win():
    """A semicolon file full of commas is still a semicolon file."""
    text = (
        "Name;Company;Notes\nLee, Ann;Acme, Inc.;one, two, three\nDay, Bob;Bolt, LLC;four, five\n"
    )
    assert cells(table(text))[0] == ("Lee, Ann", "Acme, Inc.", "one, two, three")


def test_title_rows_above_the_header():
    """Titles and preambles stay outside, and are told."""
    found = table("Lead export\nEvent Name,Lakeside Week\n\n" + PLAIN)
    assert cells(found) == CELLS
    assert len(found.warnings) == 2
    assert "Lakeside Week" in found.warnings[1]


def test_no_header_is_asked_for():
    """A file without any header we know is refused with what to do."""
    with pytest.raises(LeadtuiError, match="--map"):
        table("Ann,ann@x.example\nBob,bob@x.example\n")


def test_mapped_header_is_known():
    """``--map`` makes a strange header a header."""
    found = table("wer,wo\nAnn Lee,Acme\n", mapping={"full_name": "wer"})
    assert cells(found) == [("Ann Lee", "Acme")]


def test_row_quoted_as_one_field():
    """A whole row that some tool quoted once more is cut again, header and all."""
    found = table(
        '"Name,Email,Company"\n"Ann Lee,ann@x.example,""Acme, Inc."""\nBob Day,bob@x.example,Bolt\n'
    )
    assert cells(found) == [("Ann Lee", "ann@x.example", "Acme, Inc."), CELLS[1]]


def test_quoted_line_ends():
    """A cell may hold lines; the next row keeps its own line number."""
    found = table('Name,Notes,Email\nAnn,"one\ntwo\n\nthree",a@x.example\nBob,,b@x.example\n')
    assert found.rows[0].cells[1] == "one\ntwo\n\nthree"
    assert [row.line for row in found.rows] == [2, 6]


@pytest.mark.parametrize(
    "bad",
    ['"Ann Lee,ann@x.example,Acme', 'Ann Lee,"ann@x.example,Acme', 'Ann Lee,ann@x.example,"Acme'],
)
@pytest.mark.parametrize(
    "after", [[], ["Cy,c@x.example,Cog"], ['"Cy, Jr",c@x.example,"Cog, Inc."', "Di,d@x.example,"]]
)
def test_unclosed_quote_costs_one_row(bad, after):
    """A quote that is never closed does not swallow what follows."""
    found = table("\n".join(["Name,Email,Company", "Bob Day,bob@x.example,Bolt", bad, *after, ""]))
    assert [(item.line, "quote" in item.reason) for item in found.broken] == [(3, True)]
    assert len(found.rows) == 1 + len(after)


def test_quotes_inside_words():
    """``"Ann" Lee`` and a backslash before a quote are odd, not lost."""
    found = table(
        'Name,Email,Company\n"Ann" Lee,a@x.example,x\n"Joe \\"Ace\\" Day",j@x.example,"A, B"\n'
    )
    assert not found.broken
    assert found.rows[1].cells == ('Joe "Ace" Day', "j@x.example", "A, B")


def test_nul_bytes():
    """NULs are taken out, and told."""
    found = table(PLAIN.replace("Ann", "A\0nn"))
    assert cells(found) == CELLS
    assert "NUL" in found.warnings[0]


def test_too_many_cells_are_listed_not_shifted():
    """A comma without quotes would shift every cell after it."""
    found = table(PLAIN + "Cy,c@x.example,Cog, Inc.\n")
    assert len(found.rows) == 2
    assert found.broken[0].line == 4
    assert "4 cells where the header has 3" in found.broken[0].reason


def test_short_and_trailing_cells():
    """Missing cells are empty, empty surplus ones and blank lines are nothing."""
    found = table("Name,Email,Company,,\nAnn,a@x.example\n\n , ,\nBob,b@x.example,Bolt,,,,\n")
    assert found.header == ("Name", "Email", "Company")
    assert cells(found) == [("Ann", "a@x.example", ""), ("Bob", "b@x.example", "Bolt")]


def test_space_before_the_quote():
    """``, "Acme, Inc."`` is one cell."""
    assert cells(table('Name, Company, Email\nAnn, "Acme, Inc.", a@x.example\n')) == [
        ("Ann", "Acme, Inc.", "a@x.example")
    ]


def test_header_only_is_a_table_without_rows():
    """Nothing to import is no error."""
    assert table("Name,Email\n").rows == ()


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b"  \r\n"])
def test_empty_file(data):
    """An empty file says so."""
    with pytest.raises(LeadtuiError, match="empty"):
        table(data)


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7",
        b"\x1f\x8b\x08",
        b"SQLite format 3\0",
        b"\xef\xbb\xbf <HTML><table>",
        b'[{"name": "Ann"}]',
        b"BEGIN:VCARD\r\nFN:Ann",
    ],
)
def test_no_table(data):
    """What is no table at all is named."""
    with pytest.raises(LeadtuiError, match="CSV"):
        table(data)


def test_many_unclosed_quotes_stay_fast():
    """Each broken row costs a look ahead, not a read of the whole file from its start."""
    text = "Name,Email\n" + "".join(
        f'"Ann{i},a{i}@x.example\nBob{i},b{i}@x.example\n' for i in range(5000)
    )
    found = table(text)
    assert len(found.broken) == 5000
    assert len(found.rows) == 5000


twice = "".join(map(chr, (*range(0xC2, 0xE0), 0xE2, 0xF0)))
"""What UTF-8 begins with that was encoded twice."""
text_cell = st.text(
    st.characters(blacklist_categories=("Cs",), blacklist_characters=f"\0\x1a{twice}"), max_size=30
)
western = st.sampled_from(
    [
        "Zoë Müller",
        "José Peña",
        "5 € – it’s “ok”",
        "Hélène, Noël",
        'Größe "L"',
        "Bjørn\nØst",
        "x@y",
        "",
    ]
)


def written(rows, delimiter, line_end):
    out = io.StringIO()
    # the writer of Python 3.11 leaves a lone CR or LF bare unless it is part of the line end
    quoting = csv.QUOTE_MINIMAL if line_end == "\r\n" else csv.QUOTE_ALL
    csv.writer(out, delimiter=delimiter, lineterminator=line_end, quoting=quoting).writerows(
        [["Name", "Email", "Company"], *rows]
    )
    return out.getvalue()


def comes_back(rows, found):
    said = [tuple(row) for row in rows if any(cell.strip() for cell in row)]
    assert cells(found) == said
    assert not found.broken


@given(
    st.lists(st.tuples(text_cell, text_cell, text_cell), max_size=8),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_any_table_comes_back(rows, delimiter, line_end, encoding):
    """Whatever text the cells hold, and however it was written, the same cells come back."""
    comes_back(rows, table(written(rows, delimiter, line_end), encoding=encoding))


@given(
    st.lists(st.tuples(western, western, western), max_size=8), st.sampled_from([",", ";", "\t"])
)
def test_any_western_table_comes_back_from_windows(rows, delimiter):
    """The same for Windows-1252, where the text is words."""
    comes_back(rows, table(written(rows, delimiter, "\r\n"), encoding="cp1252"))


@given(st.binary(max_size=300))
def test_no_bytes_end_in_a_traceback(data):
    """Any bytes are a table or one sentence."""
    with suppress(LeadtuiError):
        table(data)
