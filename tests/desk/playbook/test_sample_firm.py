"""A floor of one's own speaks as its own firm, and nothing leaves it in the sample's name."""

from dataclasses import replace
from pathlib import Path

import pytest

from leadtui.desk.desk import Desk
from leadtui.desk.floor.doctor import examine
from leadtui.desk.playbook.files import default_files
from leadtui.desk.playbook.firm import Firm, in_its_name, link_names
from leadtui.desk.playbook.sample_firm import remnants, shipped
from leadtui.errors import Refused
from leadtui.settings import MailSettings, load_settings
from tests.builders import MONDAY, a_desk, a_floor, a_lead, open_touch

OWN = Firm(
    "Acme Ltd",
    'Acme "One"',
    "1 Main St, Springfield",
    links={name: f"https://acme.test/{name}" for name in link_names()},
)


def real(desk: Desk) -> Desk:
    """The same desk, on a floor that is no demo and whose server is never reached."""
    mail = MailSettings(transport="smtp", host="127.0.0.1", port=9, tls="none")
    settings = replace(desk.settings, mail=mail)
    return Desk(replace(desk.context, is_demo=False, settings=settings))


@pytest.fixture
def desk(tmp_path):
    made = a_desk(a_floor(tmp_path / "floor"))
    yield made
    made.close()


def letter(desk):
    """What a rep would hand over beside a started call."""
    lead = a_lead(desk)
    question = desk.block.start(open_touch(desk, lead).id).question.id
    shown = desk.mail.preview(lead, None, "after-voicemail")
    return lead, question, shown


def test_the_default_playbook_is_full_of_the_sample_firm_and_an_own_one_has_none_of_it():
    """Every place is named by file and line, in comments none; and a quote in a name is no harm."""
    before, after = remnants(default_files()), remnants(in_its_name(default_files(), OWN))

    assert {"playbook.toml"} == {one.file for one in before}
    assert all(one.line > 7 for one in before)
    assert len(before) >= len(shipped()) - 3
    assert after == ()


def test_an_email_in_the_sample_firms_name_stays_on_a_real_floor(desk):
    """The preview says so before it is sent, handing over refuses it; on a demo floor it leaves."""
    lead, question, shown = letter(real(desk))
    assert "sample firm" in shown.not_ours
    assert "leadtui playbook edit" in shown.not_ours

    with pytest.raises(Refused, match="sample firm") as refused:
        real(desk).mail.hand_over(
            lead, shown.template, shown.subject, shown.body, obligation_id=question
        )
    assert refused.value.code == "sample_firm"
    assert "nothing was sent" in str(refused.value)

    sent = desk.mail.hand_over(
        lead, shown.template, shown.subject, shown.body, obligation_id=question
    )
    assert sent.state == "sent"


def test_a_sample_address_alone_is_told_as_such(desk):
    """It stands in another file than the playbook's texts."""
    lead, question, shown = letter(real(desk))
    address = desk.settings.postal_address

    with pytest.raises(Refused, match=r"postal_address into .*leadtui\.toml"):
        real(desk).mail.hand_over(
            lead, shown.template, "Hello", f"Hello\n{address}\n", obligation_id=question
        )


def test_a_system_email_in_the_sample_firms_name_is_given_to_the_rep(desk):
    """And the round says why."""
    ours = real(desk)
    a_lead(ours, offer="trial")
    run = ours.mail.send_waiting()

    assert (run.sent, run.given) == (0, 1)
    assert "sample firm" in run.words


def test_the_doctor_names_what_still_speaks_for_the_sample_firm(desk, tmp_path):
    """On a real floor only, by place; an own firm's floor has no such finding."""

    def told(context):
        return [one for one in examine(context).findings if "sample firm" in one.what]

    assert told(desk.context) == []
    found = told(real(desk).context)
    assert {Path(one.where).name.partition(":")[0] for one in found} == {
        "playbook.toml",
        "leadtui.toml",
    }
    assert all(one.severity == "warning" and one.do for one in found)


def test_an_own_firms_email_leaves(tmp_path):
    """Its name stands under it, and its address."""
    from leadtui.desk.floor.making import NewRep, make_floor

    folder = tmp_path / "own"
    people = (NewRep("Dana Reyes", "dana", "supervisor", "dana@acme.com", "+1312", calls=True),)
    make_floor(folder, people, MONDAY, name="Own", zone="America/Chicago", demo=False, firm=OWN)
    ours = real(a_desk(folder))
    _, _, shown = letter(ours)

    assert shown.not_ours == ""
    assert "Acme Ltd" in shown.body
    assert load_settings(folder).postal_address in shown.body
    ours.close()
