"""Kits: what somebody asked for is planned once, leaves by e-mail or by post, and is told of."""

import csv
import email
from datetime import timedelta
from email import policy
from pathlib import Path

import pytest

from leadtui.cadence.reading.checking import problems
from leadtui.desk.floor.doctor import examine
from leadtui.desk.intake.files.options import ImportOptions
from leadtui.desk.intake.responding import respond
from leadtui.desk.leads.editing import edit
from leadtui.desk.messages.letters import print_letters
from leadtui.desk.playbook.activating import activate
from leadtui.desk.playbook.files import read_folder
from leadtui.errors import LeadtuiError, Refused
from leadtui.store.engine.tables import Email, Fulfilment, HistoryEvent
from tests.builders import a_lead
from tests.cli.running import Line
from tests.desk.acting import log

PLACE = {"street": "17 Mill Road", "city": "Denver", "postal_code": "80202"}
PAPER = b"%PDF-1.4 the failover paper\n\x00\xff"
KITS = """
[[kit]]
key = "paper"
label = "Failover paper"
version = "2026-10"
when = { offer = "white-paper" }
email = "kit-paper"
attach = ["failover.pdf"]
pieces = ["Failover brochure, A4", "Reference folder"]
hard_copy_from = 60
within = "1 business day"
again_after = "6 months"

[[kit]]
key = "folder"
label = "Evaluation folder"
version = "3"
when = { source = "test" }
interest = ["*replication*"]
pieces = ["Evaluation folder"]
letter = "thank-you"
"""
TEXT = """+++
title = "The paper"
subject = "The $product paper"
+++
$greeting,

the paper you asked for is attached.

$rep_name
"""
LETTER = """+++
title = "Folder"
+++
Dear $first_name,

the folder you asked for is enclosed.
"""


def with_kits(life, kits=KITS, paper=PAPER):
    """The running playbook has kits from now on."""
    book = life.folder / "playbook"
    (book / "kits.toml").write_text(kits, encoding="utf-8")
    (book / "emails" / "kit-paper.md").write_text(TEXT, encoding="utf-8")
    (book / "letters" / "thank-you.md").write_text(LETTER, encoding="utf-8")
    (book / "attachments").mkdir(exist_ok=True)
    (book / "attachments" / "failover.pdf").write_bytes(paper)
    return activate(life.mira.context, book, move=False)


@pytest.fixture
def kits(life):
    """A floor whose playbook sends a paper and a folder."""
    with_kits(life)
    return life


def the_kit(life, lead, kit="paper"):
    (row,) = life.rows(Fulfilment, Fulfilment.lead_id == lead, Fulfilment.kit == kit)
    return row


def told(life, lead):
    """What the lead's history says of kits, oldest first."""
    rows = life.rows(HistoryEvent, HistoryEvent.lead_id == lead, HistoryEvent.kind == "kit")
    return [row.note for row in rows]


def messages(life, lead):
    """The files of a lead's messages, read by the standard library."""
    rows = life.rows(Email, Email.lead_id == lead, Email.template == "kit-paper")
    found = []
    for row in rows:
        data = Path(row.path).read_bytes()
        found.append(email.message_from_bytes(data, policy=policy.default))
    return found


def cool(life, **more):
    """A lead with few points that asks for the paper."""
    return a_lead(life.dana, title="", offer="white-paper", rating="", **more)


def brought(life, offer, text):
    """A file was imported."""
    return life.dana.intake.import_file(text.encode(), ImportOptions(offer=offer))


def for_everybody(life):
    """From now on everybody with a point gets the paper by post."""
    with_kits(life, KITS.replace("hard_copy_from = 60", "hard_copy_from = 1"))


def test_what_was_asked_for_leaves_by_email_with_its_file(kits):
    """With the bytes that were activated, once; the lead shows what went when."""
    lead = cool(kits)
    assert (the_kit(kits, lead).way, the_kit(kits, lead).state) == ("email", "waiting")
    kits.later(minutes=1)
    (message,) = messages(kits, lead)
    (file,) = message.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("failover.pdf", "application/pdf")
    assert file.get_content() == PAPER
    assert message["Subject"] == "The Halyard Failover paper"
    assert the_kit(kits, lead).state == "sent"
    assert kits.dana.block.lead(lead).kits[0].words == (
        "Failover paper (2026-10), sent by e-mail 23 Nov 2026"
    )
    assert told(kits, lead) == ["planned by e-mail, 2026-10", "sent by e-mail, 2026-10"]
    (entry,) = log(kits.dana, "kit.sent")
    assert (entry["subjects"]["lead"], entry["codes"]) == (
        lead,
        {"name": "paper", "channel": "email"},
    )
    kits.later(days=1)
    assert len(messages(kits, lead)) == 1


def test_the_same_kit_is_not_sent_twice_within_its_time(kits):
    """Asked for again it is said that it went; when the time is over it is sent again."""
    lead = cool(kits)
    kits.later(minutes=1)
    respond(kits.dana.context, lead, "white-paper")
    kits.later(minutes=1)
    assert len(messages(kits, lead)) == 1
    assert told(kits, lead)[-1] == (
        "asked for again, not sent twice: it went by e-mail on 23 Nov 2026"
    )
    kits.clock.at += timedelta(days=200)
    respond(kits.dana.context, lead, "white-paper")
    kits.later(minutes=1)
    assert len(messages(kits, lead)) == 2


def test_the_best_get_it_on_paper(kits):
    """From the score on it goes by post: a slip, a line of the list, and it waits until it is
    packed."""
    for_everybody(kits)
    lead = cool(kits, **PLACE)
    row = the_kit(kits, lead)
    assert (row.way, row.state) == ("post", "waiting")
    found = print_letters(kits.mira.context, due_only=True, pdf=False)
    (slip,) = [one for one in found.letters if one.kit_id == row.id]
    text = (found.folder / slip.file).read_text(encoding="utf-8")
    assert "Jane Okafor\nBrightwater Mutual\n17 Mill Road\nDenver, CO 80202" in text
    listed = csv.DictReader(
        (found.folder / "letters.csv").read_text(encoding="utf-8-sig").splitlines()
    )
    (line,) = [line for line in listed if line["kit"]]
    assert (line["kit"], line["pieces"]) == ("paper", "Failover brochure, A4; Reference folder")
    assert kits.mira.mail.kit_done([row.id])[0].state == "sent"
    assert told(kits, lead)[-1] == "sent by post, 2026-10"
    with pytest.raises(Refused, match="was sent on"):
        kits.mira.mail.kit_done([row.id])
    assert print_letters(kits.mira.context, due_only=True).letters == ()


def test_the_score_decides_from_its_figure_on(kits):
    """With exactly so many points it goes by post, with one less by e-mail."""
    points = kits.dana.block.lead(cool(kits, **PLACE)).score
    ways = []
    for figure, name in ((points, "Bo Lind"), (points + 1, "Cy Tern")):
        with_kits(kits, KITS.replace("hard_copy_from = 60", f"hard_copy_from = {figure}"))
        mail = f"{name[:2].lower()}@l.example"
        lead = cool(kits, name=name, phone=f"+1303555019{figure % 10}", email=mail, **PLACE)
        ways.append(the_kit(kits, lead).way)
    assert ways == ["post", "email"]


def test_without_a_postal_address_the_best_get_it_by_email_and_it_says_so(kits):
    """Nobody waits for an address when there is another way."""
    for_everybody(kits)
    row = the_kit(kits, cool(kits))
    assert (row.way, row.why) == ("email", "no postal address: by e-mail instead")


def test_what_goes_by_post_alone_asks_for_the_address(kits):
    """The kit waits, a task asks for the address, and once it is there the kit can be packed."""
    answers = "Name,Email,Interested in?,Source\nAda Kern,ada@kern.example,Replication,test\n"
    brought(kits, "webinar", answers)
    (row,) = kits.rows(Fulfilment, Fulfilment.kit == "folder")
    assert (row.way, row.why) == ("post", "no postal address")
    fixes = [touch.title for touch in kits.planned(row.lead_id) if touch.kind == "data_fix"]
    assert fixes == ["Find a postal address"]
    with pytest.raises(Refused, match="no postal address to go to"):
        kits.mira.mail.kit_done([row.id])
    edit(kits.dana.context, row.lead_id, {"street": "1 Lake St", "city": "Denver", "region": "CO"})
    assert "the folder you asked for is enclosed" in _slip(kits)
    assert kits.mira.mail.kit_done([row.id])[0].why == ""


def _slip(life):
    found = print_letters(life.mira.context, due_only=True, pdf=False)
    return (found.folder / found.letters[0].file).read_text(encoding="utf-8")


def test_who_wants_no_email_gets_none_and_it_is_said(kits):
    """The gate of every e-mail holds for kits; with a postal address it goes by post."""
    without = cool(kits, emails_opt_out=True)
    there = cool(
        kits,
        name="Bo Lind",
        phone="+13035550199",
        email="bo@l.example",
        emails_opt_out=True,
        **PLACE,
    )
    kits.later(minutes=1)
    assert messages(kits, without) == messages(kits, there) == []
    row = the_kit(kits, without)
    assert row.state == "waiting"
    assert "opted out of e-mail" in row.why
    assert the_kit(kits, there).way == "post"


def test_an_address_that_bounces_sends_it_by_post(kits):
    """What was to be e-mailed goes by post where there is an address, and says why."""
    lead = cool(kits, **PLACE)
    kits.dana.leads.sign(lead, "bounce", address="jane@brightwater.example")
    kits.later(minutes=1)
    row = the_kit(kits, lead)
    assert (row.way, row.state) == ("post", "waiting")
    assert row.why.endswith("by post instead")
    assert log(kits.dana, "kit.switched")


def test_late_kits_stand_in_the_doctors_findings(kits):
    """With how to bring it to an end."""
    lead = cool(kits, emails_opt_out=True, **PLACE)
    kits.clock.at += timedelta(days=4)
    found = [one for one in examine(kits.context).findings if "kit paper" in one.what]
    assert [one.where for one in found] == [f"lead {lead}"]
    assert "leadtui kit done" in found[0].do
    (line,) = kits.mira.mail.kits()
    assert line.late > timedelta(0)


def test_a_kit_is_dropped_with_a_reason(kits):
    """It is over, and the history says why."""
    lead = cool(kits, emails_opt_out=True, **PLACE)
    row = the_kit(kits, lead)
    with pytest.raises(Refused, match="10 characters"):
        kits.dana.mail.kit_dropped(row.id, "no")
    with pytest.raises(Refused):
        kits.ali.mail.kit_dropped(row.id, "sent another way already")
    kits.dana.mail.kit_dropped(row.id, "they have it from the fair")
    assert told(kits, lead)[-1] == "not sent: they have it from the fair"
    assert kits.mira.mail.kits() == ()


def test_an_import_taken_back_takes_its_kits_along(kits):
    """What was not sent is gone with the lead."""
    report = brought(kits, "white-paper", "Name,Email\nAda Kern,ada@kern.example\n")
    assert len(kits.rows(Fulfilment)) == 1
    kits.mira.intake.undo(report.batch)
    assert kits.rows(Fulfilment) == []


def test_an_import_onto_somebody_known_gives_back_what_was_planned(kits):
    """Whoever was there before keeps what they had, and loses what the import planned."""
    lead = a_lead(kits.dana)
    report = brought(kits, "white-paper", "Name,Email\nJane Okafor,jane@brightwater.example\n")
    assert the_kit(kits, lead).state == "waiting"
    kits.mira.intake.undo(report.batch)
    assert kits.rows(Fulfilment) == []
    assert kits.lead(lead).full_name == "Jane Okafor"


def test_two_that_become_one_get_it_once(kits):
    """The first kit stays, the second is dropped with its reason."""
    one = cool(kits, emails_opt_out=True)
    two = cool(
        kits, name="J Okafor", phone="+13035550177", email="j@o.example", emails_opt_out=True
    )
    kits.mira.leads.merge(one, two)
    states = [(row.lead_id, row.state) for row in kits.rows(Fulfilment)]
    assert states == [(one, "waiting"), (one, "dropped")]


def test_nobody_who_was_erased_is_sent_anything(kits):
    """What waited is over, and says nothing of them any more."""
    lead = cool(kits, emails_opt_out=True)
    kits.later(minutes=1)
    kits.mira.leads.erase(lead, "asked to be erased today")
    row = the_kit(kits, lead)
    assert (row.state, row.why) == ("dropped", "")


def test_with_drafts_a_rep_sends_the_kit(tmp_path):
    """The system sends nothing; the kit waits until a rep hands it over and says that it left."""
    from tests.desk.lives import Life

    life = Life(tmp_path / "floor", mail="draft")
    try:
        with_kits(life)
        lead = cool(life)
        life.later(minutes=1)
        row = the_kit(life, lead)
        assert (row.state, row.email_id) == ("waiting", None)
        done = life.dana.mail.send_kit(row.id)
        assert done.state == "drafted"
        with pytest.raises(Refused, match="handed over already"):
            life.dana.mail.send_kit(row.id)
        life.dana.mail.resolve(done.email, True)
        assert the_kit(life, lead).state == "sent"
        life.holds()
    finally:
        life.close()


def test_another_file_of_the_same_name_is_another_playbook(kits):
    """The change is told, and what is planned goes with the file that runs then."""
    before = kits.context.running_hash
    with kits.context.store.read() as session:
        old = before(session)
    lead = cool(kits)
    done = with_kits(kits, paper=PAPER + b"second edition")
    with kits.context.store.read() as session:
        assert before(session) != old
    (said,) = [change.text for change in done.changes if change.kind == "attachment"]
    sizes = f"({len(PAPER)} bytes before, {len(PAPER) + 14} now)"
    assert said == f"The attachment 'failover.pdf' is another file {sizes}."
    kits.later(minutes=1)
    (message,) = messages(kits, lead)
    (file,) = message.iter_attachments()
    assert file.get_content() == PAPER + b"second edition"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('email = "kit-paper"', 'email = "kit-papr"', "did you mean 'kit-paper'?"),
        ('"failover.pdf"', '"failovr.pdf"', "kits.toml:8: the kit 'paper' names 'failovr.pdf'"),
        ('letter = "thank-you"', 'letter = "thanks"', "which is no letter"),
        ('offer = "white-paper"', 'offer = "whitepaper"', "no lead can have offer = 'whitepaper'"),
        ("hard_copy_from = 60\n", "", "write from which score on it goes by post"),
        ('pieces = ["Evaluation folder"]', "", "write 'email', 'pieces', or both"),
        ("when = { offer", "whn = { offer", "did you mean 'when'?"),
        ('key = "folder"', 'key = "paper"', "is used twice"),
        ("1 business day", "1 working day", "did you mean '1 business day'?"),
        ('version = "3"', "", "a kit has no 'version'"),
    ],
)
def test_what_is_wrong_with_a_kit_is_said_with_its_line(life, old, new, said):
    """Before it runs, by file and line and with the nearest word."""
    with_kits(life)
    changed = KITS.replace(old, new, 1)
    assert changed != KITS
    (life.folder / "playbook" / "kits.toml").write_text(changed, encoding="utf-8")
    found = [str(one) for one in problems(read_folder(life.folder / "playbook"))]
    assert [one for one in found if said in one and one.startswith("kits.toml:")], found


def test_a_file_that_no_kit_sends_and_an_empty_one_are_named(life):
    """Nothing stands in the folder for nothing."""
    with_kits(life)
    folder = life.folder / "playbook" / "attachments"
    (folder / "old.pdf").write_bytes(b"x")
    (folder / "failover.pdf").write_bytes(b"")
    found = [str(one) for one in problems(read_folder(folder.parent))]
    assert any(one.startswith("attachments/old.pdf: no kit sends this file") for one in found)
    assert any("attachments/failover.pdf: the file is empty" in one for one in found)
    with pytest.raises(LeadtuiError):
        activate(life.mira.context, folder.parent, move=False)


def test_the_commands_say_what_waits_and_what_went(kits, capsys, monkeypatch):
    """List, done, show and export tell the same."""
    lead = cool(kits, emails_opt_out=True, **PLACE)
    leadtui = Line(kits.folder, capsys)
    monkeypatch.setenv("LEADTUI_NOW", kits.clock.at.isoformat())
    (line,) = leadtui("kit", "list", "--json").data
    assert (line["lead"], line["kit"], line["way"]) == (lead, "paper", "post")
    assert "leadtui letter print" in leadtui("kit", "list").out
    assert "is in the post" in leadtui("kit", "done", line["id"]).out
    assert leadtui("kit", "list").out.strip() == "No kit waits."
    assert (
        "kit Failover paper (2026-10), sent by post 23 Nov 2026"
        in leadtui("lead", "show", lead).out
    )
    assert "Failover paper (2026-10), sent by post" in leadtui("lead", "export").out


def test_an_older_response_of_a_list_is_taken_for_itself(kits):
    """What they asked for then is sent by its own offer, unless the kit is only for who has asked
    lately."""
    lead = a_lead(kits.dana, offer="demo")
    list_ = "Name,Email,Scan time\nJane Okafor,jane@brightwater.example,2026-05-02T10:00:00Z\n"
    with_kits(kits, KITS.replace('white-paper" }', 'white-paper", inquiry_at = "within 30 days" }'))
    brought(kits, "white-paper", list_)
    assert kits.rows(Fulfilment) == []
    with_kits(kits)
    brought(kits, "white-paper", list_.replace("05-02", "06-03"))
    assert the_kit(kits, lead).kit == "paper"
