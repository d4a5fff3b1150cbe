"""What vacation programs say, by language: data for wording.py.

Every phrase is looked for as it stands in text in lower case with one blank between words and straight apostrophes,
so a look costs one substring search. `subjects` stand at the start of a subject. A phrase belongs here only if
programs' owners write it; what decides is never one phrase but several kinds of them together.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """`subjects`: what programs begin a subject with. `nouns`: the same, where people write it too.

    `absent`: I am away. `later`: I shall answer then. `instead`: whom to ask. `kept`: nobody reads or forwards it.
    `thanks`: for the mail.
    """

    subjects: tuple[str, ...]
    nouns: tuple[str, ...]
    absent: tuple[str, ...]
    later: tuple[str, ...]
    instead: tuple[str, ...]
    kept: tuple[str, ...]
    thanks: tuple[str, ...]


def bars(phrases: str) -> tuple[str, ...]:
    """Phrases parted by bars."""
    return tuple(phrase.strip() for phrase in phrases.split("|"))


LANGUAGES: dict[str, Language] = {
    "en": Language(
        subjects=bars("out of office auto-reply|out of office autoreply|out of office reply|"
                      "out of office notification|out of office|out of the office|automatic reply|automatic response|"
                      "automated reply|auto reply|auto-reply|autoreply|automated response|auto response|autoresponse|"
                      "vacation reply|away from my mail|ooo|vacation responder|vacation message|away message|"
                      "holiday auto-reply"),
        nouns=bars("vacation|away|on leave|on holiday"),
        absent=bars("out of the office|out of office|on annual leave|on vacation|on holiday|on leave|maternity leave|"
                    "parental leave|sick leave|paternity leave|away from my desk|away from the office|i am away|"
                    "i'm away|i will be away|not in the office|no longer works for|no longer work for|"
                    "no longer with the company|has left the company|i am currently unavailable|i am travelling|"
                    "i am traveling|out until|out of town|attending a conference|out of the country"),
        later=bars("on my return|when i return|when i get back|when i am back|when i'm back|after my return|"
                   "will get back to you|as soon as i return|will respond to your|will reply to your|after i return|"
                   "once i return|after my holiday|as soon as possible after|back in the office"),
        instead=bars("for urgent|in urgent cases|if your matter is urgent|if it is urgent|if this is urgent|"
                     "if you need immediate|for immediate assistance|please contact|in my absence|in the meantime|"
                     "if you need something|for anything urgent|if urgent|in case of emergency|"
                     "need immediate assistance"),
        kept=bars("no access to e-mail|no access to email|will not be forwarded|not be able to read|"
                  "mailbox is not monitored|not reading my|read no mail|only notification you will|"
                  "intermittent access|limited access|restricted access|sporadic access|not be checking|"
                  "not monitoring|not reading e-mail|not reading email|only be checking|checking messages|"
                  "checking e-mail|checking email|checking my e|monitoring my e|will not be read"),
        thanks=bars("thank you for your e-mail|thank you for your email|thank you for your message|"
                    "thank you for your mail|thanks for your e-mail|thanks for your email|thanks for your message|"
                    "thank you for contacting|many thanks for your|thanks for getting in touch|"
                    "thank you for getting in touch|thank you for reaching out|we have received your message|"
                    "we've received your message"),
    ),
    "de": Language(
        subjects=bars("abwesenheitsnotiz|automatische antwort|abwesenheitsnachricht|abwesenheitsmeldung|"
                      "automatische rückmeldung|automatische eingangsbestätigung|automatische abwesenheitsnotiz|"
                      "automatische e-mail|abwesenheitsinfo|out-of-office"),
        nouns=bars("abwesenheit|abwesend|nicht im haus|nicht im büro"),
        absent=bars("nicht im büro|nicht im haus|im urlaub|außer haus|ausser haus|nicht am platz|abwesend|elternzeit|"
                    "nicht erreichbar|bin nicht da|nicht mehr für unser|nicht mehr im unternehmen|mutterschutz|"
                    "habe urlaub|in urlaub|auf dienstreise|nicht verfügbar|nicht zu erreichen"),
        later=bars("wieder erreichbar|wieder im büro|wieder im haus|nach meiner rückkehr|kehre zurück|"
                   "wieder für sie da|schnellstmöglich|melde mich|nach meinem urlaub|wieder da|wieder zu erreichen|"
                   "werde ich ihre"),
        instead=bars("in dringenden fällen|in dringenden angelegenheiten|bei dringenden|in meiner abwesenheit|"
                     "meine vertretung|in eilfällen|bei eiligen|in wichtigen fällen|kontaktieren sie bitte|"
                     "wenden sie sich"),
        kept=bars("nicht weitergeleitet|nicht automatisch weitergeleitet|keinen zugriff auf|nicht gelesen|"
                  "wird nicht bearbeitet|keine e-mails lesen|kein zugriff auf|nur eingeschränkt|nur unregelmäßig|"
                  "nur sporadisch|rufe meine e-mails nicht|nicht abgerufen|nicht weiter geleitet|"
                  "nicht bearbeitet werden|bleibt ungelesen"),
        thanks=bars("danke für ihre nachricht|danke für ihre e-mail|vielen dank für deine|danke für deine|"
                    "danke für ihre mail|danke für ihre anfrage|vielen dank für ihr"),
    ),
    "fr": Language(
        subjects=bars("réponse automatique|reponse automatique|absence du bureau|message d'absence|absent du bureau|"
                      "notification d'absence|réponse d'absence"),
        nouns=bars("absence|absent(e)|absent|absence de|absence :"),
        absent=bars("absent|en congé|en vacances|hors du bureau|pas au bureau|en déplacement|indisponible"),
        later=bars("de retour le|dès mon retour|à mon retour|je répondrai|je vous répondrai|de retour à partir|"
                   "prendrai connaissance|à compter du|reviendrai vers vous|répondrai dès"),
        instead=bars("en cas d'urgence|en mon absence|pendant mon absence|pour toute urgence|veuillez contacter|"
                     "merci de contacter|veuillez vous adresser|demande urgente|vous pouvez contacter|si urgent|"
                     "en cas de besoin"),
        kept=bars("ne sera pas transféré|ne seront pas transférés|pas accès à ma messagerie|pas accès à mes|"
                  "ne sera pas lu|ne consulte pas|sans accès à|pas consultés|ne sera pas consult|pas lus|"
                  "accès limité|ne sera pas transmis|pas redirigé|ne sera pas traité"),
        thanks=bars("je vous remercie de votre message|je vous remercie pour votre|merci pour votre message|"
                    "merci de votre message|merci pour votre e-mail|merci pour votre courriel|merci pour votre mail|"
                    "j'ai bien reçu votre|nous avons bien reçu votre|je vous remercie de votre mail"),
    ),
    "pl": Language(
        subjects=bars("odpowiedź automatyczna|automatyczna odpowiedź|autoodpowiedź|autoresponder|"
                      "automatyczna wiadomość|informacja o nieobecności"),
        nouns=bars("poza biurem|nieobecność|nieobecny|nieobecna"),
        absent=bars("poza biurem|nieobecny|nieobecna|na urlopie|nie ma mnie w biurze|na zwolnieniu|na delegacji|"
                    "przebywam poza"),
        later=bars("po powrocie|wracam|będę dostępn|po moim powrocie|wrócę|skontaktuję się|po urlopie|odpowiem na"),
        instead=bars("w sprawach pilnych|w nagłych|proszę o kontakt z|podczas mojej nieobecności|w razie pilnej|"
                     "w pilnych|pilne sprawy|w razie potrzeby"),
        kept=bars("nie będzie przekazana|nie zostanie przekazana|ograniczony dostęp do|nie mam dostępu do|"
                  "nie odbieram poczty|nie odczytuję|ograniczonym dostęp|nie będę odbiera|nie będzie przekierowan|"
                  "bez dostępu do poczty|nie będzie czytan"),
        thanks=bars("dziękuję za wiadomość|dziękujemy za wiadomość|dziękuję za e-mail|dziękuję za maila|"
                    "dziękuję za przesłan|dziękuję za kontakt|dziękujemy za kontakt|dziękuję za państwa"),
    ),
    "es": Language(
        subjects=bars("respuesta automática|respuesta automatica|fuera de la oficina|fuera de oficina|"
                      "ausente de la oficina|mensaje automático|mensaje de ausencia|ausencia temporal|"
                      "contestación automática"),
        nouns=bars("ausencia"),
        absent=bars("fuera de la oficina|fuera de oficina|de vacaciones|ausente|de baja|no estoy en la oficina|"
                    "no estaré disponible|estaré fuera|ausencia"),
        later=bars("a mi regreso|a mi vuelta|responderé a su|le responderé|cuando regrese|cuando vuelva|regreso el|"
                   "vuelvo el|responderé cuando|contestaré|atenderé su|a la vuelta"),
        instead=bars("en caso de urgencia|para asuntos urgentes|si es urgente|póngase en contacto|"
                     "durante mi ausencia|en mi ausencia|por favor contacte|en caso de emergencia|asunto urgente|"
                     "puede contactar"),
        kept=bars("no será reenviado|no tendré acceso al|no revisaré|no leeré|acceso limitado|sin acceso a|"
                  "no se reenviará|no será leído|no serán leídos"),
        thanks=bars("gracias por su mensaje|gracias por su correo|gracias por tu mensaje|gracias por tu correo|"
                    "gracias por su email|gracias por contactar|he recibido su|hemos recibido su|"
                    "gracias por escribir|gracias por ponerse en contacto"),
    ),
    "it": Language(
        subjects=bars("risposta automatica|messaggio automatico|risponditore automatico|assente dall'ufficio|"
                      "avviso di assenza"),
        nouns=bars("assenza|fuori sede|fuori ufficio|assente"),
        absent=bars("fuori ufficio|fuori sede|in ferie|assente|non sono in ufficio|in vacanza|in congedo|"
                    "sono in trasferta|non disponibile|fuori dall'ufficio"),
        later=bars("al mio rientro|al mio ritorno|risponderò|rientrerò|sarò di ritorno|la ricontatterò|al rientro|"
                   "tornerò"),
        instead=bars("per urgenze|in caso di urgenza|per questioni urgenti|durante la mia assenza|in mia assenza|"
                     "si prega di contattare|in caso di necessità|può contattare|può scrivere a"),
        kept=bars("non sarà inoltrat|non verrà inoltrat|non ho accesso alla|non avrò accesso|accesso limitato|"
                  "non leggo|senza accesso|non posso leggere|non verrà letto|non sarà letta|non verranno letti"),
        thanks=bars("grazie per il messaggio|grazie per il suo messaggio|grazie per la sua e-mail|"
                    "grazie per l'e-mail|grazie per la tua|grazie per averci contattat|grazie per avermi scritto|"
                    "grazie per la mail|gentile cliente, grazie|ho ricevuto la sua|abbiamo ricevuto la"),
    ),
    "pt": Language(
        subjects=bars("resposta automática|resposta automatica|ausência temporária|ausente do escritório|"
                      "mensagem de ausência|aviso de ausência"),
        nouns=bars("ausência|fora do escritório|ausente"),
        absent=bars("fora do escritório|de férias|ausente|em férias|de licença|não estou no escritório|de folga"),
        later=bars("responderei|assim que regressar|quando regressar|no meu regresso|ao retornar|no meu retorno|"
                   "regresso no dia|retorno no dia|quando voltar|na volta|ao regressar"),
        instead=bars("em caso de urgência|para assuntos urgentes|na minha ausência|durante a minha ausência|"
                     "por favor contacte|favor entrar em contato|em caso de emergência|se for urgente|"
                     "em caso de urgencia|assunto urgente|pode contactar"),
        kept=bars("não será reencaminhad|não será encaminhad|sem acesso a|acesso limitado|não lerei|"
                  "não estarei a ler|não será lid|não serão lid|não será reenviad"),
        thanks=bars("obrigada pela sua mensagem|obrigado pela sua mensagem|obrigado pelo seu|obrigada pelo seu|"
                    "agradeço a sua mensagem|obrigado por entrar em contato|agradecemos o seu contato|"
                    "obrigado pelo contato|obrigada pelo contato|obrigado pelo contacto|recebemos o seu|recebi o seu"),
    ),
    "nl": Language(
        subjects=bars("automatisch antwoord|automatische beantwoording|afwezigheidsbericht|automatische reactie|"
                      "afwezigheidsmelding|afwezigheidsassistent|out-of-office"),
        nouns=bars("afwezigheid|afwezig|niet op kantoor"),
        absent=bars("niet op kantoor|met vakantie|op vakantie|afwezig|met verlof|niet aanwezig|buiten kantoor|"
                    "ik ben vrij|niet bereikbaar"),
        later=bars("weer terug|bij terugkomst|na mijn vakantie|bij mijn terugkeer|weer bereikbaar|na terugkomst|"
                   "zodra ik terug|neem ik contact"),
        instead=bars("voor dringende zaken|in dringende gevallen|bij spoed|tijdens mijn afwezigheid|"
                     "contact opnemen met|neem contact op met|bij dringende|voor spoed|dringende vragen|"
                     "bij vragen kunt u"),
        kept=bars("niet doorgestuurd|geen toegang tot mijn|niet gelezen|lees ik mijn mail niet|lees mijn mail niet|"
                  "mail niet lees|beperkt toegang|lees geen mail|niet worden doorgestuurd|"
                  "niet automatisch doorgestuurd|niet worden gelezen"),
        thanks=bars("bedankt voor uw bericht|dank voor uw bericht|bedankt voor uw e-mail|dank u voor uw|"
                    "bedankt voor je|hartelijk dank voor uw|dank voor je|bedankt voor uw mail|wij hebben uw|"
                    "dank voor uw mail"),
    ),
    "sv": Language(
        subjects=bars("autosvar|automatiskt svar|frånvaromeddelande|semester autosvar|autosvar från|frånvarobesked|"
                      "automatiskt meddelande"),
        nouns=bars("frånvaro|frånvarande"),
        absent=bars("inte på kontoret|på semester|har semester|tjänstledig|föräldraledig|inte på plats|frånvarande|"
                    "ute från kontoret|ej på plats|är ledig|på resande fot|är bortrest"),
        later=bars("är tillbaka|åter på kontoret|åter den|tillbaka på kontoret|när jag är åter|återkommer|"
                   "svarar när jag|när jag kommer tillbaka"),
        instead=bars("vid brådskande|om det är brådskande|i brådskande|under min frånvaro|kontakta växeln|vid akuta|"
                     "i akuta|akuta ärenden|kontakta gärna"),
        kept=bars("vidarebefordras inte|läses inte|inte vidarebefordras|läser inte min|läser inte mejl|inte läsa min|"
                  "begränsad tillgång|inte att vidarebefordras|inte att läsas|vidarebefordras ej"),
        thanks=bars("tack för ditt mejl|tack för ditt mail|tack för ditt meddelande|tack för din e-post|tack för ert|"
                    "tack för din mail|tack för mejlet|vi har tagit emot"),
    ),
    "da": Language(
        subjects=bars("automatisk svar|autosvar|fraværsmeddelelse|fraværsbesked|automatisk besked"),
        nouns=bars("fravær|ikke på kontoret|ikke til stede"),
        absent=bars("ikke på kontoret|holder ferie|på ferie|er på orlov|har fri|fraværende|på barsel|ikke til stede|"
                    "er bortrejst|jeg er væk"),
        later=bars("er tilbage|tilbage på kontoret|svarer når|vender jeg tilbage|når jeg er hjemme|svarer dig"),
        instead=bars("hvis det haster|i hastetilfælde|ved akutte|i mit fravær|under mit fravær|kontakt venligst|"
                     "er det vigtigt|har du brug for hjælp|ved hastesager|du kan kontakte"),
        kept=bars("bliver ikke videresendt|videresendes ikke|læses ikke|læser ikke mails|læser ikke min|"
                  "begrænset adgang|tjekker ikke|ikke blive videresendt|ikke blive læst"),
        thanks=bars("tak for din mail|tak for din e-mail|tak for din besked|tak for din henvendelse|tak for jeres|"
                    "tak for mailen|tak for din e-post|vi har modtaget din"),
    ),
    "no": Language(
        subjects=bars("autosvar|automatisk svar|fraværsmelding|fraværsassistent|automatisk melding|fraværsbeskjed"),
        nouns=bars("fravær|ikke til stede|bortreist"),
        absent=bars("ikke til stede|ute av kontoret|på ferie|har ferie|ikke på kontoret|permisjon|fraværende|"
                    "avspaserer|bortreist|er på reise|tar ferie"),
        later=bars("er tilbake|tilbake på kontoret|svarer på e-posten når|svarer når"),
        instead=bars("ved hastesaker|hvis det haster|i hastesaker|i mitt fravær|kontakt sentralbordet|"
                     "vennligst kontakt|er det viktig|haster det|ved behov|kan du kontakte"),
        kept=bars("blir ikke videresendt|videresendes ikke|leses ikke|leser ikke e-post|leser ikke min|"
                  "begrenset tilgang|sjekker ikke|ikke bli videresendt|ikke bli lest"),
        thanks=bars("takk for din e-post|takk for din henvendelse|takk for din melding|takk for meldingen|"
                    "takk for mailen|takk for e-post|vi har mottatt din"),
    ),
    "fi": Language(
        subjects=bars("automaattinen vastaus|automaattivastaus|poissaoloviesti|poissaoloilmoitus|poissa toimistosta|"
                      "automaattinen vastausviesti"),
        nouns=bars("poissa|poissaolo"),
        absent=bars("lomalla|poissa|vapaalla|lomailen"),
        later=bars("vastaan viestiisi|palaan|lomani jälkeen|vastaan sinulle|palattua"),
        instead=bars("ottakaa yhteyttä|ota yhteyttä|poissa ollessani|kiireellisissä|kiireisissä|voit ottaa yhteyttä"),
        kept=bars("ei välitetä|ei lueta|viestejä ei|rajoitetusti sähköpost|en lue sähköpost|luen sähköpostia harvoin|"
                  "en seuraa sähköpost|enkä lue|ei ohjata|ei välity"),
        thanks=bars("kiitos viestistäsi|kiitos viestistänne|kiitos yhteydenotosta|kiitos sähköpostista|"
                    "viestisi on vastaanotettu"),
    ),
    "cs": Language(
        subjects=bars("automatická odpověď|automaticka odpoved|automatická zpráva|oznámení o nepřítomnosti"),
        nouns=bars("nepřítomnost|mimo kancelář|nejsem v kanceláři"),
        absent=bars("nejsem v kanceláři|na dovolené|mimo kancelář|nepřítomen|nepřítomna|dovolenou|nejsem k zastižení|"
                    "služební cestě"),
        later=bars("po svém návratu|po návratu|vrátím se|odpovím po|budu zpět|ozvu se|odpovím vám|budu opět|"
                   "odpovím co nejdříve"),
        instead=bars("v naléhavých případech|v naléhavém případě|v neodkladných|kontaktujte|v mé nepřítomnosti|"
                     "v případě potřeby|naléhavé záležitosti|obraťte se na|v urgentních"),
        kept=bars("nebude přeposlán|nemám přístup k|nejsou přeposílány|e-maily čtu jen|nečtu|omezený přístup|"
                  "bez přístupu|nebudou přeposlány|nebudu číst"),
        thanks=bars("děkuji za vaši zprávu|děkuji za zprávu|děkujeme za vaši|děkuji za váš|děkuji za e-mail|"
                    "vaši zprávu jsem|děkujeme za zprávu|obdrželi jsme"),
    ),
    "ru": Language(
        subjects=bars("автоматический ответ|автоответ|автоответчик|нет на рабочем месте|отсутствие на рабочем месте|"
                      "автоматическое сообщение|автоматическое уведомление|уведомление об отсутствии"),
        nouns=bars("вне офиса|отпуск|отсутствие"),
        absent=bars("в отпуске|отсутствую|нет в офисе|вне офиса|на больничном|в командировке|не на рабочем месте|"
                    "в отъезде|нахожусь вне|отсутствует на"),
        later=bars("после возвращения|по возвращении|вернусь|отвечу на ваш|отвечу вам|отвечу, как только|"
                   "свяжусь с вами|отвечу после|по возвращению"),
        instead=bars("в срочных случаях|в случае срочной|в моё отсутствие|в мое отсутствие|обращайтесь к|"
                     "обращайтесь по|по срочным|если вопрос срочный|в экстренных|срочные вопросы"),
        kept=bars("не будет переслано|ограниченный доступ к почте|нет доступа к почте|не пересылается|"
                  "доступ к почте ограничен|не проверяю почту|не читаю почту|без доступа к|не будет прочитано|"
                  "не перенаправля|не могу читать"),
        thanks=bars("спасибо за ваше письмо|спасибо за ваше сообщение|благодарю за письмо|благодарим за|"
                    "спасибо за письмо|благодарю за ваше|ваше письмо получено|мы получили ваш|спасибо за обращение"),
    ),
    "uk": Language(
        subjects=bars("автоматична відповідь|автовідповідь|автовідповідач|відсутність на робочому місці|"
                      "автоматичне повідомлення|повідомлення про відсутність"),
        nouns=bars("поза офісом|відпустка"),
        absent=bars("у відпустці|відсутній|відсутня|поза офісом|немає в офісі|на лікарняному|у відрядженні|"
                    "у від'їзді|перебуваю у|мене немає"),
        later=bars("після повернення|повернуся|відповім на ваш|по поверненні|відповім після|зв'яжуся з вами|"
                   "відповім, щойно|після відпустки"),
        instead=bars("у термінових випадках|у разі термінової|за моєї відсутності|звертайтеся до|термінових питань|"
                     "якщо питання термінове|термінові питання|у разі потреби"),
        kept=bars("не буде переслано|обмежений доступ до пошти|немає доступу до пошти|доступ до пошти обмежен|"
                  "не перевіряю пошту|не читаю пошту|не буде прочитано|не перенаправля"),
        thanks=bars("дякую за ваш лист|дякую за лист|дякую за ваше повідомлення|дякуємо за ваш|дякую за повідомлення|"
                    "дякую за звернення|ваш лист отримано|ми отримали ваш"),
    ),
    "tr": Language(
        subjects=bars("otomatik yanıt|otomatik cevap|otomatik mesaj|ofis dışı mesajı|izin bilgisi"),
        nouns=bars("ofis dışında|ofis dışı|izindeyim"),
        absent=bars("ofis dışında|yıllık izin|izindeyim|ofiste değilim|izinde olacağım|ofiste olmayacağım|tatilde|"
                    "yurt dışında|raporluyum|izinliyim"),
        later=bars("döndüğümde|dönüşümde|döneceğim|dönünce|döndükten sonra|dönüş yapacağım|en kısa sürede"),
        instead=bars("acil durumlarda|acil konular|acil durumda|yokluğumda|iletişime geçiniz|"
                     "iletişime geçebilirsiniz|acil bir durum|acil ise"),
        kept=bars("yönlendirilmeyecek|yönlendirilmemektedir|e-postalarıma sınırlı|erişimim sınırlı|"
                  "e-postalarımı okuyam|e-postalarıma eriş|sınırlı erişim|iletilmeyecek|okunmayacak"),
        thanks=bars("e-postanız için teşekkür|mesajınız için teşekkür|iletiniz için teşekkür|mailiniz için teşekkür|"
                    "mesajınızı aldık|e-postanızı aldım"),
    ),
    "el": Language(
        subjects=bars("αυτόματη απάντηση|απουσία από το γραφείο|ειδοποίηση απουσίας|αυτόματο μήνυμα|μήνυμα απουσίας"),
        nouns=bars("απουσία|εκτός γραφείου"),
        absent=bars("απουσιάζω|εκτός γραφείου|σε άδεια|λείπω από το γραφείο|βρίσκομαι εκτός|σε διακοπές"),
        later=bars("με την επιστροφή μου|θα επιστρέψω|όταν επιστρέψω|μόλις επιστρέψω|θα απαντήσω|θα σας απαντήσω|"
                   "μετά την επιστροφή|θα επικοινωνήσω"),
        instead=bars("σε επείγουσα|σε περίπτωση ανάγκης|κατά την απουσία μου|επικοινωνήστε με|για επείγον|"
                     "σε επείγοντα|αν είναι επείγον"),
        kept=bars("δεν θα προωθηθεί|περιορισμένη πρόσβαση|δεν έχω πρόσβαση|δεν διαβάζω|χωρίς πρόσβαση|"
                  "δεν προωθούνται|δεν θα διαβαστ"),
        thanks=bars("ευχαριστώ για το μήνυμά|ευχαριστώ για το μήνυμα|ευχαριστώ για το email|ευχαριστούμε για το|"
                    "ευχαριστώ για την επικοινωνία|λάβαμε το μήνυμά|έλαβα το μήνυμά"),
    ),
    "zh": Language(
        subjects=bars("自动回复|自動回覆|自動回復|自动答复|自動答覆|外出自动|不在办公室|不在辦公室|外出通知|休假通知|"
                      "自动答覆"),
        nouns=bars("休假|外出"),
        absent=bars("休假|不在办公室|不在辦公室|外出|出差|放假|年假|休產假|产假|不在公司"),
        later=bars("返回|回覆您|尽快回复|盡快回覆|儘快回覆|回来|假期结束|上班后|回到办公室|後回覆|后回复"),
        instead=bars("如有紧急|如有緊急|紧急事宜|緊急事項|请联系|請聯絡|如需要协助|如有急事|急事请|緊急聯絡|请致电|"
                     "請致電"),
        kept=bars("不会被转发|不會轉寄|无法及时查看|無法即時|无法及时回复|無法及時回覆|无法查收|不能及时|不会转发|"
                  "不會轉發|不能查看"),
        thanks=bars("感谢您的来信|感谢您的邮件|感謝您的來信|感謝您的來函|感谢您的来函|谢谢您的来信|谢谢您的邮件|"
                    "感謝您的電郵|已收到您的邮件|已收到您的來信|已收到您的来信|您的邮件已收到|已收到您的電郵"),
    ),
    "ja": Language(
        subjects=bars("自動応答|自動返信|自動回答|不在通知|不在応答|不在のお知らせ|休暇のお知らせ|不在連絡|自動送信|"
                      "休暇中|外出中"),
        nouns=bars("不在|休暇"),
        absent=bars("不在に|休暇中|休暇をいただ|休暇のため|お休みをいただ|休業|出張中|外出中|休暇を取得|不在となり|"
                    "不在です|休みを取|席を外"),
        later=bars("順次ご返信|以降にご返信|以降に順次|戻り次第|改めてご連絡|後日ご連絡|出社後|以降となります|"
                   "休暇明け|戻りましたら|折り返しご連絡|復帰後"),
        instead=bars("お急ぎの方|緊急の場合|至急の|代表番号|急ぎの場合|お急ぎのご用件|緊急のご連絡|までお電話"),
        kept=bars("確認できません|転送されません|返信が遅れ|送信専用|メールの確認は|確認ができません|"
                  "メールを確認でき|返信できません|転送はされ|確認いたしかね"),
        thanks=bars("メールをいただきありがとう|ご連絡ありがとう|ご連絡いただきありがとう|メールありがとう|"
                    "お問い合わせありがとう|お問い合わせいただき|メールを受け取りました|お問い合わせを受け付け|"
                    "メールを拝受|受付いたしました"),
    ),
    "ko": Language(
        subjects=bars("자동 회신|자동회신|자동 응답|자동응답|부재중|부재 중|자동 답장|자동답장|휴가 안내|부재 안내"),
        nouns=bars("부재|휴가"),
        absent=bars("부재중|부재 중|휴가 중|휴가중|휴가입니다|자리를 비|출장 중|출장중|휴무|연차|외근 중|사무실에 없|"
                    "출산 휴가"),
        later=bars("복귀 후|복귀후|돌아와서|회신 드리겠|답변 드리겠|회신드리겠|답변드리겠|복귀하여|돌아온 후|"
                   "복귀 즉시|확인 후 회신"),
        instead=bars("급한 용무|급하신|긴급한|긴급 시|대표번호|연락 주시기|연락하여 주|급한 일|긴급 문의|급한 사항"),
        kept=bars("확인이 어렵|확인이 늦|메일 확인이|확인이 지연|회신이 지연|답변이 늦|전달되지|확인하지 못"),
        thanks=bars("메일을 보내주셔서 감사|메일 감사|연락 주셔서 감사|연락주셔서 감사|문의해 주셔서 감사|"
                    "메일을 보내 주셔서|메일을 받았습니다|메일 주셔서 감사|접수되었습니다|문의 감사"),
    ),
}  # fmt: skip

SUBJECTS = tuple(start for one in LANGUAGES.values() for start in one.subjects)
NOUNS = tuple(start for one in LANGUAGES.values() for start in one.nouns)
# Notes writes its owner's name first
NAMED_SUBJECTS = bars(
    "is out of the office|is out of office|is on vacation|ist außer haus|ist ausser haus|ist nicht im büro|"
    "est absent|est absente|est en congé|è fuori ufficio|está fuera de la oficina|is niet op kantoor|"
    "är inte på kontoret|er ikke på kontoret|er ikke til stede|jest poza biurem"
)
