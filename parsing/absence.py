"""What vacation programs and receipts say, by language: data for wording.py.

Every phrase is looked for as it stands in text in lower case with one blank between words and straight apostrophes,
so a look costs one substring search. `subjects` stand at the start of a subject. A phrase belongs here only if
programs' owners write it; what decides is never one phrase but several kinds of them together.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """`absent`: I am away. `later`: I shall answer then. `instead`: whom to ask. `kept`: nobody reads or forwards it.

    `thanks`: for the mail. `automatic`: it says itself that no person wrote it.
    """

    subjects: tuple[str, ...]
    absent: tuple[str, ...]
    later: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    thanks: tuple[str, ...] = ()
    automatic: tuple[str, ...] = ()


def _(phrases: str) -> tuple[str, ...]:
    """Phrases parted by bars."""
    return tuple(phrase.strip() for phrase in phrases.split("|"))


LANGUAGES: dict[str, Language] = {
    "en": Language(
        subjects=_("out of office|out of the office|automatic reply|automatic response|automated reply|auto reply|"
                   "auto-reply|autoreply|automated response|auto response|autoresponse|vacation reply|"
                   "away from my mail"),
        absent=_("out of the office|out of office|on annual leave|on vacation|on holiday|on leave|maternity leave|"
                 "parental leave|sick leave|paternity leave|away from my desk|away from the office|i am away|"
                 "i'm away|i will be away|not in the office|no longer works for|no longer work for|"
                 "no longer with the company|has left the company|i am currently unavailable|i am travelling|"
                 "i am traveling"),
        later=_("upon my return|on my return|when i return|when i get back|when i am back|when i'm back|"
                "after my return|will get back to you|as soon as i return|will respond to your|will reply to your"),
        instead=_("for urgent|in urgent cases|if your matter is urgent|if it is urgent|if this is urgent|"
                  "if you need immediate|for immediate assistance|please contact|in my absence|in the meantime"),
        kept=_("limited access to e-mail|limited access to email|limited access to my email|no access to e-mail|"
               "no access to email|will not be forwarded|not be able to read|mailbox is not monitored|"
               "will not be reading|not reading my|read no mail|limited access to my e-mail|"
               "only notification you will"),
        thanks=_("thank you for your e-mail|thank you for your email|thank you for your message|"
                 "thank you for your mail|thanks for your e-mail|thanks for your email|thanks for your message|"
                 "thank you for contacting"),
        automatic=_("this is an automatic|this is an automated|this is an auto-|automatically generated|"
                    "an automated response|an automatic response|do not reply to this|please do not reply|"
                    "generated automatically"),
    ),
    "de": Language(
        subjects=_("abwesenheitsnotiz|automatische antwort|abwesenheitsnachricht|abwesenheitsmeldung|abwesenheit|"
                   "abwesend|automatische rückmeldung|automatische eingangsbestätigung|nicht im haus|nicht im büro"),
        absent=_("nicht im büro|nicht im haus|im urlaub|außer haus|ausser haus|nicht am platz|abwesend|elternzeit|"
                 "nicht erreichbar|bin nicht da|nicht mehr für unser|nicht mehr im unternehmen|mutterschutz"),
        later=_("wieder erreichbar|wieder im büro|wieder im haus|nach meiner rückkehr|kehre zurück|"
                "wieder für sie da|schnellstmöglich"),
        instead=_("in dringenden fällen|in dringenden angelegenheiten|bei dringenden|wenden sie sich bitte an|"
                  "wenden sie sich an|in meiner abwesenheit|meine vertretung"),
        kept=_("nicht weitergeleitet|nicht automatisch weitergeleitet|keinen zugriff auf|nicht gelesen|"
               "wird nicht bearbeitet|keine e-mails lesen"),
        thanks=_("vielen dank für ihre nachricht|vielen dank für ihre e-mail|vielen dank für ihre mail|"
                 "danke für ihre nachricht|danke für ihre e-mail|vielen dank für deine|danke für deine"),
        automatic=_("ist eine automatische|ist eine automatisch|wurde automatisch|automatisch generiert|"
                    "automatisch erstellt|automatisch erzeugt|antworten sie nicht auf diese|"
                    "antworten sie bitte nicht|bitte nicht auf diese"),
    ),
    "fr": Language(
        subjects=_("réponse automatique|reponse automatique|absence du bureau|message d'absence|absent du bureau|"
                   "notification d'absence"),
        absent=_("absent|en congé|en vacances|hors du bureau|pas au bureau"),
        later=_("de retour le|dès mon retour|à mon retour|je répondrai|je vous répondrai|de retour à partir"),
        instead=_("en cas d'urgence|en mon absence|pendant mon absence|pour toute urgence|veuillez contacter|"
                  "merci de contacter|veuillez vous adresser"),
        kept=_("ne sera pas transféré|ne seront pas transférés|pas accès à ma messagerie|pas accès à mes|"
               "accès limité à|ne sera pas lu"),
        thanks=_("je vous remercie de votre message|je vous remercie pour votre|merci pour votre message|"
                 "merci de votre message|merci pour votre e-mail|merci pour votre courriel|merci pour votre mail"),
        automatic=_("ceci est une réponse automatique|ceci est un message automatique|message automatique|"
                    "généré automatiquement|envoyé automatiquement|ne pas répondre à ce|merci de ne pas répondre"),
    ),
    "pl": Language(
        subjects=_("odpowiedź automatyczna|automatyczna odpowiedź|autoodpowiedź|autoresponder|poza biurem|"
                   "nieobecność|nieobecny|nieobecna"),
        absent=_("jestem na urlopie|przebywam na urlopie|poza biurem|nieobecny|nieobecna|na urlopie|"
                 "nie ma mnie w biurze"),
        later=_("odpowiem po powrocie|po powrocie|wracam|będę dostępn|po moim powrocie"),
        instead=_("w pilnych sprawach|w sprawach pilnych|w nagłych|proszę o kontakt z|podczas mojej nieobecności"),
        kept=_("nie będzie przekazana|nie zostanie przekazana|ograniczony dostęp do|nie mam dostępu do"),
        thanks=_("dziękuję za wiadomość|dziękujemy za wiadomość|dziękuję za e-mail|dziękuję za maila|"
                 "dziękuję za przesłan"),
        automatic=_("wiadomość automatyczna|wygenerowana automatycznie|wygenerowany automatycznie|"
                    "automatyczna odpowiedź|prosimy nie odpowiadać|proszę nie odpowiadać|wysłana automatycznie"),
    ),
    "es": Language(
        subjects=_("respuesta automática|respuesta automatica|fuera de la oficina|fuera de oficina|"
                   "ausente de la oficina|mensaje automático"),
        absent=_("fuera de la oficina|fuera de oficina|de vacaciones|ausente|de baja|no estoy en la oficina"),
        later=_("a mi regreso|a mi vuelta|responderé a su|le responderé|cuando regrese|cuando vuelva|regreso el|"
                "vuelvo el"),
        instead=_("en caso de urgencia|para asuntos urgentes|si es urgente|póngase en contacto|durante mi ausencia|"
                  "en mi ausencia|por favor contacte"),
        kept=_("no será reenviado|no tendré acceso al|acceso limitado a|sin acceso al correo"),
        thanks=_("gracias por su mensaje|gracias por su correo|gracias por tu mensaje|gracias por tu correo|"
                 "gracias por su email|gracias por contactar"),
        automatic=_("este es un mensaje automático|esta es una respuesta automática|generado automáticamente|"
                    "no responda a este|por favor no responda|enviado automáticamente"),
    ),
    "it": Language(
        subjects=_("risposta automatica|fuori sede|fuori ufficio|messaggio automatico|assenza"),
        absent=_("fuori ufficio|fuori sede|in ferie|assente|non sono in ufficio|in vacanza|in congedo"),
        later=_("al mio rientro|al mio ritorno|risponderò|rientrerò|sarò di ritorno"),
        instead=_("per urgenze|in caso di urgenza|per questioni urgenti|durante la mia assenza|in mia assenza|"
                  "si prega di contattare"),
        kept=_("non sarà inoltrat|non verrà inoltrat|accesso limitato alla|non ho accesso alla|non avrò accesso"),
        thanks=_("grazie per il messaggio|grazie per il suo messaggio|grazie per la sua e-mail|grazie per l'e-mail|"
                 "grazie per la tua|grazie per averci contattat"),
        automatic=_("questo è un messaggio automatico|questa è una risposta automatica|generato automaticamente|"
                    "generata automaticamente|non rispondere a quest|si prega di non rispondere"),
    ),
    "pt": Language(
        subjects=_("resposta automática|resposta automatica|fora do escritório|ausência temporária|ausência|"
                   "ausente do escritório"),
        absent=_("fora do escritório|de férias|ausente|em férias|de licença|não estou no escritório"),
        later=_("responderei|assim que regressar|quando regressar|no meu regresso|ao retornar|no meu retorno|"
                "regresso no dia|retorno no dia|quando voltar"),
        instead=_("em caso de urgência|para assuntos urgentes|na minha ausência|durante a minha ausência|"
                  "por favor contacte|favor entrar em contato|em caso de emergência"),
        kept=_("não será reencaminhad|não será encaminhad|acesso limitado ao|sem acesso ao e-mail"),
        thanks=_("obrigada pela sua mensagem|obrigado pela sua mensagem|obrigado pelo seu|obrigada pelo seu|"
                 "agradeço a sua mensagem|obrigado por entrar em contato|agradecemos o seu contato"),
        automatic=_("esta é uma resposta automática|esta é uma mensagem automática|mensagem automática|"
                    "gerada automaticamente|gerado automaticamente|não responda a este|não responda a esta"),
    ),
    "nl": Language(
        subjects=_("automatisch antwoord|automatische beantwoording|afwezigheidsbericht|afwezigheid|afwezig|"
                   "niet op kantoor|automatische reactie"),
        absent=_("niet op kantoor|met vakantie|op vakantie|afwezig|met verlof|niet aanwezig|buiten kantoor"),
        later=_("weer terug|bij terugkomst|na mijn vakantie|bij mijn terugkeer|weer bereikbaar|na terugkomst"),
        instead=_("voor dringende zaken|in dringende gevallen|bij spoed|tijdens mijn afwezigheid|"
                  "contact opnemen met|neem contact op met"),
        kept=_("niet doorgestuurd|beperkt toegang tot|geen toegang tot mijn|wordt niet gelezen|niet gelezen"),
        thanks=_("bedankt voor uw bericht|dank voor uw bericht|bedankt voor uw e-mail|dank u voor uw|"
                 "bedankt voor je|hartelijk dank voor uw|dank voor je"),
        automatic=_("dit is een automatisch|automatisch gegenereerd|automatisch aangemaakt|"
                    "niet op deze e-mail te antwoorden|niet antwoorden op deze|automatisch verzonden"),
    ),
    "sv": Language(
        subjects=_("autosvar|automatiskt svar|frånvaromeddelande|frånvaro|frånvarande|semester autosvar"),
        absent=_("inte på kontoret|på semester|har semester|tjänstledig|föräldraledig|inte på plats|frånvarande|"
                 "ute från kontoret|ej på plats"),
        later=_("är tillbaka|åter på kontoret|när jag är tillbaka|åter den|tillbaka på kontoret|när jag är åter"),
        instead=_("vid brådskande|om det är brådskande|i brådskande|under min frånvaro|kontakta växeln"),
        kept=_("vidarebefordras inte|läses inte|inte vidarebefordras|begränsad tillgång till"),
        thanks=_("tack för ditt mejl|tack för ditt mail|tack för ditt meddelande|tack för din e-post|tack för ert"),
        automatic=_("detta är ett automatiskt|detta är ett autosvar|automatiskt genererat|går inte att svara på|"
                    "svara inte på detta"),
    ),
    "da": Language(
        subjects=_("automatisk svar|autosvar|fraværsmeddelelse|fravær|ikke på kontoret|ikke til stede"),
        absent=_("ikke på kontoret|holder ferie|på ferie|er på orlov|har fri|fraværende|på barsel|ikke til stede"),
        later=_("er tilbage|tilbage på kontoret|når jeg er tilbage|når jeg vender tilbage|vender tilbage"),
        instead=_("hvis det haster|i hastetilfælde|ved akutte|i mit fravær|under mit fravær|kontakt venligst"),
        kept=_("bliver ikke videresendt|videresendes ikke|læses ikke|begrænset adgang til"),
        thanks=_("tak for din mail|tak for din e-mail|tak for din besked|tak for din henvendelse|tak for jeres"),
        automatic=_("dette er et automatisk|dette er en automatisk|automatisk genereret|kan ikke besvares|"
                    "svar ikke på denne"),
    ),
    "no": Language(
        subjects=_("autosvar|automatisk svar|fraværsmelding|fraværsassistent|fravær|ikke til stede"),
        absent=_("ikke til stede|ute av kontoret|på ferie|har ferie|ikke på kontoret|permisjon|fraværende|"
                 "avspaserer"),
        later=_("er tilbake|når jeg er tilbake|tilbake på kontoret|svarer på e-posten når"),
        instead=_("ved hastesaker|hvis det haster|i hastesaker|i mitt fravær|kontakt sentralbordet|"
                  "vennligst kontakt"),
        kept=_("blir ikke videresendt|videresendes ikke|leses ikke|begrenset tilgang til"),
        thanks=_("takk for din e-post|takk for e-posten|takk for din henvendelse|takk for din melding|"
                 "takk for meldingen"),
        automatic=_("dette er et automatisk|dette er en automatisk|automatisk generert|kan ikke besvares|"
                    "ikke svar på denne"),
    ),
    "fi": Language(
        subjects=_("automaattinen vastaus|automaattivastaus|poissaoloviesti|poissaoloilmoitus|poissa toimistosta|"
                   "poissa"),
        absent=_("poissa toimistolta|poissa toimistosta|olen lomalla|lomalla|vuosilomalla|poissa|vapaalla"),
        later=_("palattuani|vastaan viestiisi|palaan|lomani jälkeen|palaan töihin"),
        instead=_("kiireellisissä asioissa|kiireisissä asioissa|ottakaa yhteyttä|ota yhteyttä|poissa ollessani"),
        kept=_("ei välitetä|ei lueta|viestejä ei|rajoitetusti sähköpost"),
        thanks=_("kiitos viestistäsi|kiitos viestistänne|kiitos sähköpostistasi|kiitos yhteydenotostasi"),
        automatic=_("tämä on automaattinen|automaattisesti luotu|älä vastaa tähän|älkää vastatko tähän"),
    ),
    "cs": Language(
        subjects=_("automatická odpověď|automaticka odpoved|mimo kancelář|nepřítomnost|nejsem v kanceláři"),
        absent=_("nejsem v kanceláři|na dovolené|mimo kancelář|nepřítomen|nepřítomna|čerpám dovolenou"),
        later=_("po svém návratu|po návratu|vrátím se|odpovím po|budu zpět"),
        instead=_("v naléhavých případech|v naléhavém případě|v neodkladných|kontaktujte|v mé nepřítomnosti"),
        kept=_("nebude přeposlán|omezený přístup k|nemám přístup k|nejsou přeposílány"),
        thanks=_("děkuji za vaši zprávu|děkuji za váš e-mail|děkuji za zprávu|děkujeme za vaši|děkuji za váš"),
        automatic=_("toto je automatická|tato zpráva byla vygenerována automaticky|automaticky vygenerován|"
                    "neodpovídejte na tent|prosím neodpovídejte"),
    ),
    "ru": Language(
        subjects=_("автоматический ответ|автоответ|автоответчик|нет на рабочем месте|отсутствие на рабочем месте|"
                   "вне офиса"),
        absent=_("в отпуске|отсутствую|нет в офисе|вне офиса|на больничном|в командировке|не на рабочем месте"),
        later=_("после возвращения|по возвращении|вернусь|отвечу на ваш|отвечу вам|вернуcь"),
        instead=_("по срочным вопросам|в срочных случаях|в случае срочной|в моё отсутствие|в мое отсутствие|"
                  "обращайтесь к|обращайтесь по"),
        kept=_("не будет переслано|ограниченный доступ к почте|нет доступа к почте|не пересылается"),
        thanks=_("спасибо за ваше письмо|спасибо за ваше сообщение|благодарю за письмо|благодарим за|"
                 "спасибо за письмо|благодарю за ваше"),
        automatic=_("это автоматический|это автоматическое|создано автоматически|отправлено автоматически|"
                    "сформировано автоматически|не отвечайте на это|не отвечайте на данное"),
    ),
    "uk": Language(
        subjects=_("автоматична відповідь|автовідповідь|автовідповідач|поза офісом|відсутність на робочому місці"),
        absent=_("у відпустці|відсутній|відсутня|поза офісом|немає в офісі|на лікарняному|у відрядженні"),
        later=_("після повернення|повернуся|відповім на ваш|по поверненні"),
        instead=_("у термінових випадках|з термінових питань|у разі термінової|за моєї відсутності|звертайтеся до"),
        kept=_("не буде переслано|обмежений доступ до пошти|немає доступу до пошти"),
        thanks=_("дякую за ваш лист|дякую за лист|дякую за ваше повідомлення|дякуємо за ваш|дякую за повідомлення"),
        automatic=_("це автоматичн|створено автоматично|надіслано автоматично|згенеровано автоматично|"
                    "не відповідайте на цей|не відповідайте на це"),
    ),
    "tr": Language(
        subjects=_("otomatik yanıt|otomatik cevap|ofis dışında|ofis dışı|izindeyim"),
        absent=_("ofis dışında|yıllık izin|izindeyim|ofiste değilim|tatildeyim|izinde olacağım|ofiste olmayacağım"),
        later=_("döndüğümde|dönüşümde|döneceğim|geri döneceğim|dönünce"),
        instead=_("acil durumlarda|acil konular|acil durumda|yokluğumda|iletişime geçiniz|iletişime geçebilirsiniz"),
        kept=_("yönlendirilmeyecek|yönlendirilmemektedir|e-postalarıma sınırlı|erişimim sınırlı"),
        thanks=_("e-postanız için teşekkür|mesajınız için teşekkür|iletiniz için teşekkür|mailiniz için teşekkür"),
        automatic=_("bu otomatik bir|otomatik olarak oluşturul|otomatik olarak gönderil|bu e-postayı yanıtlamayınız|"
                    "lütfen bu e-postaya cevap vermeyin|lütfen bu e-postayı yanıtlamayın"),
    ),
    "el": Language(
        subjects=_("αυτόματη απάντηση|εκτός γραφείου|απουσία από το γραφείο|απουσία|ειδοποίηση απουσίας"),
        absent=_("απουσιάζω|εκτός γραφείου|σε άδεια|λείπω από το γραφείο|βρίσκομαι σε άδεια"),
        later=_("με την επιστροφή μου|θα επιστρέψω|όταν επιστρέψω|μόλις επιστρέψω|θα απαντήσω"),
        instead=_("για επείγοντα|σε επείγουσα|σε περίπτωση ανάγκης|κατά την απουσία μου|επικοινωνήστε με"),
        kept=_("δεν θα προωθηθεί|περιορισμένη πρόσβαση|δεν έχω πρόσβαση"),
        thanks=_("ευχαριστώ για το μήνυμά|ευχαριστώ για το μήνυμα|ευχαριστώ για το email|ευχαριστούμε για το"),
        automatic=_("αυτό είναι ένα αυτόματο|αυτόματο μήνυμα|δημιουργήθηκε αυτόματα|μην απαντήσετε σε αυτό|"
                    "μην απαντάτε σε αυτό"),
    ),
    "zh": Language(
        subjects=_("自动回复|自動回覆|自動回復|自动答复|自動答覆|外出自动|不在办公室|不在辦公室"),
        absent=_("休假|不在办公室|不在辦公室|外出|出差|放假"),
        later=_("回来后|返回|回覆您|尽快回复|盡快回覆|儘快回覆|回来"),
        instead=_("如有紧急|如有緊急|紧急事宜|緊急事項|请联系|請聯絡|如需要协助"),
        kept=_("不会被转发|不會轉寄|无法及时查看|無法即時"),
        thanks=_("感谢您的来信|感谢您的邮件|感謝您的來信|感謝您的來函|感谢您的来函|谢谢您的来信|谢谢您的邮件|"
                 "感謝您的電郵"),
        automatic=_("此为自动|此邮件为系统自动|系统自动发送|系統自動發出|请勿直接回复|請勿直接回覆|请勿回复|"
                    "請勿回覆|自动回复邮件"),
    ),
    "ja": Language(
        subjects=_("自動応答|自動返信|自動回答|不在通知|不在応答|不在のお知らせ|休暇のお知らせ|不在連絡"),
        absent=_("不在に|休暇中|休暇をいただ|休暇のため|お休みをいただ|休業|出張中|外出中"),
        later=_("順次ご返信|以降にご返信|以降に順次|戻り次第|改めてご連絡|後日ご連絡|出社後"),
        instead=_("お急ぎの場合|お急ぎの方|緊急の場合|至急の|代表番号"),
        kept=_("確認できません|転送されません|返信が遅れ|ご返信が遅れ|送信専用"),
        thanks=_("メールをいただきありがとう|ご連絡ありがとう|ご連絡いただきありがとう|メールありがとう|"
                 "お問い合わせありがとう|お問い合わせいただき"),
        automatic=_("自動送信|自動返信|自動応答|自動配信|返信はできません|ご返信いただいても|返信しないで"),
    ),
    "ko": Language(
        subjects=_("자동 회신|자동회신|자동 응답|자동응답|부재중|부재 중"),
        absent=_("부재중|부재 중|휴가 중|휴가중|휴가입니다|자리를 비|출장 중|출장중|휴무"),
        later=_("복귀 후|복귀후|돌아와서|회신 드리겠|답변 드리겠|회신드리겠|답변드리겠"),
        instead=_("급한 용무|급하신|긴급한|긴급 시|대표번호|연락 주시기|연락하여 주"),
        kept=_("전달되지 않|확인이 어렵|확인이 늦"),
        thanks=_("메일을 보내주셔서 감사|메일 감사|연락 주셔서 감사|연락주셔서 감사|문의해 주셔서 감사|"
                 "메일을 보내 주셔서"),
        automatic=_("자동으로 발송|자동 발송|발신 전용|발신전용|회신하지 마|자동 응답 메일"),
    ),
}  # fmt: skip

# Notes writes its owner's name first
NAMED_SUBJECTS = _(
    "is out of the office|is out of office|is on vacation|ist außer haus|ist ausser haus|ist nicht im büro|"
    "est absent|est absente|est en congé|è fuori ufficio|está fuera de la oficina|is niet op kantoor|"
    "är inte på kontoret|er ikke på kontoret|er ikke til stede|jest poza biurem"
)

# subject's first word → what the text then says (receipts of Outlook without RFC 8098)
RECEIPTS: tuple[tuple[str, str], ...] = (
    ("read:", "was read on"),
    ("not read:", "was deleted without being read"),
    ("gelesen:", "gelesen"),
    ("ungelesen:", "gelöscht"),
    ("lu:", "a été lu"),
    ("lu :", "a été lu"),
    ("leído:", "leído"),
    ("letto:", "letto"),
    ("lida:", "lid"),
    ("lido:", "lid"),
    ("gelezen:", "gelezen"),
    ("przeczytano:", "przeczytan"),
    ("läst:", "läs"),
    ("læst:", "læst"),
    ("lest:", "lest"),
    ("luettu:", "luettu"),
    ("přečteno:", "přečten"),
    ("прочитано:", "прочитано"),
    ("okundu:", "okundu"),
    ("αναγνώστηκε:", "αναγν"),
    ("已读:", "已"),
    ("已讀:", "已"),
    ("開封済み:", "開封"),
    ("읽음:", "읽"),
)

# words of a person who asks or tells; whole words
FIRST_PERSON = frozenset(
    "i i'm i've my me we our ich mir mich mein meine meinen wir uns unser unsere je j'ai mon ma mes nous notre nos "
    "yo mi mis nosotros necesito quiero puedo io mio mia noi vorrei posso ho eu meu minha nós preciso gostaria "
    "ik mijn wij ons jag mig min mitt vi jeg mig meg mitt minun minä olen voinko voitteko já můj mám chtěl chtěla "
    "jsem potřebuji proszę ja mój moja moje mam chciałbym chciałabym jestem я мне мой моя меня мы мені мій моя мене "
    "ми ben benim istiyorum biz εγώ μου θέλω έχω μπορείτε 저는 제가 저희".split()
)
PERSONAL_SIGNS = ("私", "我", "저는", "제가")
ASKING = ("?", "？", "\u037e", "请问", "請問", "ますか", "ませんか", "나요", "까요")
