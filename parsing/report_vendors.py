"""How mail servers write their delivery reports in prose: tables, no code.

Who signs them, what their subjects and first lines say, where the copy of the original begins, and in which forms a
line names a recipient. RFC 3464 made all of this unnecessary in 1996, and still half of the reports know nothing of
it. One row may serve many vendors; the remark says where it was seen. Texts are compared in lower case.
"""

from __future__ import annotations

import re

# what a server calls itself in From: nothing else of it is needed to know a report
MAILERS = re.compile(
    r"mailer[- _]?daemon|mail deliver(?:y|) (?:sub|)(?:system|service)|mail[- ]daemon|mdaemon@|"
    r"courier mail server at|microsoftexchange[0-9a-f]{20}|post_master@|"
    r"mail delivery (?:agent|notification)",
    re.I,
)
# who signs reports, but other mail too: a subject of SUBJECTS must stand beside it
ROBOTS = re.compile(
    r"post[- _]?master|system[- ]?administrator|^\W{0,3}(?:mail )?administrator\b|^\W{0,3}mail (?:router|system)|"
    r"interscan|sysadmin@|no-?reply|mailsystem|smtp server|bounces?[@+-]|email delivery|mail server|<\s*>",
    re.I,
)
SUBJECTS = re.compile(
    r"\W{0,3}(?:postmaster\W{1,3})?(?:email |mail |message |your |warning\W{1,3}|notice\W{1,3}|sorry\W{1,3}){0,4}(?:"
    # English
    r"undeliver(?:able|ed)|delivery_failure|"
    r"deliver(?:y|_)\W?(?:fail|status|notif|delay|report|error|problem|warning|has failed|incomplete)|"
    r"fail(?:ure|ed) (?:notice|deliver|mail)|return(?:ed)? (?:mail|message|to sender|email)|"
    r"system error|status\W{1,3}undeliver|failure|failed|error delivering|"
    r"could not (?:be delivered|be sent|send message)|can(?:not|'t) be delivered|not delivered|delayed|"
    r"(?:was |has |is )?(?:not|been) (?:been )?(?:delivered|delayed|frozen)|unable to (?:deliver|send)|"
    r"there was an error sending your mail|non-?\s?deliver(?:y|able)|ndn:|bounce\b|frozen|delay|"
    r"permanent delivery|notify: see transcript|[\w.-]{1,255} mail delivery failed|"
    # German, French, Spanish, Italian, Portuguese, Dutch
    r"(?:nachricht )?(?:un|nicht )zustellbar|unzustellbar|(?:ihre )?(?:nachricht|e-?mail) konnte nicht|"
    r"zustell(?:ung)?"
    r"(?:s?fehler| fehlgeschlagen| nicht möglich)|benachrichtigung (?:zum|über den) (?:übermittlungs|zustell)|"
    r"non[_ ]remis|[eé]chec (?:de|d')|(?:message|courrier) non (?:d[eé]livr|distribu|remis)|non distribu|"
    r"notification d'[eé]tat de remise|no se (?:puede|pudo|ha podido) entregar|(?:mensaje |correo )?no entrega|"
    r"error de entrega|notificaci[oó]n de estado de (?:la )?entrega|(?:mensaje|correo) devuelto|"
    r"(?:messaggio )?non recapita|impossibile recapitare|mancat[oa] (?:consegna|recapito)|"
    r"avviso di mancata consegna|notifica (?:dello )?stato (?:del|di) recapito|(?:mensagem )?n[aã]o entregue|"
    r"n[aã]o (?:é|foi) poss[ií]vel entregar|falha na entrega|notifica[cç][aã]o de (?:status|estado) d[ea] entrega|"
    r"onbestelbaar|niet (?:bezorgd|afgeleverd|bestelbaar)|(?:be|af)lever(?:ing|en) mislukt|bezorging mislukt|"
    # Polish, Czech, Hungarian, the North, Turkish, Greek
    r"niedostarcz|nie (?:można|udało się) dostarczyć|nie dostarczono|powiadomienie o stanie dor|zwrot poczty|"
    r"nedoru[cč]|kézbesíthetetlen|olevererba|(?:ej|inte) levererat|kunde inte levereras|kan ikke (?:leveres|sendes)|"
    r"ikke lever(?:et|t)|ulever|toimittamat|viesti(?:ä|n) (?:ei|toimitus)|toimitus epäonnistui|"
    r"teslim edileme|iletilemedi|δεν παραδόθηκε|αδύνατη η παράδοση|μη παραδοτέο|"
    # Russian, Ukrainian, Chinese, Japanese, Korean
    r"(?:сообщение |письмо )?не ?доставл|не удалось доставить|недостав|не вдалося доставити|"
    r"系统退信|退信|(?:邮件|郵件)?(?:未送达|无法送达|无法传递|无法投递|傳遞失敗|传输失败|退回|无法发送)|未傳遞|未能傳送|投递失败|"
    r"配信不能|配信(?:でき|され)|未配信|メール(?:を|が)?(?:配信|送信)(?:でき|エラー)|送信(?:エラー|でき)|エラーメール|"
    r"배달되지|전송\s?실패|배달\s?실패|반송|전달\s?실패"
    r")",
    re.I,
)
# servers of mailing lists that refuse a mail in their own name: their field and what their subjects begin with
LIST_SERVERS = ("x-mlserver",)
REFUSALS = re.compile(
    r"\W{0,3}(?:loop (?:alert|back)|not member|reject(?:ed)? mail|spam mail|security alert|fml system error|warning)\b",
    re.I,
)
# the first words of a report's text, by any server
OPENINGS = re.compile(
    r"\*{3,} message from|this is a delivery failure|"
    r"this (?:message|e-?mail) (?:was created|is generated) automatically|hi\. this is the |"
    r"this is the (?:mail system|postfix|dragonfly|mail delivery|deliver program|mailer-daemon|machine generated)|"
    r"(?:this is an )?automatically generated delivery|delivery (?:has failed|to the following)|"
    r"(?:your|the|a) (?:mail |e-?mail )?message\b.{0,80}(?:not|could|cannot|can't) be?|"
    r"i'm (?:sorry|afraid)|unable to deliver message|the original message was received at|we had trouble delivering|"
    r"(?:an error occurred|there was an error) (?:while|deliver)|could not deliver|undeliver|transcript of session",
    re.I,
)

# ---- where the text of the report ends and the copy of the original begins; the first that stands in a line wins
COPY = re.compile(
    r"^[ \t>|*=+#-]{0,80}(?:"
    r"(?:below|here|next|enclosed|attached|this|following) (?:this line |the next line )?(?:is|are|was) (?:a |the )?"
    r"(?:copy|original|header|returned|your|first)|"  # Exim, qmail
    r"below (?:this|the next) line|enclosed is a copy|included is a copy|a copy of (?:the|your) (?:original|message)|"
    r"original message (?:follows|headers?|as received|below|attached|\(truncated)|(?:start|beginning) of returned|"
    r"original message\b[ \t*:=-]{0,40}$|original mail (?:info|as follows)|returned (?:message|mail)\b.{0,40}$|"
    r"(?:un)?sent message (?:follows|below)|unsent message|no message was collected|message (?:headers?|"
    r"text) follows?|"
    r"(?:the )?headers? (?:of|from) (?:the|your) (?:original|message|mail).{0,60}|your message (?:reads|follows)|"
    r"mensaje original|message original|nachricht\b.{0,30}kopie|ursprüngliche nachricht|"
    r"en-t[eê]tes? (?:de|du) message|intestazioni originali|ursprungshuvud|encabezados? (?:de mensaje|del mensaje)|"
    r"ursprüngliche nachrichtenkopf|oorspronkelijke berichtkop|oryginalne nagłówki|cabeçalhos? d[aeo]s? mensage|"
    r"原始邮件|原信|附件中的内容|元のメッセージ|オリジナルメッセージ|原始郵件|the attachment contains the original"
    r")|^(?:return-path: <|received: (?:from|by) |received: \()|^message details:",
    re.I | re.M,
)

ADDRESS = r"(?:\"[^\"\n]{1,64}\"|[^\s<>()\[\]{}\",;:@|*]{1,128})@(?:\[[\d.]{7,15}\]|[^\s<>()\[\]{}\"'`,;:@|*!?]{1,255})"
_A = rf"[<\"'‘“]{{0,2}}(?:mailto:)?({ADDRESS})[>\"'’”]{{0,2}}"
# ---- lines that name a recipient and, perhaps, what became of it: the address is the first group
ITEMS = (
    re.compile(
        rf"[ \t>]{{0,8}}<({ADDRESS})>[ \t]{{0,4}}(?::|\(expanded from|\.\.\.|\(reason|$)", re.I
    ),  # qmail, Postfix
    re.compile(
        rf"(?:[ \t]{{0,40}}|[ \t]{{0,8}}(?:[*•>-]|>>>|--|\d{{1,3}}[.)])[ \t]{{1,8}}){_A}[ \t]{{0,9}}[:.]?[ \t]{{0,9}}$"
    ),
    re.compile(
        rf"[ \t]{{0,8}}{_A}(?::[ \t]|[ \t]{{1,9}}\[[^\d]|[ \t]{{1,4}}(?:\.\.\.|-{{1,2}}|\||on[ \t]+(?:\w{{3}}, |\d))|"
        rf"[ \t]{{0,4}}; action|[ \t]{{0,9}}<(?:mailto:)?{ADDRESS}>(?:$|:)|"
        rf"[ \t]+(?:invalid|unknown|error|\((?:[^\s@]+ ){{1,6}}))",
        re.I,
    ),
    re.compile(rf"[^\n]{{0,200}};?(?:dda:)?smtp=({ADDRESS}); on ", re.I),  # Exchange 5.5 to X.400
)
# ---- lines with a keyword before the address
KEYED = re.compile(
    r"[ \t*\[>-]{0,12}(?:"
    r"(?:(?:final|failed|intended|original|invalid|unknown|bad)[ -]?)?recipient(?:[ -]?(?:address|s))?|"
    r"(?:un|non-?)deliver(?:able|ed) (?:to|address)|undeliverable address|original address|rcpt to|addressed to|"
    r"(?:unknown|invalid|no such) (?:local )?(?:user|address)|invalid final delivery userid|"
    r"user mailbox exceeds allowed"
    r" size|user's mailbox is full|(?:mail|message) (?:quota )?(?:limit|size) exceeded|failed to deliver to|"
    r"error-for|(?:message |mail |e-?mail )?(?:could|can) ?not be? ?(?:delivered|sent) to|"
    r"delivery (?:failed )?(?:to|for|\d{1,3} attempts)|"
    r"(?:sorry,? )?(?:unable|failed|trying|not able) to (?:deliver|send) ?(?:your |the |this )?(?:message|mail|"
    r"e-?mail)?"
    r" ?(?:to|for)|did not reach the following recipients?(?:\(s\))?|returned permanent errors|not delivered to|"
    r"mailbox (?:full|unavailable|not found)|"
    r"empfänger|destinataires?|destinatari[oi]|ontvanger|odbiorca|получатель|収件者|宛先|送信先|收件人|수신자"
    rf")[ \t]{{0,4}}[:=]?[ \t]{{0,9}}(?:the following (?:user|address|recipient)\w{{0,3}}:?[ \t]{{0,9}})?"
    rf"(?:rfc822;[ \t]{{0,4}})?{_A}",
    re.I,
)
# ---- an address within a sentence
SENTENCES = re.compile(
    r"(?:delivering (?:your |the )?(?:mail|message|e-?mail) to|rejected recipient|(?:mail|message|e-?mail) (?:to|"
    r"for)|address:|recipient:?|message-id in|permanent errors:|addressed to|"
    r"addressed,|rcpt to:|user|mailbox|account|deliver(?:ed)? to|"
    rf"following recipient\w{{0,3}}:?|\b[45]\d\d(?:[ -][45]\.\d{{1,3}}\.\d{{1,3}})?)[ \t]{{1,9}}{_A}",
    re.I,
)
TRANSCRIPT = re.compile(rf"rcpt to:[ \t]{{0,4}}<({ADDRESS})>", re.I)

# ---- what became of the mail, where only words say it; the first that stands in subject or text wins
OUTCOMES = (
    (
        "delayed",
        re.compile(
            r"warning message only|do not need to re-?send|no action is required|will (?:continue|keep|be) (?:to )?"
            r"(?:try|retri|attempt)|delivery attempts will continue|will be retried|(?:has|have|was|were) (?:not yet "
            r"been delivered|been delayed|delayed)|is delayed for|temporary failure report|delays in delivering|"
            r"has not yet been|delivery (?:has been |is )?delayed|delivery status notification \(delay|"
            r"could not send message for past|not yet received your message|delay reason|still trying|"
            r"has been postponed|warning: delayed|"
            r"verzögert|noch nicht zugestellt|retard[ée]|pas encore|demorad|aún no|ritard|vertraag|opóźni|задержа",
            re.I,
        ),
    ),
    ("delivered", re.compile(r"(?:was|has been|were) success?fully delivered|successful mail delivery report", re.I)),
    (
        "relayed",
        re.compile(r"was (?:successfully )?relayed to|relay(?:ed)?\)|delivery to these recipients.{0,80}relayed", re.I),
    ),
)
