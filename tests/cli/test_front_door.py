"""What every command keeps to: which floor and who, one sentence for an error, an exit code, and
never a traceback."""

import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.main import get_command

from leadtui import __version__
from leadtui.cli.lazily import lazily
from leadtui.cli.tree import build
from leadtui.store.engine.sqlite import driver
from tests.builders import a_floor
from tests.cli.running import NOW, Line, around, as_nobody, program, refused
from tests.conftest import examples, share

WRONG = [
    (("nonsense",), 2),
    (("queue", "--nonsense"), 2),
    (("queue", "--limit", "none"), 2),
    (("queue", "--limit", "0"), 2),
    (("queue", "left", "over"), 2),
    (("start",), 2),
    (("start", "one"), 2),
    (("start", "999"), 1),
    (("start", "-1"), 2),
    (("start", "99999999999999999999999"), 1),
    (("call", "999"), 1),
    (("confirm",), 2),
    (("confirm", "--yes", "--no"), 2),
    (("confirm", "--yes"), 1),
    (("confirm", "--yes", "--outcome"), 2),
    (("defer", "1", "--to", "tomorrow 10:00"), 2),
    (("defer", "1", "--to", "", "--reason", "needs_preparation"), 2),
    (("defer", "1", "--to", "whenever", "--reason", "needs_preparation"), 2),
    (("defer", "999", "--to", "tomorrow 10:00", "--reason", "needs_preparation"), 1),
    (("done", "1"), 1),
    (("done", "1", "--outcome", "SOLD"), 2),
    (("rep", "nonsense"), 2),
    (("rep", "add", "Kim"), 2),
    (("rep", "add", "", "--login", "kim"), 2),
    (("rep", "add", "Kim\x07", "--login", "kim"), 2),
    (("rep", "add", "Kim", "--login", " "), 2),
    (("rep", "add", "Kim", "--login", "k m"), 2),
    (("notice", "publish", "--title", "New script"), 2),
    (("log", "correct", "1", "--note", "x"), 2),
    (("lead", "edit", "1", "--employees", "-5"), 2),
    (("lead", "edit", "1", "--employees", "99999999999999999999999"), 2),
    (("init", "left", "--floor", "right"), 2),
    (("playbook", "show", "none"), 1),
    (("playbook", "check", "/nowhere"), 1),
    (("playbook", "simulate", "trial", "--start", "soon"), 2),
    (("playbook", "simulate", "trial", "--start", "2026-11-20T21:00:00Z", "--zone", "Narnia"), 1),
    (("playbook", "simulate", "none", "--start", "2026-11-20T21:00:00Z"), 1),
]


@pytest.mark.parametrize(
    ("words", "code"),
    share(WRONG, 12),
    ids=lambda said: " ".join(said) if isinstance(said, tuple) else str(said),
)
def test_what_is_wrong_is_one_sentence_and_a_code(run, words, code):
    """Standard output stays empty for whoever reads it; 1 is refused or failed, 2 is wrong use."""
    rep = "" if words[0] in {"rep", "playbook", "notice", "log", "init"} else "dana"

    assert len(refused(run(*words, rep=rep), code)) > 20


def test_where_and_who_can_be_said_before_or_after(run, demo):
    """Alike in every place; what is said last counts."""
    before = run("--floor", str(demo), "--rep", "dana", "queue", "--json", rep="", floor=False)
    after = run("queue", "--json", "--rep", "dana", f"--floor={demo}", rep="", floor=False)
    mixed = run(
        "--floor",
        "/nowhere",
        "--rep",
        "ali",
        "queue",
        "--rep",
        "dana",
        "--json",
        "--floor",
        str(demo),
        rep="",
        floor=False,
    )

    assert before.data == after.data == mixed.data
    assert len(before.data) == 5


def test_a_command_forgets_what_the_one_before_was_told(run, demo):
    """Two commands in one process do not share a floor."""
    assert run("queue", "--json").code == 0
    refused(run("queue", "--json", floor=False))


def test_the_floor_is_found(run, demo, monkeypatch):
    """By the variable, or upwards from here; the database by option or variable."""
    monkeypatch.setenv("LEADTUI_FLOOR", str(demo))
    assert len(run("queue", "--json", floor=False).data) == 5
    monkeypatch.delenv("LEADTUI_FLOOR")
    monkeypatch.chdir(demo / "playbook" / "cadences")
    assert len(run("queue", "--json", floor=False).data) == 5

    other = demo.parent / "other.db"
    shutil.copy(demo / "leadtui.db", other)
    (demo / "leadtui.db").unlink()
    refused(run("queue", "--json"))
    assert len(run("queue", "--json", "--database", f"sqlite:///{other}").data) == 5
    monkeypatch.setenv("LEADTUI_DATABASE", f"sqlite:///{other}")
    assert len(run("queue", "--json").data) == 5


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (("--floor", "/nowhere"), "leadtui.toml", 1),
        (("--database", "sqlite:////nowhere/x.db"), "there is no database", 1),
        (("--database", "mysql://x"), "neither sqlite", 1),
        (("--rep", "Nobody"), "known are Dana Reyes", 2),
        (("--rep", "\x1b[31mred"), "nobody on this floor", 2),
    ],
)
def test_a_floor_a_database_or_a_person_that_is_not_there(run, words, said, code):
    """What, where, and what to do."""
    assert said in refused(run("queue", *words, rep="", floor="--floor" not in words), code)


def test_without_a_floor_the_two_ways_to_one_are_offered(run):
    """Bare leadtui is where people begin."""
    ran = run(rep="", floor=False)

    assert ran.code == 1
    assert "leadtui demo" in ran.out
    assert "leadtui init" in ran.out
    assert "leadtui init" in refused(run("queue", rep="", floor=False))


def test_the_call_block_needs_a_terminal(run):
    """In a pipe the commands are named that need none."""
    assert "leadtui queue" in refused(run())


def test_version_and_help(run):
    """Both print and end with 0; help of each command names its options."""
    assert run("--version", rep="", floor=False).out == f"leadtui {__version__}\n"
    assert "queue" in run("--help", rep="", floor=False).out
    assert "--out-of-turn" in run("start", "--help", rep="", floor=False).out
    assert run("rep", rep="", floor=False).code in {0, 2}


# -- who, and what time it is ----------------------------------------------------------------------


def test_on_a_demo_floor_the_clock_can_be_set_but_not_behind_the_log(run, monkeypatch):
    """A later time is taken; an earlier one than the last entry is that entry's."""
    monkeypatch.setenv("LEADTUI_NOW", "2026-11-23T18:00:00Z")
    started = run("start", run("queue", "--json").data[0]["touch"], "--json").data["started"]
    assert started.startswith("2026-11-23T18:00:0")

    monkeypatch.setenv("LEADTUI_NOW", "2020-01-01T00:00:00Z")
    run("confirm", "--no", "--reason", "tool_down")
    started = run("start", run("queue", "--json").data[0]["touch"], "--ack", "--json").data[
        "started"
    ]
    assert started.startswith("2026-11-23T18:00:")


def test_looking_at_another_time_moves_no_demo_clock(run, monkeypatch):
    """The queue of a day to come is shown, and the floor's clock stands where it stood."""
    before = run("log", "clock", "--json").data["entry"]
    monkeypatch.setenv("LEADTUI_NOW", "2031-11-24T18:00:00Z")
    assert run("queue", "--json").data
    assert run("next", "--json").data
    assert run("log", "clock", "--json").data["entry"] == before

    monkeypatch.delenv("LEADTUI_NOW")
    assert run("log", "clock", "--json").data["clock"] < "2027"


@pytest.mark.parametrize("said", ["yesterday", "2026-11-23", "2026-11-23T15:00:00"])
def test_a_clock_that_is_set_wrongly_is_refused(run, monkeypatch, said):
    """With how to write it."""
    monkeypatch.setenv("LEADTUI_NOW", said)

    assert "LEADTUI_NOW" in refused(run("queue"), 2)


def test_on_a_real_floor_neither_the_clock_nor_the_person_can_be_chosen(
    tmp_path, capsys, monkeypatch
):
    """The variable is refused, and so is working as somebody else; one's own name is fine."""
    from leadtui.desk.core.people import os_login
    from leadtui.desk.floor.making import NewRep
    from tests.builders import PEOPLE

    folder = a_floor(
        tmp_path / "real", people=(NewRep("Own Er", os_login(), "supervisor"), *PEOPLE), demo=False
    )
    line = Line(folder, capsys)
    monkeypatch.setenv("LEADTUI_NOW", NOW)
    assert "real floor" in refused(line("queue", rep=""))
    monkeypatch.delenv("LEADTUI_NOW")

    assert line("queue", "--json", rep="").data == []
    assert line("queue", "--json", rep="Own Er").data == []
    assert "refused" in refused(line("queue", rep="dana"))


def test_a_login_that_nobody_has_is_told_whom_to_ask(tmp_path, capsys, monkeypatch):
    """On any floor, where nobody was named."""
    folder = a_floor(tmp_path / "floor")
    monkeypatch.setenv("LEADTUI_NOW", NOW)

    assert "leadtui rep add" in refused(Line(folder, capsys)("queue", rep=""))


# -- a floor that is broken ------------------------------------------------------------------------


def test_a_newer_database_is_refused(run, demo):
    """An old program does not touch what it does not know."""
    connection = driver().connect(demo / "leadtui.db")
    connection.execute("INSERT INTO migration (number, name, at) VALUES (999, 'to come', 0)")
    connection.commit()
    connection.close()

    assert "install a newer leadtui" in refused(run("queue"))


def test_a_damaged_database_is_said_to_be_damaged(run, demo):
    """With what to do; and a file of another program is named as such."""
    for name in ("leadtui.db-wal", "leadtui.db-shm"):
        (demo / name).unlink(missing_ok=True)
    (demo / "leadtui.db").write_bytes(b"no database " * 1000)
    assert "damaged" in refused(run("queue"))

    (demo / "leadtui.db").unlink()
    connection = driver().connect(demo / "leadtui.db")
    connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.commit()
    connection.close()
    assert "not a leadtui database" in refused(run("queue"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[floor\n", "valid TOML"),
        ("[flor]\nname = 'x'\n", "did you mean"),
        ("[floor]\nzone = 'Narnia'\n", "IANA"),
        ("[floor]\nname = 7\n", "text in quotes"),
        ("[mail]\ntransport = 'pigeon'\n", "choose one of"),
        ("[mail]\nport = '587'\n", "must be a number"),
        ("[floor]\ncountry = 'usa'\n", "two capital letters"),
        ("\xff", "valid TOML"),
    ],
)
def test_broken_settings_are_named_with_their_place(run, demo, text, said):
    """File, section, key, and the nearest known word."""
    (demo / "leadtui.toml").write_text(text, encoding="utf-8")

    line = refused(run("queue"))
    assert said in line
    assert "leadtui.toml" in line


def test_settings_that_are_no_text(run, demo):
    """UTF-16 is what a Windows editor may leave."""
    (demo / "leadtui.toml").write_bytes("[floor]\n".encode("utf-16"))

    assert "UTF-8" in refused(run("queue"))


@pytest.fixture
def shut(laid_demo):
    """A floor that works, and a copy of it that everybody may read and nobody but its owner may
    write."""
    home = Path(tempfile.mkdtemp(prefix="leadtui-door-"))
    works, closed = (Path(shutil.copytree(laid_demo, home / name)) for name in ("works", "closed"))
    home.chmod(0o755)
    for path in (closed, *closed.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield works, closed
    for path in (closed, *closed.rglob("*")):
        path.chmod(0o755)
    shutil.rmtree(home)


@pytest.mark.parametrize("words", share([("queue",), ("next",), ("call", "1")], 2), ids=" ".join)
def test_a_floor_one_may_not_write_is_said_in_one_sentence(shut, words):
    """Reading or writing: which file, and what to look at."""
    done = as_nobody(*shut, *words, "--floor", "FLOOR", "--rep", "dana")

    assert (done.returncode, done.stdout) == (1, ""), done
    assert done.stderr.count("\n") == 1, done.stderr
    assert "leadtui.db cannot be written; check its permissions" in done.stderr


def test_a_folder_one_may_not_enter_is_said_in_one_sentence(shut):
    """As for whoever mistypes a path into somebody's home."""
    shut[1].chmod(0o000)
    done = as_nobody(*shut, "queue", "--floor", "FLOOR", "--rep", "dana")

    assert (done.returncode, done.stdout) == (1, ""), done
    assert done.stderr.count("\n") == 1, done.stderr
    assert "something went wrong" not in done.stderr
    assert str(shut[1]) in done.stderr


def test_a_floor_is_not_made_where_one_may_not_write(shut):
    """Nothing is left of the try."""
    done = as_nobody(*shut, "init", "FLOOR/inside")

    assert (done.returncode, done.stdout) == (1, ""), done
    assert done.stderr.count("\n") == 1, done.stderr
    assert "cannot be written" in done.stderr
    assert not (shut[1] / "inside").exists()


# -- as a program ----------------------------------------------------------------------------------


def test_a_round_of_work_as_a_program(demo):
    """Each command its own process, as in a script."""
    said = program("queue", "--json", "--floor", demo, "--rep", "dana")
    assert (said.returncode, said.stderr) == (0, "")
    touch = said.stdout.split('"touch": ')[1].split(",")[0]
    assert program("start", touch, "--floor", demo, "--rep", "dana").returncode == 0
    done = program("confirm", "--yes", "--outcome", "NO_ANSWER", "--floor", demo, "--rep", "dana")
    assert done.returncode == 0
    assert done.stdout.startswith("Kept as entry ")


def test_no_colour_and_no_escape_in_a_pipe(demo):
    """Whatever the terminal is said to be, NO_COLOR is obeyed."""
    said = ({}, {"NO_COLOR": "1"}, {"NO_COLOR": "1", "FORCE_COLOR": "1", "TERM": "xterm-256color"})
    for env in share(said, 2):
        done = program("queue", "--floor", demo, "--rep", "dana", env=env)
        assert done.returncode == 0
        coloured = [part for part in done.stdout.split("\x1b[")[1:] if part[0] in "34569"]
        assert coloured == []
        if "FORCE_COLOR" not in env:
            assert "\x1b" not in done.stdout


def test_a_reader_that_goes_away_is_no_error_to_print(demo):
    """As in ``leadtui queue | head -1``."""
    command = [
        sys.executable,
        "-m",
        "leadtui",
        "queue",
        "--json",
        "--floor",
        str(demo),
        "--rep",
        "dana",
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=around()
    )
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()

    assert process.wait(timeout=60) in {0, 1}
    assert said == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
@pytest.mark.parametrize(
    "words",
    share([("--help",), ("queue",), ("doctor",), ("log", "verify", "--json")], 2),
    ids=" ".join,
)
@pytest.mark.parametrize("sink", ["/dev/full", "closed"])
def test_an_output_that_takes_nothing_is_one_sentence(demo, words, sink):
    """A full disk, or ``>&-``."""
    where = (
        []
        if words == ("--help",)
        else ["--floor", str(demo), *(["--rep", "dana"] if words == ("queue",) else [])]
    )
    command = [sys.executable, "-m", "leadtui", *words, *where]
    redirected = ["sh", "-c", '"$@" >&-' if sink == "closed" else '"$@" >/dev/full', "sh", *command]
    done = subprocess.run(
        redirected, check=False, stderr=subprocess.PIPE, text=True, timeout=100, env=around()
    )

    assert done.returncode == 1
    assert done.stderr.startswith("leadtui: ")
    assert done.stderr.count("\n") == 1
    assert "output" in done.stderr
    assert "something went wrong" not in done.stderr


def test_a_floor_is_made_where_either_form_says(run, tmp_path):
    """As an argument or as ``--floor``; both may say the same."""
    for words in (
        ("one",),
        ("--floor", "two"),
        ("three", "--floor", str(tmp_path / "here" / "three")),
    ):
        assert run("init", *words, rep="", floor=False).code == 0
    for name in ("one", "two", "three"):
        assert (tmp_path / "here" / name / "leadtui.toml").is_file()


def test_ctrl_c_ends_quietly(demo):
    """With 130, as shells expect."""
    code = "import signal; signal.raise_signal(signal.SIGINT)"
    script = (
        "from leadtui.cli import common, main\ndef stop(*a, **k):\n    "
        f"{code}\ncommon.open_desk = "
        "stop\nmain(['rep', "
        "'list'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=False, capture_output=True, text=True, env=around()
    )

    assert done.returncode in {130, -signal.SIGINT}
    assert "Traceback" not in done.stderr


WORDS = st.sampled_from(
    [
        "queue",
        "next",
        "start",
        "confirm",
        "defer",
        "done",
        "call",
        "rep",
        "list",
        "add",
        "playbook",
        "check",
        "show",
        "trial",
        "simulate",
        "diff",
        "--json",
        "--held",
        "--limit",
        "--yes",
        "--no",
        "--partly",
        "--outcome",
        "NO_ANSWER",
        "CALLBACK",
        "--at",
        "tomorrow 3pm",
        "soon",
        "--to",
        "--reason",
        "needs_preparation",
        "--ack",
        "--override",
        "supervisor",
        "1",
        "2",
        "-1",
        "0",
        "999999999999999999999",
        "--start",
        "2026-11-20T21:00:00Z",
        "--zone",
        "--country",
        "--inbound",
        "",
        "--",
        "--note",
        "\x1b[2J",
        "\N{RIGHT-TO-LEFT OVERRIDE}",
        "é",
        "\U0001f4a5",
        "=cmd|' /C calc'!A0",
        "--login",
        "-h",
        "--next",
        "--on",
    ]
)


@settings(max_examples=examples(80), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(WORDS | st.text(max_size=8), min_size=1, max_size=6))
def test_whatever_is_typed_there_is_an_answer(run, words):
    """0, 1 or 2; one line for an error; no traceback, and no mistake of our own."""
    if any(
        word in {"demo", "init", "serve", "send"}
        or word.startswith(("--floor", "--database", "--rep"))
        for word in words
    ):
        return
    ran = run(*words)

    assert ran.code in {0, 1, 2}, (words, ran)
    assert "Traceback" not in ran.out + ran.err
    assert "something went wrong" not in ran.err, (words, ran.err)
    assert "\x1b" not in ran.out + ran.err
    if ran.code == 2:
        refused(ran, 2)


def test_the_lazy_tree_is_the_whole_tree():
    """Each command, built when it is asked for, explains itself as when all are built at once; a
    list of commands is not cut."""

    def helps(command, context):
        names = list(getattr(command, "commands", {}))
        yield context.command_path, (command.get_help(context).partition("\nCommands:")[0], names)
        for name in names:
            one = command.get_command(context, name)
            yield from helps(one, type(context)(one, info_name=name, parent=context))

    def all_of(command):
        return dict(
            helps(command, command.make_context("leadtui", ["--version"], resilient_parsing=True))
        )

    whole = all_of(get_command(build()))
    assert len(whole) > 70
    assert all_of(lazily(build())) == whole
