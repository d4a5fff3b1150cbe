"""How a mail says itself that no person wrote it, by language: data for wording.py.

Whole beginnings of sentences, for people write of automatic things too ("the automatically generated invoice").
"""

from __future__ import annotations

from parsing.absence import bars

AUTOMATIC: dict[str, tuple[str, ...]] = {
    "en": bars("this is an automatic|this is an automated|this is an auto-|message was automatically generated|"
               "message was generated automatically|e-mail was automatically generated|"
               "email was automatically generated|e-mail was generated automatically|"
               "email was generated automatically|automatically generated message|automatically generated email|"
               "automatically generated e-mail|automatically generated mail|do not reply to this|"
               "please do not reply"),
    "de": bars("das ist eine automatische|dies ist eine automatisch|nachricht wurde automatisch|"
               "mail wurde automatisch|antwort wurde automatisch|automatisch generierte nachricht|"
               "automatisch generierte e-mail|automatisch generierte antwort|automatisch erstellte nachricht|"
               "automatisch erstellte e-mail|automatisch erzeugte nachricht|automatisch erzeugte e-mail|"
               "antworten sie nicht auf diese|antworten sie bitte nicht|bitte nicht auf diese"),
    "fr": bars("ceci est une réponse automatique|ceci est un message automatique|message généré automatiquement|"
               "message a été généré automatiquement|message a été envoyé automatiquement|"
               "message automatique, merci|mail généré automatiquement|ne pas répondre à ce|"
               "merci de ne pas répondre|merci de ne pas y répondre"),
    "pl": bars("to jest automatyczna|to jest wiadomość automatyczna|wiadomość wygenerowana automatycznie|"
               "wiadomość została wygenerowana automatycznie|wiadomość została wysłana automatycznie|"
               "mail wygenerowany automatycznie|prosimy nie odpowiadać|proszę nie odpowiadać"),
    "es": bars("este es un mensaje automático|esta es una respuesta automática|mensaje generado automáticamente|"
               "correo generado automáticamente|mensaje ha sido generado automáticamente|"
               "mensaje fue enviado automáticamente|no responda a este|por favor no responda"),
    "it": bars("questo è un messaggio automatico|questa è una risposta automatica|"
               "messaggio generato automaticamente|messaggio è stato generato automaticamente|"
               "mail generata automaticamente|non rispondere a quest|si prega di non rispondere"),
    "pt": bars("esta é uma resposta automática|esta é uma mensagem automática|mensagem gerada automaticamente|"
               "mensagem foi gerada automaticamente|e-mail gerado automaticamente|email gerado automaticamente|"
               "não responda a este|não responda a esta"),
    "nl": bars("dit is een automatisch|bericht is automatisch|mail is automatisch|automatisch gegenereerd bericht|"
               "automatisch gegenereerde e-mail|niet op deze e-mail te antwoorden|niet antwoorden op deze"),
    "sv": bars("detta är ett automatiskt|detta är ett autosvar|automatiskt genererat meddelande|"
               "automatiskt genererat mejl|meddelandet har skapats automatiskt|går inte att svara på|"
               "svara inte på detta"),
    "da": bars("dette er et automatisk|dette er en automatisk|automatisk genereret mail|automatisk genereret besked|"
               "automatisk genereret e-mail|mail kan ikke besvares|svar ikke på denne"),
    "no": bars("dette er et automatisk|dette er en automatisk|automatisk generert e-post|"
               "automatisk generert melding|e-posten kan ikke besvares|ikke svar på denne"),
    "fi": bars("tämä on automaattinen|tämä on automaattisesti|automaattisesti luotu viesti|"
               "viesti on lähetetty automaattisesti|älä vastaa tähän|älkää vastatko tähän"),
    "cs": bars("toto je automatická|toto je automaticky|zpráva byla vygenerována automaticky|"
               "zpráva byla automaticky|automaticky vygenerovaná zpráva|neodpovídejte na tent|prosím neodpovídejte"),
    "ru": bars("это автоматический ответ|это автоматическое|сообщение создано автоматически|"
               "письмо создано автоматически|письмо сформировано автоматически|сообщение сформировано автоматически|"
               "письмо отправлено автоматически|сообщение отправлено автоматически|не отвечайте на это|"
               "не отвечайте на данное"),
    "uk": bars("це автоматична відповідь|це автоматичне|лист створено автоматично|повідомлення створено автоматично|"
               "лист надіслано автоматично|повідомлення надіслано автоматично|повідомлення згенеровано автоматично|"
               "не відповідайте на це"),
    "tr": bars("bu otomatik bir|bu bir otomatik|mesaj otomatik olarak|e-posta otomatik olarak|ileti otomatik olarak|"
               "bu e-postayı yanıtlamayınız|lütfen bu e-postaya cevap vermeyin|lütfen bu e-postayı yanıtlamayın"),
    "el": bars("αυτό είναι ένα αυτόματο|αυτή είναι μια αυτόματη|μήνυμα δημιουργήθηκε αυτόματα|"
               "μήνυμα στάλθηκε αυτόματα|μην απαντήσετε σε αυτό|μην απαντάτε σε αυτό"),
    "zh": bars("此为自动|此邮件为系统自动|此邮件由系统自动|本邮件由系统自动|此郵件由系統自動|本郵件由系統自動|"
               "这是自动回复|這是自動回覆|请勿直接回复|請勿直接回覆|请勿回复此|請勿回覆此"),
    "ja": bars("このメールは自動|本メールは自動|自動送信されて|自動送信です|自動返信です|自動応答です|自動返信にて|"
               "自動配信です|返信はできません|ご返信いただいても|返信しないで"),
    "ko": bars("자동으로 발송된|자동 발송된|자동 발송 메일|자동 응답 메일|자동 회신 메일|발신 전용|발신전용|"
               "회신하지 마"),
}  # fmt: skip

# one of these stands in each phrase, and in few texts: looked for first
STEMS = tuple(
    "auto reply antworten nicht répond odpowiada respond rispond niet svar vasta odpov автомат отвеча відповіда "
    "otomatik yanıtla cevap αυτόματ απαντ 自动 自動 勿 返信 자동 발신 회신".split()
)
BY_STEM = {stem: tuple(one for phrases in AUTOMATIC.values() for one in phrases if stem in one) for stem in STEMS}
