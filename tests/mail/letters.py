"""Letters and templates for the tests of mail."""

from datetime import UTC, datetime
from typing import Any

from leadtui.cadence.model import Template
from leadtui.mail.message import Letter, Message, build

AT = datetime(2026, 11, 23, 16, 40, tzinfo=UTC)

HOSTILE = (
    "Jane\r\nBcc: everyone@evil.example",
    "Jane\nX-Evil: 1\n\nbody",
    "=?utf-8?q?Jane=0D=0ABcc:_evil=40evil.example?=",
    "=?utf-8?b?SmFuZQ0KQmNjOiBldmlsQGV2aWwuZXhhbXBsZQ==?=",
    "Jane\u2028Bcc: a@b.example\u2029x\x85y",
    "$rep_email ${trial_ends} $$ $",
    "\x1b]52;c;ZXZpbA==\x07Jane\x00\ud800",
    "‹trial_ends›",
    'Jane" <evil@evil.example>, "x',
    "Ĵäné " * 200,
)


def a_template(
    body: str = "Hello $first_name,\n", subject: str = "About $product", **more: Any
) -> Template:
    """An e-mail template."""
    return Template(id="hello", kind="email", title="Hello", subject=subject, body=body, **more)


def a_letter(**changes: Any) -> Letter:
    """A letter to Jane from Dana."""
    given: dict[str, Any] = {
        "to": "jane@brightwater.example",
        "subject": "Your trial",
        "body": "Hello Jane,\n",
        "message_id": "<1@halyard.example>",
        "at": AT,
        "sender": "dana@halyard.example",
        "sender_name": "Dana Reyes",
        "unsubscribe": "dana@halyard.example",
    }
    return Letter(**{**given, **changes})


def a_message(**changes: Any) -> Message:
    """That letter as a message."""
    return build(a_letter(**changes))
