"""HTML as mail programs write it around an answer, reduced to what matters and in our own words."""

from __future__ import annotations

WROTE = "On Fri, 20 Nov 2026 at 10:00, Desk &lt;support@desk.example&gt; wrote:"
BLOCK = "<b>From:</b> Desk<br><b>Sent:</b> Friday<br><b>To:</b> Ann<br><b>Subject:</b> Printer<br>"
OLD = "<div>Try again?</div><div>Bob</div>"

# the answer is "It works." in each of them
REPLIES = {
    "Gmail": f'<div dir="ltr">It works.</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" '
    f'class="gmail_attr">{WROTE}<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;'
    f'border-left:1px solid rgb(204,204,204);padding-left:1ex">{OLD}</blockquote></div>',
    "Gmail, signed": '<div dir="ltr">It works.<div><br></div><span class="gmail_signature_prefix">-- </span><br>'
    f'<div dir="ltr" class="gmail_signature">Ann</div></div><div class="gmail_quote">{WROTE}{OLD}</div>',
    "Apple Mail": f'<body><div>It works.</div><br><div><blockquote type="cite"><div>{WROTE}</div><br '
    f'class="Apple-interchange-newline">{OLD}</blockquote></div></body>',
    "iPhone": '<body dir="auto">It works.<br><br><div dir="ltr">Sent from my iPhone</div><div dir="ltr"><br>'
    f'<blockquote type="cite">{WROTE}<br><br></blockquote></div><blockquote type="cite">{OLD}</blockquote></body>',
    "Thunderbird": f'<p>It works.</p><div class="moz-cite-prefix">Am 20.11.26 um 10:00 schrieb Desk:<br></div>'
    f'<blockquote type="cite" cite="mid:x@desk.example">{OLD}</blockquote><div class="moz-signature">-- <br>Ann</div>',
    "Outlook, Word": '<div class="WordSection1"><p class="MsoNormal">It works.</p><div><div style="border:none;'
    f'border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">{BLOCK}</p></div></div>'
    f"{OLD}</div>",
    "Outlook, Word of 2010": '<div class="WordSection1"><p class="MsoNormal">It works.</p><div style=\'border:none;'
    f'border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0in 0in 0in\'><p class="MsoNormal">{BLOCK}</p></div>{OLD}</div>',
    "Outlook, web": '<div style="font-family:Calibri">It works.</div><div id="appendonsend"></div>'
    f'<hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr">{BLOCK}</div>{OLD}',
    "Outlook, forwarded ids": f'<div>It works.</div><hr><div id="x_divRplyFwdMsg" dir="ltr">{BLOCK}</div>{OLD}',
    "Outlook, new": '<div>It works.</div><div style="padding: 3pt 0in 0in; border-width: 1pt medium medium; '
    f'border-style: solid none none; border-color: rgb(225, 225, 225)">{BLOCK}</div>{OLD}',
    "Outlook, telephone": '<div dir="ltr">It works.</div><div id="ms-outlook-mobile-signature">Get <a '
    'href="https://aka.ms/x">Outlook for iOS</a></div><hr><div id="mail-editor-reference-message-container">'
    f'<div class="ms-outlook-mobile-reference-message">{BLOCK}</div>{OLD}</div>',
    "Outlook, Mac": f'<div>It works.</div><span id="OLK_SRC_BODY_SECTION"><div>{BLOCK}</div>{OLD}</span>',
    "Outlook, 2003": f'<p>It works.</p><div class="OutlookMessageHeader" dir="ltr"><hr>{BLOCK}</div>{OLD}',
    "Outlook, anchor": f'<p>It works.<a name="_MailOriginal"></a></p>{BLOCK}{OLD}',
    "Hotmail": f'<div>It works.<br><hr id="stopSpelling">Date: Fri<br>From: a@b.example<br>To: Ann<br>{OLD}</div>',
    "Windows Mail": '<div>It works.</div><div style="padding-top: 5px; border-top-color: rgb(229, 229, 229); '
    f'border-top-width: 1px; border-top-style: solid;"><b>Von:</b> Desk<br><b>An:</b> Ann</div>{OLD}',
    "Yahoo": f'<div>It works.</div><div id="ydp1yahoo_quoted_1" class="ydp1yahoo_quoted"><div>{WROTE}</div>{OLD}</div>',
    "Yahoo, telephone": f'It works.<br><br><div id="ymail_android_signature">Sent from Yahoo Mail on Android</div>'
    f'<blockquote class="iosymail"><div>{WROTE}</div>{OLD}</blockquote>',
    "Proton": '<div>It works.</div><div class="protonmail_signature_block">Sent with Proton Mail secure email.</div>'
    f'<div class="protonmail_quote">{WROTE}<br><blockquote class="protonmail_quote" type="cite">'
    f"{OLD}</blockquote></div>",
    "Tuta": "<div>It works.</div><div>20 Nov 2026, 10:00 by support@desk.example:<br></div><blockquote "
    f'class="tutanota_quote">{OLD}</blockquote>',
    "Zimbra": f'<div>It works.</div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__">{BLOCK}'
    f'</div><div data-marker="__QUOTED_TEXT__">{OLD}</div>',
    "Zoho": f'<div>It works.</div><div class="zmail_extra"><div id="Zm-_Id_-Sgn1">---- On Fri, 20 Nov 2026 10:00:00 '
    f"+0100 Desk wrote ----</div><blockquote>{OLD}</blockquote></div>",
    "GMX": '<div>It works.</div><div name="quote" style="margin:10px 5px 5px 10px; border-left:2px solid #C3D9E5;">'
    f"<div><b>Gesendet:</b> Freitag<br><b>Von:</b> Desk</div>{OLD}</div>",
    "Mail.ru": "<p>It works.</p>Пятница, 20 ноября 2026, 10:00 +03:00 от Desk &lt;support@desk.example&gt;:<br>"
    f'<blockquote style="border-left:1px solid #0857A6; margin:10px; padding:0 0 0 10px;">{OLD}</blockquote>',
    "Yandex": f'<div>It works.</div><div>20.11.2026, 10:00, "Desk" &lt;support@desk.example&gt;:</div><blockquote>{OLD}'
    "</blockquote>",
    "QQ": "<div>It works.</div><div><br></div><div><includetail><div>------------------&nbsp;原始邮件&nbsp;"
    f"------------------</div>{OLD}</includetail></div>",
    "163": f'<div>It works.</div><blockquote id="isReplyContent" style="PADDING-LEFT: 1ex">{WROTE}{OLD}</blockquote>',
    "Samsung": f"<div>It works.</div><div>-------- Original message --------</div><div>From: Desk</div>{OLD}",
    "AOL": f'<div>It works.</div><div style="font-size:10pt">-----Original Message-----<br>From: Desk<br>{OLD}</div>',
    "Spark": '<div name="messageBodySection">It works.</div><div name="messageSignatureSection">Ann</div>'
    f'<div name="messageReplySection">{WROTE}<blockquote type="cite">{OLD}</blockquote></div>',
    "Front": f'<div>It works.</div><div class="front-signature">Ann</div><blockquote class="front-blockquote">{WROTE}'
    f"{OLD}</blockquote>",
    "Missive": f'<div>It works.</div><div class="missive_quote">{WROTE}<blockquote>{OLD}</blockquote></div>',
    "Airmail": f'<div id="bloop_customfont">It works.</div><p class="airmail_on">{WROTE}</p><blockquote type="cite" '
    f'class="clean_bq"><span>{OLD}</span></blockquote>',
    "Roundcube": f'<p>It works.</p><p id="reply-intro">{WROTE}</p><blockquote type="cite" style="padding: 0 0.4em">'
    f"{OLD}</blockquote>",
    "Newton": f'<div>It works.</div><div id="cm_replymail_content_wrap"><p>{WROTE}</p>{OLD}</div>',
    "K-9": f'<div>It works.</div><div class="gmail_quote">{WROTE}<blockquote class="gmail_quote">{OLD}</blockquote>'
    "</div>",
    "no mark at all": f"<p>It works.</p><p>{WROTE}</p><p>Try again?</p>",
}

# the comment is "See below.", and Carl's mail is there to be read
FORWARDED = (
    "From: Carl &lt;carl@customer.example&gt;<br>Date: Fri<br>Subject: Help<br>To: Bob<br><br><div>Help me.</div>"
)
FORWARDS = {
    "Gmail": '<div dir="ltr">See below.<br><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded '
    f"message ---------<br>{FORWARDED}</div></div></div>",
    "Apple Mail": f'<div>See below.</div><blockquote type="cite"><div>Begin forwarded message:</div><br>{FORWARDED}'
    "</blockquote>",
    "Thunderbird": f'<p>See below.</p><div class="moz-forward-container">-------- Forwarded Message --------<br>'
    f"{FORWARDED}</div>",
    "Outlook": f'<div>See below.</div><hr><div id="divRplyFwdMsg">{FORWARDED}</div>',
    "163": f'<div>See below.</div><div id="isForwardContent">-------- 转发邮件信息 --------<br>{FORWARDED}</div>',
}
