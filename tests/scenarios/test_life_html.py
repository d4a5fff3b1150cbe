"""Agents whose mail program writes HTML only, each in its maker's manner: the customer gets the agent's own words."""

import html
from collections.abc import Callable

import pytest

from rules.ticket import Status
from tests.scenarios.house import ANNA, KARIM, MARIE, PLAIN, House, Mail, inner

WORDS = ["Hello Anna,", "please press F5.", "Marie"]
CUSTOMER_WORDS = "my page is empty since noon"
Writer = Callable[[Mail, list[str]], str]


def gmail(old: Mail, lines: list[str]) -> str:
    own = "".join(f"<div>{html.escape(line) or '<br>'}</div>" for line in lines)
    link = f'<a href="mailto:{old.mail["Reply-To"]}">{old.mail["Reply-To"]}</a>'
    return (
        f'<div dir="ltr">{own}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" '
        f'class="gmail_attr">On Fri, Nov 6, 2026 at 10:00 AM Support &lt;{link}&gt; wrote:<br></div>'
        '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);'
        f'padding-left:1ex">{inner(old)}</blockquote></div>'
    )


def outlook(old: Mail, lines: list[str]) -> str:
    own = "".join(
        f'<p class="MsoNormal"><span lang="EN-GB">{html.escape(line)}<o:p></o:p></span></p>' for line in lines
    )
    return (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta name="Generator" content="Microsoft Word '
        '15"><style>p.MsoNormal{margin:0cm;font-size:11pt}</style></head><body lang=EN-GB><div class=WordSection1>'
        f'{own}<p class="MsoNormal"><o:p>&nbsp;</o:p></p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;'
        'padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b>From:</b> Anna Nowak (TKT-00001) '
        f"&lt;{old.mail['Reply-To']}&gt;<br><b>Sent:</b> Friday, 6 November 2026 10:00<br><b>To:</b> Marie Dupont<br>"
        f"<b>Subject:</b> {html.escape(old.subject)}<o:p></o:p></p></div></div>{inner(old)}</div></body></html>"
    )


def outlook_web(old: Mail, lines: list[str]) -> str:
    style = 'class="elementToProof" style="font-family:Aptos,sans-serif"'
    own = "".join(f"<div {style}>{html.escape(line) or '<br>'}</div>" for line in lines)
    return (
        f'<html><head></head><body dir="ltr">{own}<div id="appendonsend"></div><hr style="display:inline-block;'
        'width:98%"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif"><b>From:</b> Anna Nowak '
        f"&lt;{old.mail['Reply-To']}&gt;<br><b>Sent:</b> Friday, November 6, 2026 10:00 AM<br><b>To:</b> Marie "
        f"Dupont<br><b>Subject:</b> {html.escape(old.subject)}</font><div>&nbsp;</div></div>{inner(old)}</body></html>"
    )


def apple(old: Mail, lines: list[str]) -> str:
    own = "".join(f"<div>{html.escape(line) or '<br>'}</div>" for line in lines)
    return (
        '<html><head></head><body style="overflow-wrap: break-word; -webkit-nbsp-mode: space;">'
        f'{own}<div><br><blockquote type="cite"><div>On 6 Nov 2026, at 10:00, Support '
        f'&lt;{old.mail["Reply-To"]}&gt; wrote:</div><br class="Apple-interchange-newline"><div>{inner(old)}</div>'
        "</blockquote></div><br></body></html>"
    )


def unknown(old: Mail, lines: list[str]) -> str:
    """A program that marks nothing and quotes with no sign at all."""
    return f"<p>{'<br>'.join(map(html.escape, lines))}</p><hr>{inner(old)}"


PRIVATE = [CUSTOMER_WORDS, "tkt-private", "Nobody has it", "#note", "#wait", "First lines", "P1", "@desk"]
WRITERS = [gmail, outlook, outlook_web, apple, unknown]


@pytest.mark.parametrize("desk", ["support@desk.example", PLAIN])
async def test_the_customer_gets_the_agents_own_words_only(house: House, desk: str) -> None:
    """HTML replies in the manner of Gmail, Outlook, Outlook on the web, Apple Mail and of a program that marks nothing:
    steering lines are obeyed, the words arrive, no marker, no token, no private line, nothing of what was quoted."""
    for at, write in enumerate(WRITERS, 1):
        customer = f"customer{at}@customer.example"
        await house.send(house.write(f"Hello,\n\n{CUSTOMER_WORDS}.\n", who=customer, to=desk))
        house.one(customer)
        house.one(KARIM)
        told = house.one(MARIE)
        assert (desk == PLAIN) == (str(told.mail["Reply-To"]) == PLAIN)
        await house.send(house.reply(told, html=write(told, ["#priority P1", "#waiting", *WORDS])))

        mail = house.one(customer)
        name = write.__name__
        assert mail.text.startswith("Hello Anna,"), name
        lines = [line for line in mail.text.splitlines() if line.strip()]
        assert lines[:3] == WORDS, name
        assert "We wait for your answer" in mail.text, name
        for private in PRIVATE:
            assert private not in mail.text + mail.html, name
        ticket = await house.ticket(at)
        assert (ticket.status, ticket.priority, ticket.assignee) == (Status.WAITING, "P1", "marie"), name
        house.one(MARIE)


async def test_a_desk_without_plus_addresses(house: House) -> None:
    """Where plus-addresses do not arrive every address of ours is plain, and the signed Message-ID alone leads an
    answer to its ticket and its agent, with nothing else to go by."""
    await house.send(house.write("Hello.", to=PLAIN))
    confirmation, told = house.one(ANNA), house.one(MARIE)
    house.one(KARIM)
    for mail in (confirmation, told):
        assert "+" not in str(mail.mail["Reply-To"]) + str(mail.mail["From"])
    await house.send(house.write("#take\nHello Anna.", who=MARIE, to=PLAIN, subject="x", In_Reply_To=told.id))
    answer = house.one(ANNA)
    assert answer.text.startswith("Hello Anna.")
    assert "Done: " in house.one(MARIE).text
    await house.send(house.write("Thank you, and more.", to=PLAIN, subject="y", In_Reply_To=answer.id))

    assert "and more" in house.one(MARIE).text
    assert await house.outcomes() == ["opened", "act", "followed up"]
    assert (await house.ticket()).assignee == "marie"
