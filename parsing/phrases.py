"""How mail programs announce a quotation, a forward or a signature, in the languages they speak: data, no logic.

One more language is one more word in each list. All are compared with whole lines (or line beginnings), case apart.
"""

from __future__ import annotations

# "On … somebody wrote:" — how such a line begins, and the verb that stands near its end
ATTRIBUTION_STARTS = (
    "on am le el il op em a dnia w den på dne dňa în пн вт ср чт пт сб вс στις на v u em в 在 于 quoting zitat von"
).split()
ATTRIBUTION_VERBS = (
    "wrote|writes|said|schrieb|schrieben|a écrit|écrivait|escribió|ha scritto|scrisse|escreveu|schreef|geschreven|"
    "napisał|napisała|napisał\\(a\\)|napisano|pisze|skrev|kirjoitti|napsal|napsala|napsal\\(a\\)|napísal|"
    "napísal\\(a\\)|"
    "írta|ezt írta|пишет|писал|писала|писал\\(а\\)|написал|написала|написал\\(а\\)|пише|написав|написа|"
    "yazdı|şunu yazdı|"
    "a scris|έγραψε|đã viết|menulis|je napisao|je napisala|rašė|kirjutas|rakstīja|כתב|כתבה|מאת|写道|寫道|"
    "のメール|が書きました|書き込みました|님이 작성|작성했습니다|작성"
)

# "----- Original Message -----" and its kin: everything below is quoted
ORIGINAL = (
    "original message|ursprüngliche nachricht|originalnachricht|message d'origine|message d’origine|message original|"
    "mensaje original|mensagem original|messaggio originale|oorspronkelijk bericht|originele bericht|"
    "wiadomość oryginalna|"
    "oryginalna wiadomość|ursprungligt meddelande|originalmeddelande|original meddelelse|oprindelig meddelelse|"
    "opprinnelig melding|alkuperäinen viesti|původní zpráva|pôvodná správa|eredeti üzenet|исходное сообщение|"
    "оригинальное сообщение|orijinal mesaj|özgün ileti|mesaj original|αρχικό μήνυμα|"
    "原始邮件|原始郵件|元のメッセージ|원본 메시지|"
    "original appointment|reply message|antwort"
)

# "---------- Forwarded message ---------": somebody else's mail begins here
FORWARDED = (
    "forwarded message|begin forwarded message|weitergeleitete nachricht|anfang der weitergeleiteten nachricht|"
    "message transféré|début du message réexpédié|début du message transféré|mensaje reenviado|"
    "inicio del mensaje reenviado|mensagem encaminhada|início da mensagem reencaminhada|messaggio inoltrato|"
    "inizio messaggio inoltrato|doorgestuurd bericht|begin doorgestuurd bericht|forwarded by|przekazana wiadomość|"
    "wiadomość przekazana dalej|treść przekazanej wiadomości|początek przekazywanej wiadomości|"
    "vidarebefordrat meddelande|"
    "vidarebefordrat brev|videresendt meddelelse|videresendt melding|välitetty viesti|edelleenlähetetty viesti|"
    "přeposlaná zpráva|preposlaná správa|továbbított üzenet|пересылаемое сообщение|переслане повідомлення|"
    "переадресованное сообщение|пересланное сообщение|iletilen mesaj|yönlendirilmiş ileti|mesaj redirecționat|"
    "προωθημένο μήνυμα|转发的邮件|转发邮件|轉寄郵件|転送されたメッセージ|전달된 메시지"
)

# the lines of a header block as Outlook, Apple Mail and Thunderbird paste it
FROM = (
    "from|von|de|da|van|od|från|fra|lähettäjä|feladó|от|від|kimden|gönderen|de la|από|saatja|nuo|no|"
    "发件人|寄件者|寄件人|"
    "差出人|보낸 사람|보낸사람|מאת|من"
)
SENT = (
    "sent|date|gesendet|datum|envoyé|envoyé le|enviado|enviado el|enviada em|enviado em|enviada|fecha|data|inviato|"
    "data invio|verzonden|verzonden op|wysłano|wysłane|skickat|sendt|dato|lähetetty|päiväys|päivämäärä|"
    "odesláno|odoslané|"
    "dátum|elküldve|küldve|отправлено|дата|надіслано|gönderildi|gönderme tarihi|tarih|trimis|ημερομηνία|στάλθηκε|"
    "发送时间|日期|傳送時間|寄件日期|送信日時|日付|日時|보낸 날짜|날짜|נשלח|date et heure"
)
TO = (
    "to|cc|an|kopie|à|para|pour|a|per|aan|do|dw|till|til|kopia|vastaanottaja|komu|címzett|másolatot kap|"
    "кому|копия|kime|"
    "către|προς|κοιν|收件人|收件者|抄送|副本|宛先|받는 사람|받는사람|אל"
)
SUBJECT = (
    "subject|betreff|objet|asunto|assunto|oggetto|onderwerp|temat|ämne|emne|aihe|předmět|predmet|tárgy|"
    "тема|konu|subiect|"
    "θέμα|teema|tema|主题|主旨|件名|제목|נושא|الموضوع"
)

# whole lines that a telephone adds
SENT_FROM = (
    "sent from|sent via|sent with|sent using|get outlook for|get bluemail for|von meinem .{1,30} gesendet|"
    "gesendet von|gesendet mit|diese nachricht wurde von meinem|envoyé de|envoyé depuis|envoyé à partir|enviado desde|"
    "enviado de|enviado do|inviato da|verzonden vanaf|verstuurd vanaf|wysłane z|wysłano z|skickat från|sendt fra|"
    "lähetetty|odesláno z|elküldve|отправлено с|отправлено из|надіслано з|gönderildi|trimis de pe|iphoneから送信|"
    "发自我的|從我的|내 .{1,20}에서 보냄"
)
