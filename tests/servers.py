"""Real servers for the tests: Dovecot, Postfix and PostgreSQL, each a private copy on free ports of 127.0.0.1.

What the machine's own installation serves or holds is never touched. `with Dovecot() as dovecot: ...`; conftest.py has
a fixture of each.
"""

import grp
import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Literal

import psycopg
from psycopg import sql

from tests.certificate import write_certificate
from tests.running import HOST, START_SECONDS, Server, end, free_port, missing, require

DOVECOT = """
protocols = imap
listen = {host}
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/log
ssl = yes
ssl_cert = <{root}/cert.pem
ssl_key = <{root}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
default_login_user = {login}
default_internal_user = {internal}
default_internal_group = {group}
mail_location = maildir:{root}/mail/%u
mail_max_userip_connections = 1000
first_valid_uid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={root}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
"""


class Dovecot(Server):
    """IMAP on `port` (plain, and STARTTLS) and `tls_port` (implicit TLS).

    `certificate` is the file that a client trusts, for 127.0.0.1 and localhost. Every user exists, with the password
    `password` and an empty mailbox. `extra_config` is appended to dovecot.conf, where a later word wins: other
    mechanisms, a passdb for OAuth, limits.
    """

    name = "dovecot"
    password = "correct-horse"

    def __init__(self, *, extra_config: str = "") -> None:
        self.binary = require("dovecot", "dovecot-imapd")
        self.admin = require("doveadm", "dovecot-imapd")
        super().__init__()
        self.tls_port = free_port()
        self.certificate = self.root / "cert.pem"
        write_certificate(
            certificate=self.certificate, key=self.root / "key.pem", names=["localhost"], addresses=[HOST]
        )
        # the package's users only help root, who alone can become them
        me = pwd.getpwuid(os.getuid())
        internal, login, owner = (
            ("dovecot", "dovenull", pwd.getpwnam("nobody")) if me.pw_uid == 0 else (me.pw_name, me.pw_name, me)
        )
        group = "dovecot" if me.pw_uid == 0 else grp.getgrgid(me.pw_gid).gr_name
        self.config = self.root / "dovecot.conf"
        values = {"login": login, "internal": internal, "group": group, "uid": owner.pw_uid, "gid": owner.pw_gid}
        mail = self.root / "mail"
        mail.mkdir()
        os.chown(mail, owner.pw_uid, owner.pw_gid)
        text = DOVECOT.format(
            host=HOST, root=self.root, port=self.port, tls_port=self.tls_port, password=self.password, **values
        )
        self.config.write_text(text + extra_config)

    def command(self) -> list[str]:
        return [self.binary, "-F", "-c", str(self.config)]

    def doveadm(self, *words: str, stdin: bytes = b"") -> str:
        """What `doveadm` says; an error of its own is raised."""
        done = subprocess.run(
            [self.admin, "-c", str(self.config), *words], input=stdin, capture_output=True, check=False
        )
        if done.returncode != 0:
            raise RuntimeError(f"doveadm {' '.join(words)}: {done.stderr.decode(errors='replace')}")
        return done.stdout.decode(errors="replace")

    def deliver(self, user: str, raw: bytes, *, mailbox: str = "INBOX") -> int:
        """Put one message into a mailbox, made if need be, and give its UID."""
        if mailbox != "INBOX" and mailbox not in self.doveadm("mailbox", "list", "-u", user).splitlines():
            self.doveadm("mailbox", "create", "-u", user, mailbox)
        # asked before: a gateway that moves its mail away may be faster than a look afterwards
        uid = int(self.doveadm("mailbox", "status", "-u", user, "uidnext", mailbox).strip().rpartition("=")[2])
        self.doveadm("save", "-u", user, "-m", mailbox, stdin=raw)
        return uid

    def uids(self, user: str, *, mailbox: str = "INBOX") -> list[int]:
        """The UIDs that a mailbox holds, rising."""
        return sorted(
            int(line.split()[1]) for line in self.doveadm("search", "-u", user, "mailbox", mailbox, "all").splitlines()
        )


POSTFIX_MAIN = """
compatibility_level = 3.6
queue_directory = {root}/queue
data_directory = {root}/data
maillog_file = {root}/mail.log
maillog_file_prefixes = {root}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = postfix.example.test
mydomain = example.test
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
mynetworks = 127.0.0.0/8
relayhost = [{relay_host}]:{relay_port}
disable_dns_lookups = yes
smtp_host_lookup = native
smtputf8_enable = yes
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
"""

POSTFIX_MASTER = """
{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix(Server):
    """SMTP on `port`, relaying whatever it is given to one host and port, and trying again every second.

    `extra_config` is appended to main.cf, where a later word wins; `log_text()` is its mail log.
    """

    name = "postfix"

    def __init__(self, *, relay_host: str = HOST, relay_port: int, extra_config: str = "") -> None:
        self.binary = require("master", "postfix")
        if os.getuid() != 0:
            missing("Postfix can only be started by root")
        super().__init__()
        for folder, owner in (("queue", "root"), ("data", "postfix")):
            (self.root / folder).mkdir()
            shutil.chown(self.root / folder, owner)
        main = POSTFIX_MAIN.format(root=self.root, relay_host=relay_host, relay_port=relay_port)
        (self.root / "main.cf").write_text(main + extra_config)
        (self.root / "master.cf").write_text(POSTFIX_MASTER.format(port=f"{HOST}:{self.port}"))
        # makes the folders of the queue; its own process would stay between us and the master, who must get our signals
        subprocess.run([require("postfix", "postfix"), "-c", str(self.root), "check"], check=True, capture_output=True)

    def command(self) -> list[str]:
        return [self.binary, "-c", str(self.root), "-d"]

    def log_text(self) -> str:
        log = self.root / "mail.log"
        return log.read_text(errors="replace") if log.exists() else ""


class PostgreSQL(Server):
    """A cluster of its own on `port`, whose superuser `tkt` needs no password. Databases come from `create_database`.

    What was committed outlives `kill`, as the kernel does; only a power cut would need the fsync that is off here.
    """

    name = "postgresql"

    def __init__(self, *, settings: dict[str, str] | None = None) -> None:
        self.bin = self._newest()
        super().__init__()
        self.settings = {"fsync": "off", "listen_addresses": HOST, "max_connections": "100", **(settings or {})}
        self.data = self.root / "data"
        if name := self.user():
            shutil.chown(self.root, name)
        account = pwd.getpwnam(name) if name else None
        subprocess.run(
            [
                str(self.bin / "initdb"),
                "-D",
                str(self.data),
                "-U",
                "tkt",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync",
            ],
            check=True,
            capture_output=True,
            cwd=self.root,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
        )

    @staticmethod
    def _newest() -> Path:
        found = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
        if found:
            return max(found, key=lambda path: int(path.parent.name))
        return Path(require("initdb", "postgresql")).resolve().parent

    def user(self) -> str | None:
        return "postgres" if os.getuid() == 0 else None

    def command(self) -> list[str]:
        settings = [word for name, value in self.settings.items() for word in ("-c", f"{name}={value}")]
        return [str(self.bin / "postgres"), "-D", str(self.data), "-k", str(self.root), "-p", str(self.port), *settings]

    def start(self) -> None:
        """Until it takes sessions: right after a crash it takes connections and refuses them."""
        super().start()
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self.conninfo("postgres")).close()
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)  # recovery announces its end to nobody
            else:
                return

    def stop(self, mode: Literal["smart", "fast", "immediate"] = "fast") -> None:
        """As `pg_ctl stop -m` does: wait for sessions, end them, or quit without a checkpoint."""
        end(self.running(), {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}[mode])

    def conninfo(self, database: str) -> str:
        return f"host={HOST} port={self.port} user=tkt dbname={database}"

    def url(self, database: str = "postgres") -> str:
        """For SQLAlchemy."""
        return f"postgresql+psycopg://tkt@{HOST}:{self.port}/{database}"

    def create_database(self, name: str) -> str:
        """An empty database, and its URL."""
        with psycopg.connect(self.conninfo("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Gone, with every session in it."""
        with psycopg.connect(self.conninfo("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
