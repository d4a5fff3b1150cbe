"""The servers that the other tests stand on: each is real, answers, and is gone afterwards."""

import imaplib
import os
import smtplib
import ssl
import threading

import psycopg
import pytest
import sqlalchemy

from tests.running import HOST, require
from tests.servers import Dovecot, Postfix, PostgreSQL
from tests.sink import Fault, SmtpSink

MAIL = b"From: a@a.example\r\nTo: b@b.example\r\nSubject: hello\r\n\r\n.a line with a dot\r\n"


def send(port: int, *recipients: str) -> dict[str, tuple[int, bytes]]:
    with smtplib.SMTP(HOST, port, timeout=20) as client:
        return client.sendmail("a@a.example", recipients or ["b@b.example"], MAIL)


def test_dovecot_shows_what_was_delivered(dovecot: Dovecot, mailbox: str) -> None:
    """A delivered message is read byte for byte after a real login, in the clear and by TLS, under its UID."""
    uid = dovecot.deliver(mailbox, MAIL)
    trust = ssl.create_default_context(cafile=str(dovecot.certificate))

    for client in (imaplib.IMAP4(HOST, dovecot.port), imaplib.IMAP4_SSL(HOST, dovecot.tls_port, ssl_context=trust)):
        with client:
            client.login(mailbox, dovecot.password)
            client.select()
            fetched = client.uid("FETCH", str(uid), "(BODY.PEEK[])")[1]

        assert fetched[0][1] == MAIL


def test_dovecot_makes_folders(dovecot: Dovecot, mailbox: str) -> None:
    """A message can be put into a folder that nobody made before."""
    dovecot.deliver(mailbox, MAIL, mailbox="Done/Today")

    assert dovecot.uids(mailbox, mailbox="Done/Today") == [1]
    assert dovecot.uids(mailbox) == []


def test_dovecot_refuses_a_wrong_password(dovecot: Dovecot, mailbox: str) -> None:
    """A login means something."""
    with imaplib.IMAP4(HOST, dovecot.port) as client, pytest.raises(imaplib.IMAP4.error):
        client.login(mailbox, "wrong")


def test_dovecot_comes_back_with_its_mail() -> None:
    """Killing it cuts open connections; the mail is there after a restart on the same port."""
    with Dovecot() as server:
        server.deliver("a@imap.example.test", MAIL)
        client = imaplib.IMAP4(HOST, server.port)
        client.login("a@imap.example.test", server.password)
        server.kill()
        with pytest.raises((imaplib.IMAP4.abort, OSError)):
            client.noop()
        client.shutdown()
        server.start()

        assert server.uids("a@imap.example.test") == [1]

    assert not server.root.exists()


def test_postfix_relays_into_the_sink(postfix: Postfix, sink: SmtpSink) -> None:
    """Mail handed to Postfix arrives at the relay with its envelope."""
    send(postfix.port)
    mail = sink.wait_for(1)[0]

    assert (mail.sender, mail.recipients) == ("a@a.example", ("b@b.example",))
    assert mail.data.endswith(b"\r\n\r\n.a line with a dot\r\n")


def test_postfix_tries_again(postfix: Postfix, sink: SmtpSink) -> None:
    """What the relay puts off is sent again within seconds."""
    sink.next("dot", "451 4.3.0 later")
    send(postfix.port)

    assert len(sink.wait_for(1, timeout=60)) == 1


def test_postgresql_answers(postgresql_url: str) -> None:
    """A fresh database takes a statement from SQLAlchemy."""
    engine = sqlalchemy.create_engine(postgresql_url)
    with engine.connect() as connection:
        assert connection.execute(sqlalchemy.text("select 1")).scalar() == 1
    engine.dispose()


def test_postgresql_survives_a_crash() -> None:
    """What was committed is there after a kill, and sessions of before are cut."""
    with PostgreSQL() as server:
        server.create_database("crash")
        with psycopg.connect(server.conninfo("crash"), autocommit=True) as connection:
            connection.execute("create table t as select 1 as n")
            server.kill()
            with pytest.raises(psycopg.OperationalError):
                connection.execute("select 1")
        server.start()
        with psycopg.connect(server.conninfo("crash")) as connection:
            assert connection.execute("select n from t").fetchone() == (1,)


def test_sink_answers_as_told(sink: SmtpSink) -> None:
    """One recipient can be refused and the other taken; the next message is put off at its dot."""
    sink.always("rcpt", "550 5.1.1 nobody", recipient="no@b.example")
    refused = send(sink.port, "no@b.example", "yes@b.example")
    sink.next("dot", "451 4.3.0 later")

    assert refused == {"no@b.example": (550, b"5.1.1 nobody")}
    with pytest.raises(smtplib.SMTPDataError):
        send(sink.port)
    assert [(mail.recipients, mail.data) for mail in sink.received] == [(("yes@b.example",), MAIL)]


def test_sink_takes_the_mail_and_hangs_up(sink: SmtpSink) -> None:
    """The worst case of SMTP: the message was taken and the client never learns it."""
    sink.next("dot", Fault.HANG_UP)

    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(sink.port)
    assert len(sink.wait_for(1)) == 1


def test_sink_waits_for_an_event(sink: SmtpSink) -> None:
    """A test decides when the relay answers, without sleeping."""
    gate = threading.Event()
    sink.next("dot", gate)
    sender = threading.Thread(target=send, args=(sink.port,))
    sender.start()
    sink.wait_for_command(".")

    assert sink.received == []
    gate.set()
    assert len(sink.wait_for(1)) == 1
    sender.join()


def test_sink_keeps_its_port(sink: SmtpSink) -> None:
    """A relay that was away for a while is found where it was."""
    port = sink.port
    sink.stop()
    with pytest.raises(ConnectionRefusedError):
        send(port)
    sink.start()
    send(port)

    assert len(sink.wait_for(1)) == 1


@pytest.mark.parametrize(("required", "outcome"), [("1", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_a_missing_program_names_its_package(
    monkeypatch: pytest.MonkeyPatch, required: str, outcome: type[BaseException]
) -> None:
    """Skipped on a person's machine, failed where every server must be there; the Debian package is named in both."""
    monkeypatch.setenv("TKT_REQUIRE_SERVERS", required)

    with pytest.raises(outcome, match="apt-get install some-package"):
        require("no-such-program", "some-package")


def test_no_setting_leaks_into_a_test() -> None:
    """The environment of a test holds no TKT_ variable but the one about servers."""
    assert [name for name in os.environ if name.startswith("TKT_")] in ([], ["TKT_REQUIRE_SERVERS"])
