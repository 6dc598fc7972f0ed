"""Erasing a person leaves no trace of them but that it was done, and the log still holds."""

from datetime import timedelta

import pytest
from sqlmodel import select

from leadtui.desk.answers.given import Given
from leadtui.desk.audit.auditing import Auditing
from leadtui.desk.audit.witnesses import Witnesses
from leadtui.desk.floor.ticking import tick
from leadtui.desk.intake.files.importing import import_file
from leadtui.desk.intake.files.options import ImportOptions
from leadtui.desk.leads import do_not_call, erasing, merging
from leadtui.errors import Refused
from leadtui.store import leads
from leadtui.store.engine.rows import Rows
from leadtui.store.engine.sqlite import driver
from leadtui.store.engine.tables import ImportBatch
from leadtui.store.log import replay
from tests.builders import a_desk, a_floor, a_lead, open_touch

SECRETS = (
    "Okafor",
    "okafor",
    "jane@brightwater",
    "3035550142",
    "Elm Street",
    "prefers mornings",
    "she is ill",
    "badge 77",
    "wants the price",
)
REASON = "asked us by letter of 20 November"


@pytest.fixture
def dana(tmp_path, clock):
    """Dana has called Jane, written to her and kept memos."""
    desk = a_desk(a_floor(tmp_path / "floor"), clock=clock)
    jane = a_lead(
        desk,
        offer="trial",
        street="Elm Street 4",
        city="Denver",
        extra={"note": "prefers mornings"},
    )
    with desk.context.write() as unit:
        from leadtui.store.engine.tables import Response

        response = unit.session.get(Response, 1)
        response.notes, response.external_id, response.qualifiers = (
            "wants the price",
            "badge 77",
            {"q?": "Okafor"},
        )
        unit.log("response.changed", subjects={"lead": jane})
    tick(desk.context, desk.mail)
    clock.advance(hours=25)
    desk.block.note(jane, "she is ill this week, says Okafor")
    started = desk.block.start(open_touch(desk, jane).id, out_of_turn="lead_is_calling")
    phone = desk.block.lead(jane).phones[0]
    desk.block.dial(started.question.id, phone.id, acknowledge=True)
    desk.confirm.answer(
        started.question.id,
        Given("yes", "CALLBACK", "prefers mornings", at=clock.at + timedelta(days=1)),
    )
    yield desk
    desk.close()


@pytest.fixture
def mira(dana, clock):
    desk = a_desk(dana.settings.folder, "mira", clock=clock)
    yield desk
    desk.close()


def everything(desk):
    """Every byte of the database file, its free pages too, and the floor's messages, as they are
    stored."""
    path = desk.context.store.path
    raw = driver().connect(path)
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    files = [
        file for part in ("outbox", "sent") for file in (desk.settings.folder / part).rglob("*")
    ]
    return path.read_bytes().decode("latin-1") + "".join(file.read_text() for file in files)


def test_nothing_of_the_person_is_left_and_the_log_holds(dana, mira, tmp_path):
    """Neither in a table nor in the file's free pages, nor as a sent message; touches are
    cancelled."""
    assert all(secret in everything(mira) for secret in SECRETS)
    done = erasing.erase(mira.context, 1, REASON)
    left = everything(mira)

    assert [secret for secret in SECRETS if secret in left] == []
    assert done.texts == 2
    assert len(done.files) == 1
    with mira.context.store.read() as session:
        assert leads.open_touches(session, 1) == []
    assert mira.block.lead(1).name == "Erased 1"
    auditing = Auditing(
        mira.context.store.url, mira.clock, Witnesses("here", folder=tmp_path / "witnesses")
    )
    found = auditing.verify(deep=True)
    auditing.close()
    assert found.ok, found.message
    assert len(found.erased) >= 3
    assert erasing.retention(mira.context, timedelta(0)).leads == ()


def test_a_number_on_do_not_call_stays_there(dana, mira):
    """And it is said; the list is what keeps the person from being called again."""
    do_not_call.add(dana.context, "+13035550142", "asked on the phone")
    done = erasing.erase(mira.context, 1, REASON)

    assert done.blocked == ("+13035550142",)
    assert do_not_call.check(mira.context, "+13035550142") is not None


def test_who_was_merged_into_the_person_is_erased_too(dana, mira):
    """A double is the same person."""
    other = a_lead(dana, "J. Okafor", phone="+13035550177", email="jo@brightwater.example")
    merging.merge(mira.context, 1, other)
    done = erasing.erase(mira.context, 1, REASON)

    assert done.leads == (1, other)
    assert "Okafor" not in everything(mira)
    rows = Rows(mira.context.store.url)
    assert replay.replay(rows) == ()
    rows.close()


def test_rejected_rows_of_a_file_forget_the_person(dana, mira, tmp_path):
    """By name in any order of columns, by e-mail and by any form of the number; the others' rows
    stay."""
    file = tmp_path / "badges.csv"
    file.write_text(
        "Last,First,Email,Phone,Attendee Status,Notes\n"
        "Okafor,Jane,,,,one\n"
        "Ono,Kai,JANE@brightwater.example,,Refunded,two\n"
        ",,,303.555.0142 x7,Refunded,rang thrice\n"
        "Weiss,Tom,,,,four\n"
        "Brandt,Lee,lee@aldera.example,,,five\n"
    )
    assert import_file(dana.context, file, ImportOptions()).rejected == 4
    done = erasing.erase(mira.context, 1, REASON)

    with mira.context.store.read() as session:
        (kept,) = session.scalars(select(ImportBatch.rejects)).all()
    assert done.rejected == 3
    assert [row["reason"] == "erased" for row in kept] == [True, True, True, False]
    assert kept[3]["cells"][:2] == ["Weiss", "Tom"]
    left = everything(mira)
    assert [
        secret for secret in ("Okafor", "JANE@", "303.555", "rang thrice") if secret in left
    ] == []


def test_others_keep_what_they_have(dana, mira):
    """Another lead with the same number keeps its history; a text that somebody else got stays."""
    other = a_lead(dana, "Tom Weiss", email="tom@kestrel.example", offer="trial")
    tick(dana.context, dana.mail)
    erasing.erase(mira.context, 1, REASON)
    tom = mira.block.lead(other)

    assert tom.phones[0].number == "+13035550142"
    assert any("tom@kestrel.example" in line.to for line in mira.mail.outbox(everybody=True))


def test_only_a_supervisor_erases_with_a_reason_and_not_in_the_middle(dana, mira):
    """A rep cannot erase overdue work; a started action is answered first; twice is once too
    often."""
    with pytest.raises(Refused, match="supervisor"):
        erasing.erase(dana.context, 1, REASON)
    with pytest.raises(Refused, match="10 characters"):
        erasing.erase(mira.context, 1, "because")
    started = dana.block.start_call(1)
    with pytest.raises(Refused, match="started action"):
        erasing.erase(mira.context, 1, REASON)
    dana.confirm.answer(started.question.id, Given("yes", "NO_ANSWER"))
    erasing.erase(mira.context, 1, REASON)
    with pytest.raises(Refused, match="erased already"):
        erasing.erase(mira.context, 1, REASON)


def test_retention_counts_what_is_old(dana, mira, clock):
    """Texts, messages, and closed leads nothing was heard of."""
    assert erasing.retention(mira.context).log_texts == 0
    clock.advance(days=400)
    found = erasing.retention(mira.context)

    assert found.log_texts >= 3
    assert found.messages == 1
    assert found.oldest is not None
