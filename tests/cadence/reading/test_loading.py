"""A playbook from its files: values, defaults, and mistakes with file and line."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadtui.cadence.model import By, Channel, Exit, Hours, OnClosedDay, Span, Unit, When
from leadtui.cadence.reading.loading import load, playbook_hash
from leadtui.errors import PlaybookError
from tests.cadence.books import FILES, changed, files


def mistake(book: dict[str, str]) -> str:
    """The first thing that is wrong with the playbook."""
    with pytest.raises(PlaybookError) as caught:
        load(book)
    assert caught.value.file
    return str(caught.value)


def test_a_cadence_is_read_whole():
    """Steps keep their order, times, texts and conditions; what is not said has its default."""
    trial = load(files()).cadences["trial"]
    welcome, call, note = trial.steps

    assert (trial.goal, trial.max_attempts, trial.stage, trial.on_finish) == (
        "evaluate",
        6,
        "new",
        Exit(("nurture",)),
    )
    assert trial.min_gap == {Channel.CALL: Span(2, Unit.HOURS), Channel.EMAIL: Span(20, Unit.HOURS)}
    assert trial.dates == {"trial_ends": When("start", Span(14, Unit.DAYS))}
    assert (welcome.by, welcome.at, welcome.on_closed_day) == (By.SYSTEM, When(), OnClosedDay.KEEP)
    assert (call.by, call.script, call.line, call.when.source) == (
        By.REP,
        "first-call",
        19,
        'engagement = ">= 20"',
    )
    assert note.at == When("trial_ends", Span(-2, Unit.BUSINESS_DAYS))
    assert (note.at_time, note.until_contact) == (time(9), True)


def test_the_lists_are_read():
    """Every other file becomes values by key or in order."""
    book = load(files())

    assert list(book.cadences) == ["nurture", "trial"]
    assert [rule.cadence for rule in book.tree] == ["trial", "nurture"]
    assert book.floor.fields == {
        "docs_link": "https://docs.halyard.example",
        "vendor": "Halyard",
        "product": "Failover",
    }
    assert book.floor.business_hours[0] == (Hours(time(9), time(17)),)
    assert book.floor.business_hours[6] == ()
    assert book.dispositions["BUSY"].delay == Span(30, Unit.MINUTES)
    assert book.calling.needs_screening == {"GB": 28}
    assert book.calling.legal["*"].week[5][1] == Hours(time(13), time.max)
    assert not book.calling.legal["US-AL"].holidays
    assert (book.sla[0].minutes, book.sla[0].from_planned) == (240, True)
    assert book.templates["email/welcome"].subject == "Your $product trial"
    assert book.templates["letter/hello"].body == "Dear ${first_name},"
    assert set(book.templates) == {
        "email/welcome",
        "letter/hello",
        "script/first-call",
        "objection/price",
    }


def test_only_the_chosen_profile_asks():
    """The questions of the other profile are not asked."""
    assert [question.key for question in load(files()).questions] == ["project"]
    other = changed(
        "qualification.toml", 'profile = "ours"\n[[question]]', 'profile = "bant"\n[[question]]'
    )
    assert [question.key for question in load(other).questions] == ["need"]


def test_override_codes_are_reasons():
    """The codes of the calling policy can be offered with one key like every reason."""
    book = load(files())

    assert book.calling.override_codes == ("supervisor",)
    assert [(reason.code, reason.key) for reason in book.reasons_of("override")] == [
        ("supervisor", "s")
    ]


def test_little_is_needed():
    """One file makes a playbook that loads; without it nothing does."""
    assert load({"playbook.toml": FILES["playbook.toml"]}).floor.mql_score == 60
    assert mistake({}) == "playbook.toml: the file is missing; add it with name, vendor and product"


def test_windows_line_ends_and_a_byte_order_mark_do_not_matter():
    """An editor's habits change neither values nor lines."""
    plain = load(files())
    other = load({path: "\ufeff" + text.replace("\n", "\r\n") for path, text in FILES.items()})

    assert other.cadences == plain.cadences
    assert other.templates["script/first-call"].body == plain.templates["script/first-call"].body


@pytest.mark.parametrize(
    ("path", "old", "new", "message"),
    [
        (
            "cadences/trial.toml",
            "on_closed_day =",
            "on_close_day =",
            "15: unknown key 'on_close_day' in a step; did you mean 'on_closed_day'?",
        ),
        (
            "cadences/trial.toml",
            '"start + 24 hours"',
            '"start + 24 huors"',
            "22: at = 'start + 24 huors' is not right in a step; did you mean 'start + 24 hours'?",
        ),
        (
            "cadences/trial.toml",
            'channel = "call"',
            'channel = "phone"',
            "21: channel = 'phone' is not right in a step; did you mean 'call'?",
        ),
        (
            "cadences/trial.toml",
            'at_time = "09:00"',
            'at_time = "25:00"',
            "31: at_time = '25:00' is not right in a step; write a time of the day such as '09:00'",
        ),
        (
            "cadences/trial.toml",
            'id = "call-1"\n',
            "",
            "19: a step has no 'id'; write a text in quotes",
        ),
        (
            "cadences/trial.toml",
            'id = "call-1"',
            'id = "call 1"',
            "20: id = 'call 1' is not right in a step; use letters, digits, '-' and '_' only",
        ),
        (
            "cadences/trial.toml",
            'name = "trial"',
            'name = "tral"',
            "1: name = 'tral' is not right in the file; write name = 'trial' as the file is called",
        ),
        (
            "cadences/trial.toml",
            "engagement =",
            "engagment =",
            "25: unknown key 'engagment' in a condition; did you mean 'engagement'?",
        ),
        (
            "cadences/nurture.toml",
            "{ close =",
            "{ reason =",
            "5: 'on_finish' has no 'close'; write a text in quotes",
        ),
        (
            "offers.toml",
            "at_once = true",
            "at_once = 'yes'",
            "4: at_once = 'yes' is not right in an offer; write true or false",
        ),
        (
            "dispositions.toml",
            'code = "BUSY"',
            'code = "NO_ANSWER"',
            "9: code 'NO_ANSWER' of a disposition is used twice; choose another",
        ),
        (
            "dispositions.toml",
            'key = "2"',
            'key = "1"',
            "8: key '1' of a disposition is used twice; choose another",
        ),
        (
            "dispositions.toml",
            '["retry", "step"]',
            '["rety", "step"]',
            "12: 'rety' is not right in 'then' of a disposition; did you mean 'retry'?",
        ),
        (
            "calling/legal-hours.toml",
            '"13:00-24:00"',
            '"11:00-24:00"',
            (
                "5: sat = ['10:00-12:00', '11:00-24:00'] is not right in [week]; write hours "
                "in order such as "
                "['09:00-12:00', '13:00-17:00']"
            ),
        ),
        (
            "calling.toml",
            "max_attempts_24h = 3",
            "max_attempts_24h = 0",
            "4: max_attempts_24h = 0 is not right in [limits]; write a whole number from 1 to 100",
        ),
        ("calling.toml", '["DE"]', '["Germany"]', "6: 'Germany' is no country; did you mean 'DE'?"),
        (
            "routing.toml",
            '"team:inside"',
            '"inside"',
            "2: to = 'inside' is not right in a rule; write 'team:name', 'rep:login' or 'hopper'",
        ),
        (
            "emails/welcome.md",
            "subject =",
            "sbject =",
            "3: unknown key 'sbject' in the front matter of an email; did you mean 'subject'?",
        ),
        (
            "emails/welcome.md",
            'cadences = ["trial"]',
            "cadence = 'trial'",
            "4: unknown key 'cadence' in the front matter of an email; did you mean 'cadences'?",
        ),
        (
            "letters/hello.md",
            "+++\ntitle = 'Hello'\n+++\n",
            "",
            "1: the file has no front matter; begin with title = \"…\" between two lines of '+++'",
        ),
        ("sla.toml", "minutes = 240", "minutes = ", "3: this is not TOML; write a value after '='"),
        (
            "playbook.toml",
            "docs_link =",
            '"docs link" =',
            "5: a text cannot name the field 'docs link'; use small letters and '_'",
        ),
    ],
)
def test_a_mistake_has_its_line_and_a_way_out(path, old, new, message):
    """Each wrong file is refused with one sentence: file, line, what, and what to do."""
    assert mistake(changed(path, old, new)) == f"{path}:{message}"


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 50_000,
        "a = " + "9" * 5_000,
        "a = 2026-99-99",
        "\x00",
        "[a]\n[a]",
        "a = '''",
        "\udcff",
        "=" * 99,
    ],
)
def test_a_file_that_is_no_toml_is_a_sentence(text):
    """Nothing that can stand in a file gets past the reader as anything but its own error."""
    assert mistake(files({"sla.toml": text})).startswith("sla.toml")


@given(
    st.sampled_from(sorted(FILES)),
    st.integers(0, 600),
    st.integers(0, 12),
    st.text(alphabet="[]{}=\"\n.a1$+#'", max_size=8),
)
def test_damaged_files_never_surprise(path, start, length, instead):
    """A file with any passage replaced either loads or is refused by name."""
    text = FILES[path]
    book = files({path: text[:start] + instead + text[start + length :]})
    try:
        load(book)
    except PlaybookError as error:
        problem = error
    else:
        return
    assert problem.file in book
    assert 0 <= problem.line <= book[problem.file].count("\n") + 1


@given(
    st.dictionaries(st.text(max_size=5), st.text(max_size=5)),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5)),
)
def test_a_hash_stands_for_one_playbook(one, other):
    """Playbooks have the same hash exactly when they are the same, in whatever order the files
    come."""
    assert (playbook_hash(one) == playbook_hash(other)) is (one == other)
    assert playbook_hash(dict(reversed(one.items()))) == playbook_hash(one)
