"""SMTP against real servers: good, rejecting, silent, dripping, gone at the worst moment."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd import smtp as smtpd

from leadtui.errors import LeadtuiError, Refused
from leadtui.mail.smtp import Smtp
from leadtui.settings import MailSettings
from tests.mail.letters import a_message
from tests.mail.servers import Answers, a_server

PATIENT = {"step": 30.0, "whole": 60.0}
"""Where a server answers, however busy the machine is."""
SOON = 3.0
"""Where it does not: so long it has for the steps before."""

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")


@contextlib.contextmanager
def a_socket(talk) -> Iterator[int]:
    """A server that is a plain function of its connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError):
                connection, _ = listener.accept()
                with connection:
                    connection.settimeout(10)
                    talk(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.close()
        thread.join(10)


def plain(port: int, **options: Any) -> Smtp:
    """That server as a transport."""
    return Smtp("127.0.0.1", port, tls="none", **{**PATIENT, **options})


def test_a_message_arrives_whole():
    """Envelope, bytes and the server's words."""
    handler = Answers()
    message = a_message(body="Hello,\n.\n..two dots\nZoé\n")
    with a_server(handler) as port:
        delivery = plain(port).hand_over(message, "")

    assert delivery.state == "sent"
    assert delivery.words == "taken as 77"
    assert handler.got[0].mail_from == "dana@halyard.example"
    assert handler.got[0].rcpt_tos == ["jane@brightwater.example"]
    assert handler.got[0].content == message.content


@pytest.mark.parametrize(
    ("step", "answer", "state", "bad"),
    [
        ("rcpt", "550 5.1.1 no such user", "failed", True),
        ("rcpt", "550 5.7.1 we do not like you", "failed", False),
        ("rcpt", "450 4.2.1 greylisted, come back", "later", False),
        ("mail", "553 5.1.8 sender unknown", "failed", False),
        ("data", "554 5.6.0 spam", "failed", False),
        ("data", "451 4.3.0 try again", "later", False),
    ],
)
def test_a_server_that_rejects_is_quoted(step, answer, state, bad):
    """5xx fails the message, 4xx puts it off, and the words are the server's."""
    with a_server(Answers(**{step: answer})) as port:
        delivery = plain(port).hand_over(a_message(), "")

    assert (delivery.state, delivery.bad_address) == (state, bad)
    assert delivery.words == answer
    assert not delivery.server_down


def test_a_server_that_is_down_is_tried_later():
    """A refused connection says nothing about the message."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    delivery = plain(port).hand_over(a_message(), "")

    assert (delivery.state, delivery.server_down) == ("later", True)


def test_a_silent_server_is_not_waited_for():
    """It takes the connection and says nothing."""
    with a_socket(lambda connection: connection.recv(1)) as port:
        delivery = plain(port, step=0.5).hand_over(a_message(), "")

    assert (delivery.state, delivery.server_down) == ("later", True)


def test_a_dripping_server_is_not_waited_for():
    """Each drop comes in time; all of them together do not."""

    dripped, gone = [], threading.Event()

    def drip(connection: socket.socket) -> None:
        while len(dripped) < 200 and not gone.wait(0.1):
            connection.sendall(b"2")
            dripped.append(b"2")

    with a_socket(drip) as port:
        delivery = plain(port, step=10.0, whole=1.0).hand_over(a_message(), "")
        gone.set()

    assert delivery.state == "later"
    assert len(dripped) < 200


@pytest.mark.parametrize("silent", [True, False])
def test_a_server_that_leaves_with_the_message_makes_it_unknown(silent):
    """It may have kept it: a person decides, nothing is sent twice."""

    def swallow(connection: socket.socket) -> None:
        file = connection.makefile("rwb", buffering=0)
        file.write(b"220 hello\r\n")
        for line in file:
            if line.startswith(b"DATA"):
                file.write(b"354 go on\r\n")
            elif line == b".\r\n":
                if silent:
                    file.read(1)
                return
            elif line.startswith((b"EHLO", b"MAIL", b"RCPT")):
                file.write(b"250 OK\r\n")

    with a_socket(swallow) as port:
        delivery = plain(port, step=SOON).hand_over(a_message(), "")

    assert delivery.state == "unknown"
    assert "did not answer" in delivery.words


def test_a_server_that_hangs_after_its_yes_has_the_message():
    """What it said counts, however it says goodbye."""

    def slow_quit(connection: socket.socket) -> None:
        file = connection.makefile("rwb", buffering=0)
        file.write(b"220 hello\r\n")
        for line in file:
            if line.startswith(b"DATA"):
                file.write(b"354 go on\r\n")
            elif line.startswith(b"QUIT"):
                file.read(1)
                return
            elif line == b".\r\n" or line.startswith((b"EHLO", b"MAIL", b"RCPT")):
                file.write(b"250 OK\r\n")

    with a_socket(slow_quit) as port:
        assert plain(port, step=SOON).hand_over(a_message(), "").state == "sent"


# -- passwords and TLS -----------------------------------------------------------------------------


def test_a_wrong_password_puts_everything_off():
    """It says nothing about the message, and no words repeat the password."""
    options = {
        "authenticator": lambda *_: smtpd.AuthResult(success=False),
        "auth_require_tls": False,
        "auth_required": True,
    }
    with a_server(Answers(), **options) as port:
        transport = plain(port, user="dana", password=lambda user, host: "hunter2")
        delivery = transport.hand_over(a_message(), "")

    assert (delivery.state, delivery.server_down) == ("later", True)
    assert "hunter2" not in delivery.words + repr(transport)


def test_a_password_that_is_nowhere_puts_everything_off():
    """The message waits until somebody keeps one."""

    def nowhere(user: str, host: str) -> str:
        raise LeadtuiError("there is no password")

    delivery = plain(1, user="dana", password=nowhere).hand_over(a_message(), "")
    assert (delivery.state, delivery.words) == ("later", "there is no password")


def test_a_server_without_tls_gets_nothing():
    """With starttls neither password nor message goes out in the clear."""
    handler = Answers()
    asked: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        file = connection.makefile("rwb", buffering=0)
        file.write(b"220 hello\r\n")
        for line in file:
            asked.append(line)
            file.write(b"250 OK\r\n" if line.startswith(b"EHLO") else b"502 no\r\n")

    with a_socket(talk) as port:
        delivery = Smtp(
            "127.0.0.1", port, user="dana", password=lambda *_: "hunter2", **PATIENT
        ).hand_over(a_message(), "")

    assert delivery.state == "later"
    assert not any(word in line for line in asked for word in (b"AUTH", b"MAIL", b"hunter2"))
    assert handler.got == []


def certificate(folder) -> tuple[str, str]:
    """A certificate for localhost that nobody has heard of, and its key."""
    import subprocess

    key, cert = str(folder / "key.pem"), str(folder / "cert.pem")
    try:
        subprocess.run(
            [
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-keyout",
                key,
                "-out",
                cert,
                "-days",
                "3650",
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=DNS:localhost",
            ],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("openssl makes the certificate")
    return cert, key


@pytest.mark.parametrize("trusted", [True, False])
def test_starttls_trusts_only_known_certificates(tmp_path, trusted):
    """The password and the message go to the server one meant, or nowhere."""
    import ssl

    cert, key = certificate(tmp_path)
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(cert, key)
    handler = Answers()
    options = {
        "tls_context": ours,
        "require_starttls": True,
        "authenticator": lambda *_: smtpd.AuthResult(success=True),
        "auth_required": True,
    }
    with a_server(handler, **options) as port:
        transport = Smtp(
            "localhost",
            port,
            user="dana",
            password=lambda *_: "hunter2",
            context=ssl.create_default_context(cafile=cert) if trusted else None,
            **PATIENT,
        )
        delivery = transport.hand_over(a_message(), "")

    assert delivery.state == ("sent" if trusted else "later"), delivery
    assert len(handler.got) == int(trusted)


def test_plain_connections_stay_on_this_machine():
    """And a host must be named."""
    with pytest.raises(LeadtuiError, match="in the clear"):
        Smtp.from_settings(MailSettings(transport="smtp", host="mail.example", tls="none"))
    with pytest.raises(LeadtuiError, match="host is empty"):
        Smtp.from_settings(MailSettings(transport="smtp"))
    assert Smtp.from_settings(MailSettings(transport="smtp", host="mail.example")).tls == "starttls"


def test_a_message_from_nobody_is_refused():
    """Servers refuse it too, later and less clearly."""
    with pytest.raises(Refused) as caught:
        plain(1).check(a_message(sender=""))
    assert caught.value.code == "no_sender"
