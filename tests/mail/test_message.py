"""A message is what was meant: its headers, its one recipient, its text."""

from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadtui.errors import LeadtuiError, Refused
from leadtui.mail.addresses import checked
from leadtui.mail.message import build, new_message_id
from tests.mail.letters import HOSTILE, a_letter, a_message

NAMES = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Unsubscribe",
    "Content-Type",
    "Content-Transfer-Encoding",
    "MIME-Version",
]
WORDS = st.one_of(st.text(max_size=300), st.sampled_from(HOSTILE))


def parsed(content):
    """The message as a mail program reads it."""
    return message_from_bytes(content, policy=policy.default)


def test_a_message_reads_as_it_was_written():
    """Headers, date from the clock, text with its own letters."""
    message = parsed(
        a_message(subject="Où en êtes-vous ?", body="Bonjour Zoé,\n\n.\nFrom here\n").content
    )

    assert str(message["Subject"]) == "Où en êtes-vous ?"
    assert str(message["From"]) == "Dana Reyes <dana@halyard.example>"
    assert str(message["To"]) == "jane@brightwater.example"
    assert message["Date"].datetime.isoformat() == "2026-11-23T16:40:00+00:00"
    assert str(message["List-Unsubscribe"]) == "<mailto:dana@halyard.example?subject=stop>"
    assert message.get_content().replace("\r\n", "\n") == "Bonjour Zoé,\n\n.\nFrom here\n"


@given(WORDS, WORDS, WORDS)
def test_no_value_adds_or_ends_a_header(subject, name, body):
    """Whatever a lead or a rep is called: the same headers, the same recipient."""
    content = build(a_letter(subject=subject, sender_name=name, body=body)).content
    message = parsed(content)

    assert sorted(message.keys()) == sorted(NAMES)
    assert str(message["To"]) == "jane@brightwater.example"
    assert [address.addr_spec for address in message["From"].addresses] == ["dana@halyard.example"]
    assert content.split(b"\r\n\r\n", 1)[0].isascii()
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))


@given(WORDS)
def test_no_text_becomes_an_address_list(text):
    """An address is one plain address, or it is refused."""
    try:
        address = checked(text)
    except Refused:
        return
    assert address.count("@") == 1
    assert address.isascii()
    assert not set(address) & set(' ,;<>()"\\\r\n')


@pytest.mark.parametrize(
    "address",
    [
        "",
        "jane",
        "jane@",
        "@b.example",
        "jane@localhost",
        "a b@c.example",
        "jane@b.example, x@y.example",
        "jane@b..example",
        "=?utf-8?q?a?=@b.example",
        "Jane <jane@b.example>",
        "jane@b.example\r\nBcc: x@y.example",
        f"{'a' * 65}@b.example",
        "jané@b.example",
        "jane@-b.example",
    ],
)
def test_what_is_no_address_is_refused(address):
    """No envelope is built from it."""
    with pytest.raises(Refused, match="no e-mail address"):
        build(a_letter(to=address))


def test_an_international_domain_is_written_in_ascii():
    """Servers know it by that name."""
    assert checked(" zoe@bücher.example ") == "zoe@xn--bcher-kva.example"


@pytest.mark.parametrize("domain", ["b.example", f"{'long' * 14}.{'label' * 11}.example"])
def test_a_message_id_survives_any_domain(domain):
    """It is how a person finds the message again, so no folding may break it."""
    ident = new_message_id(f"dana@{domain}")

    assert str(parsed(a_message(message_id=ident).content)["Message-ID"]) == ident
    assert new_message_id("dana@b.example") != new_message_id("dana@b.example")


def test_a_draft_says_that_it_is_unsent():
    """Mail programs open such a file for writing."""
    draft = parsed(a_message(sender="", unsubscribe="").draft())

    assert draft["X-Unsent"] == "1"
    assert draft["From"] is None


def test_a_header_that_appears_by_itself_stops_the_message(monkeypatch):
    """The bytes are read back, so a flaw of the library below cannot send what nobody wrote."""
    from email.message import EmailMessage

    real = EmailMessage.as_bytes
    monkeypatch.setattr(EmailMessage, "as_bytes", lambda self: b"Bcc: x@y.example\r\n" + real(self))

    with pytest.raises(LeadtuiError, match="not arrive as it was written"):
        a_message()
