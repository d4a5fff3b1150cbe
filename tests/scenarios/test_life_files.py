"""Files in both directions: octet for octet, inside HTML or beside it, and what is too large is named."""

import os
from email.message import EmailMessage

from rules.ticket import Status
from tests.scenarios.house import ANNA, KARIM, MARIE, House, Mail

LOGO = b"\x89PNG logo" + bytes(range(256))
SHOT = b"\x89PNG shot" + os.urandom(3000)


async def opened(house: House) -> Mail:
    """A new ticket; Marie's notification of it."""
    await house.send(house.write("My page is empty."))
    house.one(ANNA)
    house.one(KARIM)
    return house.one(MARIE)


async def test_what_is_too_large_for_the_relay_is_named_to_the_agents(house: House) -> None:
    """A customer's film that the relay would refuse: the notification comes with the rest, and names what it lacks."""
    house.sink.always("ehlo", "250-sink\r\n250-8BITMIME\r\n250 SIZE 3000000")
    await opened(house)  # the relay says its size when it is first talked to
    await house.send(
        house.write("Two files.", subject="Film", files={"film.mp4": os.urandom(2_500_000), "b.txt": b"b"})
    )
    house.one(ANNA)

    for agent in (MARIE, KARIM):
        told = house.one(agent)
        assert told.files == {"b.txt": b"b"}
        assert "film.mp4" in told.text
        assert "Not sent along, as the mail would have become too large: film.mp4." in told.text


async def test_a_picture_inside_an_agents_html_reaches_the_customer(house: House) -> None:
    """A screenshot pasted into an HTML reply, and Apple Mail's way of attaching (disposition inline), go along."""
    told = await opened(house)
    mail = house.reply(told, html='<p>See here:</p><p><img src="cid:shot@mail"></p>')
    mail.add_related(SHOT, "image", "png", cid="<shot@mail>", filename="image001.png", disposition="inline")
    mail.make_mixed()
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="how.pdf", disposition="inline")
    await house.send(mail)

    answer = house.one(ANNA)
    assert answer.text.startswith("See here:")
    assert answer.files == {"image001.png": SHOT, "how.pdf": b"%PDF"}


async def test_the_logo_of_a_signature_is_no_answer(house: House) -> None:
    """`#ack` above an HTML signature with its logo, and nothing else: acknowledged, and the customer gets no mail."""
    told = await opened(house)
    mail = house.reply(told, html='<div>#ack</div><div>-- </div><div>Marie <img src="cid:logo@mail"></div>')
    mail.add_related(LOGO, "image", "png", cid="<logo@mail>", filename="logo.png", disposition="inline")
    await house.send(mail)

    assert (await house.ticket()).status is Status.ACKNOWLEDGED
    assert not house.got(ANNA)
    house.one(MARIE)


async def test_the_logo_of_a_signature_comes_once(house: House) -> None:
    """A picture that somebody's mails hold again and again is their logo: the first mail may be a screenshot, and what
    follows is told without it. Another picture, and the same one from somebody else, arrive."""

    def pictured(mail: EmailMessage, data: bytes, name: str) -> EmailMessage:
        mail.add_related(data, "image", "png", cid=f"<{name}@mail>", filename=name, disposition="inline")
        return mail

    shown = '<p>Look.</p><img src="cid:{}@mail">'
    await house.send(pictured(house.write(html=shown.format("a.png")), LOGO, "a.png"))
    confirmation, told = house.one(ANNA), house.one(MARIE)
    house.one(KARIM)
    assert told.files == {"a.png": LOGO}
    again = house.reply(confirmation, html=shown.format("a.png") + shown.format("b.png"))
    await house.send(pictured(pictured(again, LOGO, "a.png"), SHOT, "b.png"))
    assert house.one(MARIE).files == house.one(KARIM).files == {"b.png": SHOT}
    for expected in ({"mine.png": LOGO}, {}):
        await house.send(pictured(house.reply(told, html=shown.format("mine.png")), LOGO, "mine.png"))
        assert house.one(ANNA).files == expected


async def test_files_alone_are_an_answer_and_those_of_a_note_stay_inside(house: House) -> None:
    """An agent who only attaches answers with it; what is attached to a note reaches the colleague and nobody else."""
    told = await opened(house)
    await house.send(house.reply(told, "#assign karim"))
    house.one(KARIM)
    house.one(MARIE)
    await house.send(house.reply(told, "#note\nHer contract.", files={"contract.pdf": b"secret"}))
    assert house.one(KARIM).files == {"contract.pdf": b"secret"}
    house.one(MARIE)
    await house.send(house.reply(told, "", files={"form.pdf": b"form"}))
    assert house.one(ANNA).files == {"form.pdf": b"form"}


async def test_a_mail_as_a_file_does_not_slip_through(house: House) -> None:
    """An agent attaches our own notification, private lines and all, to an answer: nothing is sent, and they are told,
    whichever way their program attaches it."""
    told = await opened(house)
    for disposition in ("attachment", "inline"):
        mail = house.reply(told, "Look what she wrote.")
        mail.add_attachment(told.mail, disposition=disposition)
        await house.send(mail)
        assert "is a mail" in house.one(MARIE).text
    assert not house.got(ANNA)
