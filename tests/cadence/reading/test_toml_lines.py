"""The line of a key in a TOML text."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadtui.cadence.reading.loading import locate

TEXT = '''# a comment with [brackets] and "quotes"
name = "x"
long = """
[step]
"quoted" \\""" at = 3
"""
list = [
  "one", # ]
  { at = 1, deep = [ { key = 2 } ] },
]
"odd key" = 'C:\\'
dotted.key.here = 1979-05-27T07:32:00Z

[[step]]
id = "a"
when = { any = [
    { offer = "trial" },
    { not = { country = "US" } },
] }

[[step]]
id = "b"
[step.inner]
at = 'x'
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("name",), 2),
        (("long",), 3),
        (("list",), 7),
        (("list", 0), 8),
        (("list", 1, "deep", 0, "key"), 9),
        (("odd key",), 11),
        (("dotted", "key", "here"), 12),
        (("step", 0), 14),
        (("step", 0, "when", "any", 0, "offer"), 17),
        (("step", 0, "when", "any", 1, "not", "country"), 18),
        (("step", 1, "id"), 22),
        (("step", 1, "inner", "at"), 24),
        (("step", 1, "missing"), 21),
        (("nowhere",), 0),
    ],
)
def test_a_path_has_the_line_on_which_it_is_written(path, line):
    """Tables, arrays of tables, inline tables, dotted keys and long strings are all followed."""
    tomllib.loads(TEXT)

    assert locate(TEXT, path) == line


@pytest.mark.parametrize(
    "text", ["a = '''", 'a = """', 'a = "\\\\x', "a=[", "a.", "{", "[[a", "' #\\n"]
)
def test_no_text_takes_long(text):
    """A hundred thousand times the same beginning is given up or read at once."""
    assert locate(text * 100_000, ("a",)) >= 0


@given(st.text(alphabet="[]{}=.,\"'\\# \nab1", max_size=60))
def test_any_text_has_an_answer(text):
    """Even a text that is no TOML is scanned to an end."""
    assert locate(text, ("a", "b")) >= 0


@given(
    st.lists(st.sampled_from(["a = 1", "# b", "", 'c = "x"', "d = [1,\n 2]"]), max_size=8),
    st.booleans(),
)
def test_the_line_is_that_of_the_text(lines, windows):
    """A key at the end is found behind whatever stands above it, with either line end."""
    above = "\n".join(f"[t{number}]\n{line}" for number, line in enumerate(lines))
    text = f"{above}\n[last]\nkey = 1\n"
    expected = text.split("\n").index("key = 1") + 1

    assert locate(text.replace("\n", "\r\n") if windows else text, ("last", "key")) == expected
