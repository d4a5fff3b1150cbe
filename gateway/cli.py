"""The `tkt` command. Each function here is one command: it reads its words, asks another room, and prints.

Without --config the file ./tkt.toml is used when it is there, else the embedded default under ./var.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.config import Config, ConfigError, load_config
from parsing.message import Permanent, Temporary

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

ConfigFile = Annotated[
    Path | None, typer.Option("--config", "-c", help="tkt.toml; its folder is the base of all paths")
]
Desks = Annotated[Path | None, typer.Argument(metavar="[DIR]", help="only this desk, or the desks in DIR")]
Json = Annotated[bool, typer.Option("--json", help="print JSON instead of a table")]
HERE = Path("tkt.toml")
Limit = Annotated[int, typer.Option("--limit", min=1, help="at most so many, the newest")]


def find_config(file: Path | None) -> Config:
    """The configuration meant by --config, ./tkt.toml, or the embedded default."""
    if embedded(file):
        return Config(base=Path.cwd())
    return load_config(file or HERE)


def embedded(file: Path | None) -> bool:
    """True when there is no tkt.toml: then keys and store are made where they are wanted."""
    return file is None and not HERE.exists()


@app.command()
def run(
    config: ConfigFile = None,
    failpoints: Annotated[bool, typer.Option("--failpoints", hidden=True)] = False,
) -> None:
    """Run the gateway in the foreground until Ctrl-C or SIGTERM."""
    from gateway.run import run_gateway

    raise typer.Exit(run_gateway(find_config(config), embedded=embedded(config), failpoints=failpoints))


@app.command()
def demo(keep: Annotated[Path | None, typer.Option(help="keep the mails and the store in this folder")] = None) -> None:
    """One ticket's whole life, told as it happens."""
    from gateway.demo import run_demo

    raise typer.Exit(run_demo(keep))


@app.command()
def check(folder: Desks = None, config: ConfigFile = None) -> None:
    """Check tkt.toml and the desks; mistakes and doubts with their places."""
    from gateway.checks import check_all
    from gateway.desk_commands import check_folder

    if folder is not None:
        raise typer.Exit(check_folder(Config(base=Path.cwd()), folder))
    raise typer.Exit(check_all(find_config(config), embedded=embedded(config)))


@app.command("test")
def run_examples(folder: Desks = None, config: ConfigFile = None) -> None:
    """Run the examples beside the rules."""
    from gateway.desk_commands import try_examples

    raise typer.Exit(try_examples(Config(base=Path.cwd()) if folder else find_config(config), folder))


@app.command()
def schema(folder: Annotated[Path, typer.Argument(metavar="[DIR]")] = Path()) -> None:
    """Write the JSON Schemas of a desk's files into DIR, for an editor that knows YAML."""
    from gateway.desk_commands import write_schemas

    for line in write_schemas(folder):
        print(line)


@app.command()
def init(folder: Path) -> None:
    """Write tkt.toml, keys and a desk to edit into FOLDER."""
    from gateway.init import write_folder

    write_folder(folder)


@app.command()
def migrate(config: ConfigFile = None) -> None:
    """Bring the database's schema to this version."""
    from gateway.operate import migrate_store

    migrate_store(find_config(config))


@app.command("send-sample")
def send_sample(
    config: ConfigFile = None,
    sender: Annotated[str, typer.Option("--from", help="who writes")] = "customer@example.com",
    agent: Annotated[str | None, typer.Option("--as", help="who writes, and logs in with a password")] = None,
    to: Annotated[str | None, typer.Option(help="the desk's address; default: the first desk's")] = None,
    subject: Annotated[str, typer.Option(help="what about")] = "I can not log in",
    text: Annotated[str, typer.Option(help="the words")] = "",
) -> None:
    """Send a sample mail to the running gateway by SMTP, as a customer or, logged in, as an agent."""
    from gateway.operate import ask_password
    from gateway.sample import send

    password = ask_password(agent) if agent else None
    print(send(find_config(config), sender=agent or sender, to=to, subject=subject, text=text, password=password))


@app.command()
def tickets(
    config: ConfigFile = None,
    json: Json = False,
    status: Annotated[str | None, typer.Option(help="only those in this status")] = None,
    desk: Annotated[str | None, typer.Option(help="only this desk's")] = None,
) -> None:
    """The tickets, newest first."""
    from gateway import views

    views.tickets(find_config(config), json=json, status=status, desk=desk)


@app.command()
def show(
    ticket: str,
    config: ConfigFile = None,
    json: Json = False,
    why: Annotated[bool, typer.Option("--why", help="every question that was asked, and its answer")] = False,
    full: Annotated[bool, typer.Option("--full", help="the whole words of each message")] = False,
) -> None:
    """One ticket's whole timeline, with the reason for each step."""
    from gateway import timeline

    timeline.show(find_config(config), ticket, json=json, why=why, full=full)


@app.command()
def outbox(
    config: ConfigFile = None,
    json: Json = False,
    id: Annotated[str | None, typer.Argument(help="M17, or 17")] = None,
    limit: Limit = 200,
) -> None:
    """What has left, waits or is held; with an ID, that mail."""
    from gateway import views
    from gateway.held import mail_id

    views.outbox(find_config(config), mail_id(id) if id is not None else None, json=json, limit=limit)


@app.command()
def ledger(config: ConfigFile = None, json: Json = False, limit: Limit = 200) -> None:
    """Every message that came in, and its one outcome."""
    from gateway import views

    views.ledger(find_config(config), json=json, limit=limit)


@app.command()
def status(config: ConfigFile = None, json: Json = False) -> None:
    """How it goes: queues, counts, red lines."""
    from gateway import views

    views.status(find_config(config), json=json)


@app.command()
def trace(address: str, config: ConfigFile = None, json: Json = False) -> None:
    """Where is my mail? All from and to one address.

    From the other side's queue id to the relay's last reply.
    """
    from gateway import tracing

    tracing.trace(find_config(config), address, json=json)


@app.command()
def explain(
    mail: Annotated[str, typer.Argument(help="a file, - for standard input, a folder, or an id of the ledger")],
    config: ConfigFile = None,
    json: Json = False,
    desk: Annotated[str | None, typer.Option(help="the desk that takes it; default: by its recipients")] = None,
    db: Annotated[bool, typer.Option("--db", help="look tickets up in the store")] = False,
    dns: Annotated[bool, typer.Option("--dns", help="ask the DNS who vouches for the sender")] = False,
    why: Annotated[bool, typer.Option("--why", help="every question that was asked, and its answer")] = False,
    full: Annotated[bool, typer.Option("--full", help="the whole words of the mail")] = False,
) -> None:
    """What a mail is, and what would become of it.

    Of a file, - or each file of a folder nothing is known but what stands in it and in the configuration, unless --db.
    A delivery's decision is told as it was made, and made again.
    """
    from gateway.explain import Manner, delivery_number, explain_files
    from gateway.explained import make_judge

    chosen, manner, number = find_config(config), Manner(json=json, why=why, full=full), delivery_number(mail)
    if number is None and not db:
        raise typer.Exit(explain_files(mail, make_judge(chosen, desk=desk, dns=dns).of_file, manner))
    from gateway.explain_store import explain_delivery, facts_of

    if number is not None and desk is not None:
        raise Permanent("--desk is for a mail from a file: a delivery has its desk already")
    with facts_of(chosen) as facts:
        judge = make_judge(chosen, desk=desk, look_up=facts, dns=dns)
        if number is not None:
            raise typer.Exit(explain_delivery(chosen, number, manner, judge))
        raise typer.Exit(explain_files(mail, judge.of_file, manner))


@app.command()
def requeue(id: Annotated[str, typer.Argument(help="D17, or 17")], config: ConfigFile = None) -> None:
    """Read a failed delivery once more."""
    from gateway.held import delivery_id
    from gateway.operate import act

    print(f"delivery {act(find_config(config), 'requeue', id=delivery_id(id))['delivery']} is read again")


@app.command()
def hold(what: Annotated[str, typer.Argument(help="outgoing")], config: ConfigFile = None) -> None:
    """Keep every outgoing mail: `tkt hold outgoing`."""
    from gateway.operate import act

    if what != "outgoing":
        raise Permanent(f'only outgoing mail can be held: "tkt hold outgoing", not "tkt hold {what}"')
    act(find_config(config), "hold")
    print("outgoing mail is held: see `tkt outbox`, let one go by `tkt release ID`, all by `tkt resume`")


@app.command()
def resume(config: ConfigFile = None) -> None:
    """Let held mail leave, and all that comes."""
    from gateway.operate import act

    print(f"outgoing mail leaves again; held back until now: {act(find_config(config), 'resume')['released']}")


@app.command()
def held(
    config: ConfigFile = None,
    json: Json = False,
    desk: Annotated[str | None, typer.Option(help="only this desk's")] = None,
    limit: Limit = 200,
) -> None:
    """The mail that came in and is held, each with its reason."""
    from gateway import held

    held.held(find_config(config), json=json, desk=desk, limit=limit)


@app.command()
def release(
    id: Annotated[str, typer.Argument(help="D17: came in; M17 or 17: goes out")],
    config: ConfigFile = None,
    edit: Annotated[bool, typer.Option("--edit", help="what goes out: open it in $EDITOR first")] = False,
    cancel: Annotated[bool, typer.Option("--cancel", help="what goes out: never send it")] = False,
) -> None:
    """Let one held mail go on.

    What came in (D17) is decided upon again as if it had proved who sent it.
    What goes out (M17) leaves; --edit it first, or --cancel it.
    """
    from gateway.held import DELIVERY, MAIL, read_id
    from gateway.operate import act, edit_mail

    chosen, (kind, number) = find_config(config), read_id(id, plain=MAIL)
    if kind == DELIVERY:
        if edit or cancel:
            raise Permanent(f"--edit and --cancel are for mail that goes out; tkt reject D{number} ends what came in")
        act(chosen, "judge", id=number, how="released")
        print(f"D{number} is decided upon again: tkt explain D{number}")
        return
    if edit:
        edit_mail(chosen, number)
    act(chosen, "cancel" if cancel else "release", id=number)
    print(f"mail {number} " + ("will never leave" if cancel else "leaves"))


@app.command()
def reject(id: Annotated[str, typer.Argument(help="D17")], config: ConfigFile = None) -> None:
    """End a mail that came in and is held: it is kept, and nothing is ever done with it."""
    from gateway.held import delivery_id
    from gateway.operate import act

    number = delivery_id(id)
    act(find_config(config), "judge", id=number, how="rejected")
    print(f"D{number} is rejected")


@app.command()
def mute(
    address: str,
    config: ConfigFile = None,
    reason: Annotated[str, typer.Option("--reason", help="why, as tkt status shows it")] = "",
) -> None:
    """Send nothing automatic to ADDRESS any more."""
    from gateway.held import mailbox
    from gateway.operate import act

    muted = mailbox(address)
    act(find_config(config), "mute", address=muted, reason=reason)
    print(f"{muted} is muted: no mail of ours goes there until tkt unmute {muted}")


@app.command()
def unmute(address: str, config: ConfigFile = None) -> None:
    """Write to ADDRESS again."""
    from gateway.held import mailbox
    from gateway.operate import act

    muted = mailbox(address)
    act(find_config(config), "unmute", address=muted)
    print(f"{muted} is written to again")


@app.command()
def backup(file: Path, config: ConfigFile = None) -> None:
    """Copy the store into one FILE, while the gateway runs."""
    from gateway.operate import backup_store

    print(backup_store(find_config(config), file))


@app.command()
def attachments(ticket: str, folder: Path, config: ConfigFile = None) -> None:
    """Write every attachment of a ticket into FOLDER."""
    from gateway.operate import write_attachments

    for name in write_attachments(find_config(config), ticket, folder):
        print(name)


@app.command()
def reconcile(config: ConfigFile = None, json: Json = False) -> None:
    """Is every mail accounted for? Exit code 1 when not.

    Compares the ledger with the mailboxes, and the outbox with its states.
    """
    from gateway.reconcile import reconcile_all

    raise typer.Exit(reconcile_all(find_config(config), json=json))


@app.command("rotate-keys")
def rotate(
    config: ConfigFile = None,
    days: Annotated[int, typer.Option(min=1, max=3650, help="how long answers to earlier mails stay proven")] = 365,
) -> None:
    """Put a fresh key on top of those that sign our tokens."""
    from gateway.operate import rotate

    print(rotate(find_config(config), days))


@app.command()
def passwd(address: str, config: ConfigFile = None) -> None:
    """Set the password for ADDRESS on our SMTP listener."""
    from gateway.operate import set_password

    print(set_password(find_config(config), address))


def main() -> Any:
    """The entry point: what a person can mend is one clear line and exit code 1 or 2, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a mail may hold what the locale has no octets for
            stream.reconfigure(errors="backslashreplace")
    try:
        return app()
    except ConfigError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except (Permanent, Temporary) as error:
        print(f"tkt: {error}", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # `tkt ledger | head` has what it wanted
        sys.exit(0)
    except OSError as error:
        print(f"tkt: {error.filename or 'the system'}: {error.strerror or error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
