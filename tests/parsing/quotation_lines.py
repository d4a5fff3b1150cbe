"""Lines that announce a quotation, of our own wording, as programs write them in each language."""

from __future__ import annotations

# language or program: whole attributions; all below them is quoted even where no sign says so
ATTRIBUTIONS = {
    "English": (
        "On Fri, Nov 20, 2026 at 10:00 AM Desk <support@desk.example> wrote:",
        "On Fri, Nov 20, 2026 at 10:00 AM The Support Desk of Example Works <\nsupport@desk.example> wrote:",
        "On Fri, Nov 20, 2026 at 10:00 AM The Support Desk of Example <support@desk.example\n> wrote:",
        "On Nov 20, 2026, at 10:00, Desk <support@desk.example> wrote:",
        "On 20/11/2026 10:00, Desk wrote:",
        "On Friday, November 20th, 2026 at 10:00, Desk <support@desk.example> wrote:",
        "On 2026-11-20 10:00, support@desk.example wrote:",
        "*On Fri, Nov 20, 2026 at 10:00, Desk <support@desk.example> wrote:*",
        "---- On Fri, 20 Nov 2026 10:00:00 +0100 support@desk.example wrote ----",
        'At 2026-11-20 10:00:00, "Desk" <support@desk.example> wrote:',
        "Desk <support@desk.example> wrote:",
        "Desk <support@desk.example> wrote on 20.11.2026 10:00:",
        "On Friday, 20 November 2026, Desk <support@desk.example>\nwrote:",
        "Friday, November 20, 2026 10:00 AM +0100 from Desk <support@desk.example>:",
        "20 Nov 2026, 10:00 by support@desk.example:",
        "2026-11-20 10:00 GMT+01:00 Desk <support@desk.example>:",
        "\u202aOn Fri, Nov 20, 2026 at 10:00 AM \u202bDesk\u202c <support@desk.example> wrote:\u202c",
    ),
    "French": (
        "Le ven. 20 nov. 2026 à 10:00, Desk <support@desk.example> a écrit :",
        "Le ven. 20 nov. 2026 à 10:00, Desk <support@desk.example> a écrit\u00a0:",
        "Le 20 nov. 2026 à 10:00, Le service client de la maison <support@desk.example>\na écrit\u202f:",
        "Le 20/11/2026 à 10:00, Desk a écrit :",
        "Le vendredi 20 novembre 2026, Desk <support@desk.example> a écrit :",
        "- Le 2026-11-20 10:00, Desk a écrit :",
    ),
    "German": (
        "Am Fr., 20. Nov. 2026 um 10:00 Uhr schrieb Desk <support@desk.example>:",
        "Am 20.11.2026 um 10:00 schrieb Desk:",
        "Am 20.11.26 um 10:00 schrieb Desk\n<support@desk.example>:",
        "Desk <support@desk.example> schrieb am Fr., 20. Nov. 2026, 10:00:",
        "Desk schrieb am 20.11.2026 um 10:00:",
        "Zitat von Desk <support@desk.example>:",
        "Am Freitag, den 20. November 2026, 10:00:00 Uhr MEZ hat Desk <support@desk.example> Folgendes geschrieben:",
        "20. Nov. 2026, 10:00 von support@desk.example:",
    ),
    "Polish": (
        "W dniu pt., 20 lis 2026 o 10:00 Desk <support@desk.example> napisał(a):",
        "pt., 20 lis 2026 o 10:00 Desk <support@desk.example> napisał(a):",
        "Dnia 20 listopada 2026 10:00 Desk <support@desk.example> napisał(a):",
        "W dniu 20.11.2026 o 10:00, Desk pisze:",
        "W dniu 2026-11-20 10:00:59 użytkownik Desk <support@desk.example> napisał:",
        "Wiadomość napisana przez Desk <support@desk.example> w dniu 20.11.2026, o godz. 10:00:",
    ),
    "Spanish": (
        "El vie, 20 nov 2026 a las 10:00, Desk (<support@desk.example>) escribió:",
        "El 20/11/2026 a las 10:00, Desk escribió:",
        "El 20 nov 2026, a las 10:00, Desk <support@desk.example>\nescribió:",
        "El viernes, 20 de noviembre de 2026, Desk <support@desk.example> escribió:",
    ),
    "Italian": (
        "Il giorno ven 20 nov 2026 alle ore 10:00 Desk <support@desk.example> ha scritto:",
        "Il giorno ven 20 nov 2026 alle ore 10:00 Il servizio clienti <\nsupport@desk.example> ha scritto:",
        "Il 20/11/2026 10:00, Desk ha scritto:",
        "In data 20 novembre 2026 10:00:00 Desk <support@desk.example> ha scritto:",
    ),
    "Portuguese": (
        "Em sex., 20 de nov. de 2026 às 10:00, Desk <support@desk.example> escreveu:",
        "Em 20/11/2026 10:00, Desk escreveu:",
        "Em sex., 20 de nov. de 2026 às 10:00, Desk (\nsupport@desk.example) escreveu:",
        "No dia 20/11/2026, às 10:00, Desk <support@desk.example> escreveu:",
    ),
    "Dutch": (
        "Op vr 20 nov 2026 om 10:00 schreef Desk <support@desk.example>:",
        "Op 20-11-2026 om 10:00 schreef Desk:",
        "Op 20 nov. 2026 om 10:00 heeft Desk <support@desk.example> het volgende geschreven:",
    ),
    "Swedish": (
        "Den fre 20 nov. 2026 kl 10:00 skrev Desk <support@desk.example>:",
        "fre 20 nov. 2026 kl. 10:00 skrev Desk <support@desk.example>:",
        "20 nov. 2026 kl. 10:00 skrev Desk <support@desk.example>:",
        "Den 2026-11-20 kl. 10:00, skrev Desk:",
    ),
    "Danish": (
        "Den fre. 20. nov. 2026 kl. 10.00 skrev Desk <support@desk.example>:",
        "Den 20/11/2026 kl. 10.00 skrev Desk:",
    ),
    "Norwegian": (
        "fre. 20. nov. 2026 kl. 10:00 skrev Desk <support@desk.example>:",
        "På fre, 20.11.2026 kl. 10:00 skrev Desk <support@desk.example\n>:",
    ),
    "Finnish": (
        "pe 20. marrask. 2026 klo 10.00 Desk (support@desk.example) kirjoitti:",
        "pe 20. marraskuuta 2026 klo 10.00 Esimerkin tuki\n<support@desk.example> kirjoitti:",
        "Desk <support@desk.example> kirjoitti 20.11.2026 kello 10.00:",
    ),
    "Icelandic": ("Þann fös., 20. nóv. 2026 kl. 10:00 skrifaði Desk <support@desk.example>:",),
    "Czech": (
        "pá 20. 11. 2026 v 10:00 odesílatel Desk <support@desk.example> napsal:",
        "Dne 20.11.2026 v 10:00 Desk napsal(a):",
    ),
    "Slovak": (
        "pi 20. 11. 2026 o 10:00 Desk <support@desk.example> napísal(a):",
        "Dňa 20.11.2026 o 10:00 Desk napísal(a):",
    ),
    "Hungarian": (
        "Desk <support@desk.example> ezt írta (időpont: 2026. nov. 20., P, 10:00):",
        "2026. 11. 20. 10:00 keltezéssel, Desk írta:",
    ),
    "Romanian": ("În vin., 20 nov. 2026 la 10:00, Desk <support@desk.example> a scris:",),
    "Croatian": ("pet, 20. stu 2026. u 10:00 Desk <support@desk.example> napisao je:",),
    "Slovenian": ("V V pet., 20. nov. 2026 ob 10:00 je oseba Desk <support@desk.example> napisala:",),
    "Serbian": ("пет, 20. нов 2026. у 10:00 Desk <support@desk.example> је написао/ла:",),
    "Bulgarian": ("На пт, 20.11.2026 г. в 10:00 Desk <support@desk.example> написа:",),
    "Russian": (
        "пт, 20 нояб. 2026 г. в 10:00, Desk <support@desk.example>:",
        "20.11.2026 10:00, Desk пишет:",
        '20.11.2026, 10:00, "Desk" <support@desk.example>:',
        "Пятница, 20 ноября 2026, 10:00 +03:00 от Desk <support@desk.example>:",
        "20 ноября 2026 г., в 10:00, Desk <support@desk.example> написал(а):",
    ),
    "Ukrainian": (
        "пт, 20 лист. 2026 р. о 10:00 Desk <support@desk.example> пише:",
        "20.11.2026 о 10:00, Desk написав:",
    ),
    "Greek": (
        "Στις Παρ 20 Νοε 2026 στις 10:00 π.μ., ο χρήστης Desk <support@desk.example> έγραψε:",
        "Στις 20/11/2026 10:00, Desk έγραψε:",
    ),
    "Turkish": (
        "Desk <support@desk.example>, 20 Kas 2026 Cum, 10:00 tarihinde şunu yazdı:",
        "20.11.2026 10:00 tarihinde Desk yazdı:",
    ),
    "Chinese": (
        "Desk <support@desk.example> 于2026年11月20日周五 10:00写道：",
        "在 2026年11月20日，上午10:00，Desk <support@desk.example> 写道：",
        '在 2026-11-20 10:00:00，"Desk" <support@desk.example> 写道：',
        "Desk <support@desk.example> 於 2026年11月20日 週五 上午10:00寫道：",
    ),
    "Japanese": (
        "2026年11月20日(金) 10:00 Desk <support@desk.example>:",
        "2026/11/20 10:00、Desk <support@desk.example>のメール:",
        "2026年11月20日 10:00、Desk さんは書きました：",
    ),
    "Korean": (
        "2026년 11월 20일 (금) 오전 10:00, Desk <support@desk.example>님이 작성:",
        "2026. 11. 20. 오전 10:00, Desk <support@desk.example> 작성:",
    ),
    "Vietnamese": ("Vào Th 6, 20 thg 11, 2026 vào lúc 10:00 Desk <support@desk.example> đã viết:",),
    "Indonesian": ("Pada Jum, 20 Nov 2026 pukul 10.00 Desk <support@desk.example> menulis:",),
    "Hebrew": (
        "\u200fבתאריך יום ו׳, 20 בנוב׳ 2026 ב-10:00 מאת \u202aDesk\u202c\u200f "
        "<\u202asupport@desk.example\u202c\u200f>:\u200f",
    ),
    "Arabic": ("في الجمعة، 20 نوفمبر 2026 في 10:00 ص تمت كتابة ما يلي بواسطة Desk <support@desk.example>:",),
    "Estonian": ("Kuupäev: Desk <support@desk.example> kirjutas kuupäeval R, 20. november 2026 kell 10:00:",),
    "Latvian": ("Piektd., 2026. g. 20. nov., plkst. 10:00 — lietotājs Desk (<support@desk.example>) rakstīja:",),
    "Lithuanian": ("2026-11-20, pn, 10:00 Desk <support@desk.example> rašė:",),
}

# what only a marked quotation below makes an attribution
WEAK = (
    "Desk wrote:",
    "Desk schrieb:",
    "On Friday the desk wrote:",
    "support@desk.example wrote on Friday:",
    "2026/11/20 Desk <support@desk.example>",
    "---- Support Desk wrote ----",
)

# sentences of people: whatever stands below them is theirs
PROSE = (
    "On Friday my boss wrote:",
    "On 20.11.2026 I wrote to you:",
    "Am 20.11.2026 um 10:00 schrieb ich Ihnen:",
    "On 20 November 2026 at 10:00 we said the following:",
    "The page shows this since 20.11.2026 10:00:",
    "These are my addresses, ann@example.org and ann@example.net:",
    "Here is the log of 2026-11-20:",
    "This is what it says:",
    "On Friday I sent it to ann@example.org and she wrote:",
    "On 20.11.2026 I sent it to ann@example.org and she said:",
    "I sent it to ann@example.org on 20.11.2026 and she wrote:",
    ">>> the best printers: https://printers.example <<<",
    "My colleague told me:",
    "On the other hand:",
    "From: the cellar",
    "Subject: the printer",
    "-- first point",
    "--- Antwort ---",
    "Original message:",
    "Sent from my desk, where the old printer stands.",
    "Please get Outlook for me.",
    "Outlook for iOS",
    "Best regards,",
    "Sincerely, this is no joke.",
    "I am not the intended recipient of these parcels.",
)
