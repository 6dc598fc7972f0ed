"""Whole imports, on both engines: identity, repetition, review, and nothing half done."""

import csv
import io
from datetime import UTC, datetime

import pytest

from leadtui.desk.intake.admitting import admit
from leadtui.errors import LeadtuiError, WrongUse
from leadtui.store.engine.tables import (
    BeforeImage,
    Company,
    EmailAddress,
    HistoryEvent,
    ImportBatch,
    Lead,
    LogEntry,
    Matter,
    Phone,
    Response,
)

HEAD = "Badge ID,Name,Company,Title,Email,Phone,Scan time,Scanned by,Notes,Rating"


def a_file(*rows, head=HEAD):
    return "\n".join([head, *rows, ""])


def numbers(report):
    return {
        kind: count
        for kind in ("new", "updated", "merged", "unchanged", "review", "rejected")
        if (count := getattr(report, kind))
    }


ANN = (
    "B1,Ann Lee,Acme Inc.,CIO,ann@acme.example,312-555-0142 x9,2026-11-05 10:00,Joe,wants a "
    "demo,Warm"
)
BOB = "B2,Bob Day,Bolt LLC,CTO,bob@bolt.example,415-555-0101,2026-11-05 11:00,Joe,,Hot"


def test_new_leads(floor):
    """A lead with company, number, address, response and history, handed on to be admitted."""
    report = floor.bring(a_file(ANN, BOB), event="Lakeside Week", source="booth", cost_minor=10001)
    assert numbers(report) == {"new": 2}
    ann, bob = floor.all(Lead)
    assert (ann.full_name, ann.first_name, ann.last_name, ann.name_key, ann.last_name_key) == (
        "Ann Lee",
        "Ann",
        "Lee",
        "ann lee",
        "lee",
    )
    assert (ann.title_key, ann.external_id, ann.source, ann.status, ann.pipeline) == (
        "cio",
        "B1",
        "booth",
        "open",
        "marketing",
    )
    assert [firm.name_key for firm in floor.all(Company)] == ["acme inc.", "bolt llc"]
    assert [(one.lead_id, one.number, one.extension) for one in floor.all(Phone)] == [
        (ann.id, "+13125550142", "9"),
        (bob.id, "+14155550101", ""),
    ]
    assert [one.address_key for one in floor.all(EmailAddress)] == [
        "ann@acme.example",
        "bob@bolt.example",
    ]
    first, second = floor.all(Response)
    assert (first.offer, first.event, first.rating, first.notes) == (
        "trade-show",
        "Lakeside Week",
        "warm",
        "wants a demo",
    )
    assert first.inquiry_at == datetime(2026, 11, 5, 16, tzinfo=UTC)
    assert first.cost_minor + second.cost_minor == 10001
    assert first.batch_id == report.batch
    assert floor.arrivals == [(ann.id, first.id), (bob.id, second.id)]
    assert [(one.lead_id, one.kind) for one in floor.all(HistoryEvent)] == [
        (ann.id, "response"),
        (bob.id, "response"),
    ]


def test_the_same_file_twice_changes_nothing(floor):
    """Not even a log entry."""
    text = a_file(ANN, BOB, BOB, "B3,Ann Li,Acme Inc.,,,,,,,", ",,,,x@,,,,,")
    first = floor.bring(text, event="Lakeside Week")
    before = floor.state()
    second = floor.bring(text, event="Lakeside Week")
    assert floor.state() == before
    assert numbers(second) == {"unchanged": first.rows - 1, "rejected": 1}
    assert second.batch == first.batch


def test_the_same_rows_in_another_file_change_nothing(floor):
    """The rows are known, whatever their order, and the bytes of the file."""
    first = floor.bring(a_file(ANN, BOB, "B3,Ann Leee,Acme Inc.,,,,,,,"), event="Lakeside Week")
    assert numbers(first) == {"new": 2, "review": 1}
    before = floor.state()
    again = floor.bring(
        a_file("B3,Ann Leee,Acme Inc.,,,,,,,", BOB, ANN) + "\n", event="Lakeside Week"
    )
    assert numbers(again) == {"unchanged": 3}
    assert again.batch is None
    assert floor.state() == before


def test_three_scans_of_one_person(floor):
    """One lead, the earliest scan, all notes, the best rating."""
    report = floor.bring(
        a_file(
            "B1,Ann Lee,Acme,CIO,ann@acme.example,,2026-11-05 11:00,Joe,wants a demo,Warm",
            "B1,Ann Lee,Acme,,ANN@acme.example,312-555-0142,2026-11-05 09:30,Mia,has Linux,",
            "B1,A. Lee,,,ann@acme.example,,2026-11-05 15:00,Lu,budget in May,Hot",
        ),
        event="Lakeside Week",
    )
    assert numbers(report) == {"new": 1, "merged": 2}
    (lead,), (response,) = floor.all(Lead), floor.all(Response)
    assert (lead.full_name, lead.title) == ("Ann Lee", "CIO")
    assert (response.inquiry_at, response.scanned_by, response.rating) == (
        datetime(2026, 11, 5, 15, 30, tzinfo=UTC),
        "Mia",
        "hot",
    )
    assert response.notes == "Joe: wants a demo\nMia: has Linux\nLu: budget in May"
    assert len(floor.all(Phone)) == len(floor.all(EmailAddress)) == 1


@pytest.mark.parametrize(
    "row",
    [
        "B9,A Lee,Other,,ANN@ACME.example,,,,,",
        "B9,Ann Lee,,,,(312) 555-0142,,,,",
        'B9,ANN LEE,"Acme, Inc",,,,,,,',
    ],
)
def test_identity(floor, row):
    """E-mail, else number with last name, else name with company."""
    floor.bring(a_file(ANN), event="Lakeside Week")
    report = floor.bring(a_file(row), event="Other Week")
    assert numbers(report) == {"updated": 1}
    assert len(floor.all(Lead)) == 1
    assert [one.event for one in floor.all(Response)] == ["Lakeside Week", "Other Week"]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("B9,Ann Lee,Acme Inc.,,other@acme.example,,,,,", "same name and company"),
        ("B9,Ann Leee,Acme,,,,,,,", "nearly the same"),
        ("B9,Zoltan Brandt,Bolt,,ann@acme.example,,,,,", "same e-mail address, another name"),
        ("B9,Ann Lee,Other,,other@x.example,312-555-0142,,,,", "same telephone number"),
        ("B9,Mark Lee,Acme,,,312-555-0142,,,,", "same telephone number"),
        ("B9,Ann Lee,Acmee Inc.,,,,,,,", "nearly the same"),
    ],
)
def test_near_matches_wait_for_a_decision(floor, row, why):
    """They are never merged silently, and keep all that they say."""
    floor.bring(a_file(ANN), event="Lakeside Week")
    before = floor.all(Lead)[0].model_dump()
    report = floor.bring(a_file(row), event="Lakeside Week")
    assert numbers(report) == {"review": 1}
    assert [one.model_dump() for one in floor.all(Lead)] == [before]
    (question,) = floor.all(Matter)
    assert (question.kind, question.lead_id, question.data["leads"]) == (
        "near_duplicate",
        before["id"],
        [before["id"]],
    )
    assert why in question.data["why"]
    assert question.data["rows"][0]["external_id"] == "B9"
    assert question.due > question.created_at


@pytest.mark.parametrize(
    "row",
    [
        "B9,Ann Berg,Acme Inc.,,berg@acme.example,,,,,",
        "B9,Ann Lee,Umbrella,,al@u.example,,,,,",
        "B9,Bob Nash,Acme Inc.,,bob@acme.example,312-555-0142,,,,",
    ],
)
def test_colleagues_and_namesakes_are_new(floor, row):
    """A company, a name or a switchboard alone tells nothing."""
    floor.bring(a_file(ANN))
    assert numbers(floor.bring(a_file(row))) == {"new": 1}


def test_near_matches_inside_a_file(floor):
    """They wait beside a lead that the same file makes, and take further rows of their own with
    them."""
    report = floor.bring(
        a_file(
            ANN,
            "B7,Ann Leee,Acme,,annl@x.example,,,,,",
            "B7,Ann Leee,Acme,,annl@x.example,,,,again,",
        )
    )
    assert numbers(report) == {"new": 2, "merged": 1} or numbers(report) == {
        "new": 1,
        "review": 1,
        "merged": 1,
    }
    report = floor.bring(a_file(BOB, "B7,Bob Dayy,Bolt,,,,,,,", "B7,Bob Dayy,Bolt,,,,,,one more,"))
    assert numbers(report) == {"new": 1, "review": 1, "merged": 1}
    question = floor.all(Matter)[-1]
    assert question.data["leads"] == [floor.all(Lead)[-1].id]
    assert question.data["lines"] == [3, 4]


def test_a_changed_row_updates_what_it_names(floor):
    """And leaves the rest, with a before-image for undoing."""
    floor.bring(a_file(ANN), event="Lakeside Week")
    report = floor.bring(
        "Email,Title,Mobile\nann@acme.example,Chief Information Officer,415-555-0199\n",
        event="Lakeside Week",
    )
    assert numbers(report) == {"updated": 1}
    (lead,) = floor.all(Lead)
    assert (lead.title, lead.title_key, lead.full_name) == (
        "Chief Information Officer",
        "chief information officer",
        "Ann Lee",
    )
    assert [one.number for one in floor.all(Phone)] == ["+13125550142", "+14155550199"]
    assert len(floor.all(Response)) == 1
    from sqlalchemy import select

    with floor.context.store.read() as session:
        images = [image for row in session.scalars(select(BeforeImage)) for image in row.images]
    (old,) = [old for table, row, old in images if (table, row) == ("lead", lead.id)]
    assert (old["title"], old["title_key"]) == ("CIO", "cio")


def test_what_people_changed_stays_when_a_known_row_comes_again(floor):
    """A cumulative export next day does not put the old title back."""
    floor.bring(a_file(ANN), event="Lakeside Week")
    with floor.context.write() as unit:
        lead = unit.session.get(Lead, floor.all(Lead)[0].id)
        lead.title, lead.title_key = "CEO", "ceo"
        unit.session.add(lead)
        unit.log("lead.edited")
    assert numbers(floor.bring(a_file(ANN, BOB), event="Lakeside Week")) == {
        "new": 1,
        "unchanged": 1,
    }
    assert floor.all(Lead)[0].title == "CEO"


def test_a_later_inquiry_is_a_response_of_its_own(floor):
    """Without an event the time tells them apart."""
    head = "Name,Email,Company,Created Time"
    floor.bring(
        a_file("Ann Lee,ann@acme.example,Acme,2026-10-01 10:00", head=head), offer="white-paper"
    )
    report = floor.bring(
        a_file("Ann Lee,ann@acme.example,Acme,2026-11-02 10:00", head=head), offer="white-paper"
    )
    assert numbers(report) == {"updated": 1}
    assert len(floor.all(Response)) == 2
    assert len(floor.arrivals) == 2


def test_merged_leads_are_their_survivors_and_erased_ones_nobody(floor):
    """A row of somebody who was merged goes to the lead that is left."""
    floor.bring(a_file(ANN, BOB))
    ann, bob = (lead.id for lead in floor.all(Lead))
    with floor.context.write() as unit:
        gone = unit.session.get(Lead, ann)
        gone.status, gone.merged_into = "merged", bob
        unit.session.add(gone)
        unit.log("lead.merged")
    report = floor.bring(a_file("B9,,,,ann@acme.example,,,,,"), event="Other Week")
    assert numbers(report) in ({"updated": 1}, {"new": 1})
    assert [one.lead_id for one in floor.all(Response)][-1] != ann


def test_opt_outs_come_in_and_never_go(floor):
    """A later file cannot take a refusal back."""
    floor.bring("Email,Do Not Call,Call Consent\nann@acme.example,yes,no\n")
    floor.bring("Email,Do Not Call,Call Consent\nann@acme.example,no,yes\n", event="x")
    (lead,) = floor.all(Lead)
    assert (lead.calls_opt_out, lead.calls_consent) == (True, True)


def test_companies_are_one_and_filled(floor):
    """Spellings of one company make one row; what the file knows of it is filled in, not
    overwritten."""
    floor.bring('Name,Company\nAnn Lee,Acme Inc.\nBob Day,"ACME, Inc"\nCy Hu,Acme\n')
    assert [(one.name, one.industry) for one in floor.all(Company)] == [("Acme Inc.", "")]
    floor.bring("Name,Company,Industry,Employees\nDi Fox,Acme,Freight,200-500\n")
    floor.bring("Name,Company,Industry,Employees\nEd Gray,Acme,Shipping,9\n")
    (firm,) = floor.all(Company)
    assert (firm.industry, firm.industry_key, firm.employees) == ("Freight", "freight", 200)


def test_a_dry_run_that_foresees_plans_in_earnest_and_changes_nothing(floor):
    """The first touches of new leads are counted by channel, and gone with the dry run."""
    text = "Name,Company,Email,Phone\n"
    text += "Flo Ray,Gull,flo@gull.example,+13125550123\nBo Hart,Tern,bo@tern.example,\n"
    before = floor.state()
    context = floor.context
    dry = floor.bring(
        text,
        dry_run=True,
        foresee=True,
        admit=lambda unit, arrivals: admit(context, unit, arrivals),
    )
    assert (dry.new, dry.batch, sum(count for _, count in dry.firsts)) == (2, None, 2)
    assert floor.state() == before


def test_a_dry_run_asks_about_somebody_of_an_earlier_part(floor):
    """Who was new in a part that is gone is no lead that a later part could name."""
    people = [f"F{n} Vary{n},Firm {n},f{n}@firm{n}.example" for n in range(6)]
    alike = [f"Al Moss{n},Else,f{n}@firm{n}.example" for n in range(6)]
    text = "\n".join(["Name,Company,Email", *people, *alike, ""])
    assert numbers(floor.bring(text, dry_run=True)) == {"new": 6, "review": 6}
    assert numbers(floor.bring(text)) == {"new": 6, "review": 6}


def test_dry_run_says_the_same_and_changes_nothing(floor):
    """Numbers and reasons, no rows, no arrivals."""
    text = a_file(ANN, ANN, BOB, "B7,Bob Dayy,Bolt,,,,,,,", ",,,,x@,,,,,")
    floor.bring(a_file(BOB), event="Other Week")
    before, arrivals = floor.state(), list(floor.arrivals)
    dry = floor.bring(text, event="Lakeside Week", dry_run=True)
    assert floor.state() == before
    assert floor.arrivals == arrivals
    assert dry.batch is None
    wet = floor.bring(text, event="Lakeside Week")
    assert (
        numbers(dry)
        == numbers(wet)
        == {"new": 1, "merged": 1, "updated": 1, "review": 1, "rejected": 1}
    )
    assert dry.reasons == wet.reasons


def test_all_or_nothing(floor):
    """What fails after the last row takes the first one with it."""
    before = floor.state()

    def broken(_unit, _arrivals):
        raise RuntimeError("power")

    with pytest.raises(RuntimeError):
        floor.bring(a_file(ANN, BOB), admit=broken)
    assert floor.state() == before
    assert numbers(floor.bring(a_file(ANN, BOB))) == {"new": 2}


def test_rejects_can_be_corrected_and_imported_again(floor, tmp_path):
    """The original header and cells, the reason behind them, and nothing a spreadsheet would
    run."""
    target = tmp_path / "rejects.csv"
    text = a_file(
        ANN,
        "B3,=cmd(),,,x@,,,,,",
        '"B4,Cy Hu,Cog,,cy@cog.example,,,,,',
        "B5,Di,,,di@d.example,,,,,,surplus",
    )
    report = floor.bring(text, rejects=target)
    assert numbers(report) == {"new": 1, "rejected": 3}
    lines = list(csv.reader(io.StringIO(target.read_text(encoding="utf-8-sig"))))
    assert lines[0] == [*HEAD.split(","), "Why rejected"]
    assert lines[1][1] == "'=cmd()"
    assert "line 3" in lines[1][10]
    assert lines[3][11] == "surplus"
    assert not list(tmp_path.glob(".*"))
    again = (
        target.read_text(encoding="utf-8-sig").replace("x@", "x@x.example").replace(",surplus", "")
    )
    assert numbers(floor.bring(again)) == {"new": 3}
    assert "'=cmd()" not in [lead.full_name for lead in floor.all(Lead)]
    assert all("Why rejected" not in one.extra for one in floor.all(Response))


def test_rejects_overwrite_nothing(floor, tmp_path):
    """Refused before the file is read; a link is no way around."""
    target = tmp_path / "rejects.csv"
    target.write_text("mine")
    (tmp_path / "link.csv").symlink_to(tmp_path / "elsewhere.csv")
    for path in (target, tmp_path / "link.csv", tmp_path / "nowhere" / "r.csv"):
        with pytest.raises(LeadtuiError, match="--rejects"):
            floor.bring(a_file(ANN, ",,,,x@,,,,,"), rejects=path)
    assert target.read_text() == "mine"
    assert floor.all(Lead) == []


def test_a_failed_import_leaves_no_rejects(floor, tmp_path):
    """They would name rows of an import that never was."""

    def broken(_unit, _arrivals):
        raise RuntimeError("power")

    with pytest.raises(RuntimeError):
        floor.bring(a_file(ANN, ",,,,x@,,,,,"), rejects=tmp_path / "rejects.csv", admit=broken)
    assert list(tmp_path.glob("*.csv")) == []


def test_the_log_names_no_person(floor):
    """Counts, ids and hashes are chained; the file's name is private."""
    report = floor.bring(a_file(ANN), name="secret.csv")
    with floor.context.store.read() as session:
        from sqlalchemy import select

        body = session.scalars(select(LogEntry).order_by(LogEntry.seq.desc())).first().body
    assert '"event":"import"' in body
    assert f'"batch":{report.batch}' in body
    assert not [word for word in ("Ann", "Lee", "acme", "secret", "0142") if word in body]


def test_the_batch_keeps_what_was_rejected(floor):
    """With its cells, so that nothing of the file is lost."""
    report = floor.bring(a_file(ANN, "B3,,,,x@,,,,,"), source="booth", cost_minor=500)
    (batch,) = floor.all(ImportBatch)
    assert (batch.id, batch.offer, batch.source, batch.cost_minor) == (
        report.batch,
        "trade-show",
        "booth",
        500,
    )
    assert batch.rejects[0]["cells"][4] == "x@"
    assert batch.counts["new"] == 1
    assert batch.counts["made"]["lead"] == [1, 1]


def test_unknown_options_are_refused(floor):
    """With what exists."""
    with pytest.raises(WrongUse, match="trade-show"):
        floor.bring(a_file(ANN), offer="raffle")
    with pytest.raises(WrongUse, match="America/Chicago"):
        floor.bring(a_file(ANN), event_zone="Nowhere")
    with pytest.raises(WrongUse, match="dmy"):
        floor.bring(a_file(ANN), dates="ymd")


def test_a_missing_file(floor, tmp_path):
    """One sentence."""
    from leadtui.desk.intake.files.importing import import_file
    from leadtui.desk.intake.files.options import ImportOptions

    with pytest.raises(LeadtuiError, match="cannot be read"):
        import_file(floor.context, tmp_path / "no.csv", ImportOptions())


def test_spreadsheets_say_what_to_do(floor):
    """Until the optional reader is installed, and for what only looks like one."""
    with pytest.raises(LeadtuiError, match="save it as CSV"):
        floor.bring(b"PK\x03\x04 no sheet")


def test_progress_is_told(floor):
    """From the first row to the last."""
    told = []
    floor.bring(a_file(ANN, BOB), progress=lambda *step: told.append(step))
    assert told[0] == ("reading", 0, 2)
    assert told[-1] == ("writing", 2, 2)


def test_a_header_alone(floor):
    """No rows, no batch, and a word about it."""
    report = floor.bring(HEAD + "\n")
    assert (report.rows, report.batch) == (0, None)
    assert report.warnings == ("the file has a header and no rows",)


def test_json(floor):
    """The documented shape."""
    report = floor.bring(a_file(ANN, "B3,,,,x@,,,,,")).as_json()
    assert list(report) == [
        "batch",
        "rows",
        "new",
        "updated",
        "merged",
        "unchanged",
        "review",
        "rejected",
        "warnings",
        "reasons",
        "columns",
        "outcomes",
    ]
    assert list(report["reasons"][0]) == ["line", "field", "value", "reason"]
