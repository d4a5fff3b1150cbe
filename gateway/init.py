"""`tkt init DIR`: a commented tkt.toml, keys of mode 0600 and a desk to edit. Nothing that is there is overwritten."""

from __future__ import annotations

from pathlib import Path

from gateway.desks import packaged_desk
from gateway.dkim_keys import RECORDS, create_dkim_keys
from gateway.keys import create_keys
from parsing.message import Permanent

TOML = """\
# The gateway's settings. Every line that is commented out shows the default. Paths are relative to this folder.
# `tkt check --config tkt.toml` says whether all is well; `tkt run --config tkt.toml` runs it.

desks = "desks"        # one folder for each support address, each with desk.yaml and rules.yaml
keys = "keys"          # keys that sign reply addresses and Message-IDs; keep a copy, and keep them secret
var = "var"            # the store, the control socket

[store]
url = "sqlite:///var/tkt.db"             # or postgresql://tkt@db.example.com/tkt for as many nodes as you like

[smtp]
listen = ["127.0.0.1:2525"]
hostname = "localhost"                   # how we greet: a name that resolves to this machine
# certificate = "tls/fullchain.pem"      # for STARTTLS; without it tkt makes one itself, var/smtp.pem
# key = "tls/privkey.pem"
# passwords = "var/passwords"            # agents' logins (tkt passwd ADDRESS): AUTH over TLS, once there are any
# max_size = 26214400                    # octets

# A mail server of yours in front that checks senders and strips what others claim in its name (RFC 8601): believed.
# [smtp.hop]                             # for a mailbox: hop = { authserv_id = "…" } in its table
# authserv_id = "mx.example.com"         # the first word of its Authentication-Results
# received_by = ["mx.example.com"]       # its names behind "by" in Received
# peers = ["192.0.2.1"]                  # where it connects from
# exchange = false                       # true for Microsoft Exchange

# The same server may hand mail over by LMTP (RFC 2033) instead: each recipient gets a reply of its own. Whoever reaches
# the socket is the hop: its folder must be open to your mail server alone (deploy/postfix.md).
# [lmtp]
# listen = ["unix:/var/spool/postfix/tkt/lmtp"]   # or ["127.0.0.1:2424"]
# hop = { authserv_id = "mx.example.com" }

# Whom SPF and DKIM of incoming mail are looked up with; without servers, those of this machine.
# [dns]
# ask = true
# servers = ["192.0.2.53"]
# seconds = 5.0                          # for all that is asked about one mail; then it goes on without

# Mailing lists and forwarders break the signatures of the mail that they pass on. Whose ARC seals (RFC 8617) are
# believed when they say that the sender was right before: domains that you know to check.
# [arc]
# trusted_sealers = ["lists.example.org"]

[http]
listen = "127.0.0.1:8025"                # /healthz /readyz /metrics

# Where outgoing mail is handed on. Without it, it goes into the Maildir var/outgoing.
# [relay]
# host = "mail.example.com"
# port = 587
# tls = "starttls"                       # or "tls" (port 465), or "none" for a relay on this machine
# user = "support@example.com"
# password = { file = "relay.password" } # or { env = "NAME" }, or { command = "pass show relay" }
# mails_per_minute = 60
# mails_per_day = 5000

# A mailbox that is read for a desk; repeat the table for more.
# [[mailbox]]
# name = "support"
# desk = "support"
# host = "imap.example.com"
# user = "support@example.com"
# password = { file = "imap.password" }  # or token = { command = "…" } for XOAUTH2
# start = "newest"                       # "all" or a date takes older mail in quietly: tickets, nothing sent
# after = "flag"                         # "keep", "flag" or "move" what was taken in

# DKIM: each mail is signed with both keys once the records of keys/dkim-records.txt stand in your domain's DNS
# (deploy/mail-authentication.md). Only where no mail server behind us signs.
# [outgoing.dkim]
# domain = "example.com"
# selector = "tkt"
# key = "keys/dkim-tkt.pem"              # RSA, 2048 bits or more
# ed25519_selector = "tkt-ed25519"       # RFC 8463; with its key, or neither
# ed25519_key = "keys/dkim-tkt-ed25519.pem"

# [alarm]
# mail = "operator@example.com"
# command = ["/usr/local/bin/page-me"]   # gets the text on standard input; needs no relay
"""


def write_folder(folder: Path) -> None:
    """Write the files into `folder`; raises `Permanent` when there is a tkt.toml already."""
    config = folder / "tkt.toml"
    if config.exists():
        raise Permanent(f"{config} is there already; tkt init never overwrites")
    desk = folder / "desks" / "support"
    desk.mkdir(parents=True, exist_ok=True)
    for name, text in packaged_desk().items():
        if not (desk / name).exists():
            (desk / name).write_text(text, "utf-8")
    (folder / "var").mkdir(exist_ok=True)
    keys = create_keys(folder / "keys")
    records = create_dkim_keys(folder / "keys")
    config.write_text(TOML, "utf-8")
    print(f"wrote {config}, {desk}/ and {keys}")
    if records:
        print(f"for DKIM your domain's DNS needs, as {folder / 'keys' / RECORDS} says:\n{records}")
    print(f"next: edit {desk}/desk.yaml, then  tkt check --config {config}  and  tkt run --config {config}")
