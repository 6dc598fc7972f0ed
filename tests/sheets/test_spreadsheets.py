"""A spreadsheet is read as the CSV that it would be saved as."""

import io
import zipfile

import pytest

from leadtui.errors import LeadtuiError
from leadtui.sheets.spreadsheets import is_sheet, read_sheet

HEADER = ["Name", "Email", "Company", "Budget"]
ROWS = [
    ["Ann Lee", "ann@x.example", "Acme", 1200.0],
    ["Bob Day", "bob@x.example", "Bölt & Sons", 0.5],
]
CELLS = [
    ("Ann Lee", "ann@x.example", "Acme", "1200"),
    ("Bob Day", "bob@x.example", "Bölt & Sons", "0.5"),
]

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OPEN = "urn:oasis:names:tc:opendocument:xmlns"


def zipped(parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


def escaped(cell):
    return str(cell).replace("&", "&amp;")


def xlsx(*sheets):
    """The smallest workbook that is one."""
    names = [f"sheet{number}.xml" for number in range(1, len(sheets) + 1)]
    book = "".join(f'<sheet name="{n}" sheetId="{n[5]}" r:id="{n[:-4]}"/>' for n in names)
    links = "".join(
        f'<Relationship Id="{n[:-4]}" Type="{DOCUMENT}/worksheet" Target="worksheets/{n}"/>'
        for n in names
    )
    start = f'<Relationship Id="a" Type="{DOCUMENT}/officeDocument" Target="xl/workbook.xml"/>'
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{RELATIONS}">{start}</Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELATIONS}">{links}</Relationships>',
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}"><sheets>{book}</sheets></workbook>'
        ),
    }
    for name, rows in zip(names, sheets, strict=True):
        lines = "".join(f"<row>{''.join(map(xlsx_cell, row))}</row>" for row in rows)
        parts[f"xl/worksheets/{name}"] = (
            f'<worksheet xmlns="{MAIN}"><sheetData>{lines}</sheetData></worksheet>'
        )
    return zipped(parts)


def xlsx_cell(cell):
    if isinstance(cell, float):
        return f"<c><v>{cell}</v></c>"
    return f'<c t="inlineStr"><is><t>{escaped(cell)}</t></is></c>'


def ods(rows):
    """The smallest OpenDocument spreadsheet that is one."""
    lines = "".join(
        f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in rows
    )
    spaces = " ".join(f'xmlns:{name}="{OPEN}:{name}:1.0"' for name in ("office", "table", "text"))
    content = f'<table:table table:name="one">{lines}</table:table>'
    body = f"<office:body><office:spreadsheet>{content}</office:spreadsheet></office:body>"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    entry = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
    return zipped(
        {
            "mimetype": kind,
            "META-INF/manifest.xml": (
                "<manifest:manifest "
                f'xmlns:manifest="{OPEN}:manifest:1.0">{entry}</manifest:manifest>'
            ),
            "content.xml": f"<office:document-content {spaces}>{body}</office:document-content>",
        }
    )


def ods_cell(cell):
    if isinstance(cell, float):
        return f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
    text = f"<text:p>{escaped(cell)}</text:p>"
    return f'<table:table-cell office:value-type="string">{text}</table:table-cell>'


def cells(data):
    assert is_sheet(data)
    return [row.cells for row in read_sheet(data, "leads.xlsx", HEADER.__contains__).rows]


@pytest.mark.parametrize("written", [xlsx, ods])
def test_a_spreadsheet_is_a_table(written):
    """Both kinds; a whole number has no point."""
    assert cells(written([HEADER, *ROWS])) == CELLS


def test_empty_sheets_before_the_list_are_passed_over():
    """A cover sheet without a cell is not the list."""
    assert cells(xlsx([], [HEADER, *ROWS])) == CELLS


def test_an_archive_that_is_no_spreadsheet_is_refused():
    """The sentence names the file and the way around."""
    with pytest.raises(
        LeadtuiError,
        match=r"leads.xlsx: this spreadsheet cannot be read .*; save it as CSV and import that",
    ):
        cells(zipped({"readme.txt": "no sheet"}))
