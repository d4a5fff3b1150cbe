"""The Slavic languages, Hungarian, Greek and Turkish: data only, see language.py."""

from __future__ import annotations

from parsing.language import Language

EAST = (
    Language(
        code="pl",
        starts="dnia|w dniu|pon.|wt.|śr.|czw.|pt.|sob.|niedz.|poniedziałek|wtorek|środa|czwartek|piątek|sobota|"
        "niedziela|użytkownik|cytując|cytat|on|wiadomość napisana przez",
        wrote="wiadomość napisana przez|cytując|napisał(a)|napisał|napisała|napisano|pisze|pisał|pisała|"
        "napisał/a|napisali",
        mine="ja",
        sender="od|nadawca",
        sent="wysłano|data|wysłane|wysłany|data wysłania|wysłana|data wiadomości",
        to="do|dw|adresat|odbiorca|kopia|do wiadomości",
        subject="temat|dotyczy",
        original="wiadomość oryginalna|oryginalna wiadomość|oryginalny e-mail|treść oryginalnej wiadomości|"
        "wiadomość od …|oryginalny termin",
        forwarded="przekazana wiadomość|wiadomość przekazana dalej|treść przekazanej wiadomości|"
        "początek przekazywanej wiadomości|wiadomość przekazana|przekazana dalej wiadomość|"
        "początek przesyłanej dalej wiadomości|przesłana wiadomość|treść przesłanej wiadomości",
        sent_from="wysłane z …|wysłano z …|wysłane za pomocą …|wysłano za pomocą …|wysłane przez …|"
        "wiadomość wysłana z …|pobierz outlook …|pobierz aplikację outlook …|uzyskaj outlook …|"
        "pobierz program outlook …|wysłana z …|wysyłane z …|z mojego iphone'a",
        closings="pozdrawiam|z poważaniem|pozdrowienia|serdecznie pozdrawiam|pozdrawiam serdecznie|z pozdrowieniami|"
        "z wyrazami szacunku|serdeczne pozdrowienia|łączę pozdrowienia|pozdr.|pozdr|pzdr|z szacunkiem|"
        "łączę wyrazy szacunku|pozdrawiamy|życzę miłego dnia|ze serdecznymi pozdrowieniami",
        disclaimer="wiadomość zawiera informacje poufne|informacje poufne|może zawierać informacje|"
        "przeznaczona wyłącznie|przeznaczone wyłącznie|wyłącznie dla adresata|nie jest adresatem|"
        "nie są państwo adresatem|nie jesteś adresatem|otrzymali państwo tę wiadomość|omyłkowo|przez pomyłkę|"
        "jest zabronione|krajowego rejestru sądowego|kapitał zakładowy|sąd rejonowy|zastanów się, czy musisz",
    ),
    Language(
        code="cs",
        starts="dne|dňa|po |út |st |čt |pá |so |ne |pondělí|úterý|středa|čtvrtek|pátek|sobota|neděle|v|citace",
        wrote="napsal(a)|napsal|napsala|píše|psal|psala|napsali|napsal/a",
        mine="jsem|jsme|já",
        sender="od|odesílatel|odesilatel",
        sent="odesláno|datum|odeslána|posláno|datum odeslání",
        to="komu|pro|kopie|adresát|příjemce",
        subject="předmět|věc",
        original="původní zpráva|původní e-mail|originální zpráva|původní schůzka",
        forwarded="přeposlaná zpráva|předaná zpráva|začátek přeposlané zprávy|přeposlaný e-mail",
        sent_from="odesláno z …|posláno z …|odesláno pomocí …|odesláno ze …|stáhnout outlook …|získat outlook …|"
        "získejte outlook …|odesláno přes …",
        closings="s pozdravem|s přáním hezkého dne|s přátelským pozdravem|s úctou|zdravím|hezký den|děkuji a zdravím|"
        "s pozdravom|pěkný den|srdečně|s přáním pěkného dne",
        disclaimer="tato zpráva může obsahovat důvěrné|důvěrné informace|je určena výhradně|omylem|nejste-li",
    ),
    Language(
        code="sk",
        starts="dňa|po |ut |st |št |pi |so |ne |pondelok|utorok|streda|štvrtok|piatok|sobota|nedeľa|v",
        wrote="napísal(a)|napísal|napísala|píše|písal|písala",
        mine="som|sme",
        sender="od|odosielateľ",
        sent="odoslané|dátum|poslané|dátum odoslania",
        to="komu|kópia|pre",
        subject="predmet|vec",
        original="pôvodná správa|originálna správa|pôvodný e-mail",
        forwarded="preposlaná správa|začiatok preposlanej správy|presmerovaná správa",
        sent_from="odoslané z …|poslané z …|odoslané zo …|získať outlook …|stiahnuť outlook …",
        closings="s pozdravom|s úctou|s priateľským pozdravom|pekný deň|zdravím",
    ),
    Language(
        code="hu",
        starts="ezt írta|dátum|időpont|hétfő|kedd|szerda|csütörtök|péntek|szombat|vasárnap",
        wrote="ezt írta|írta|írta be|a következőt írta|az alábbiakat írta|ezt írta (időpont",
        sender="feladó|küldő",
        sent="elküldve|küldve|dátum|küldés dátuma|küldés ideje",
        to="címzett|másolatot kap|másolat|címzettek",
        subject="tárgy",
        original="eredeti üzenet|eredeti levél|eredeti találkozó",
        forwarded="továbbított üzenet|továbbított levél|továbbított üzenet kezdete|továbbított levél kezdete",
        sent_from="elküldve az …|elküldve a …|az outlook … beszerzése|elküldve innen …|iphone-omról küldve",
        closings="üdvözlettel|tisztelettel|üdv|üdv.|köszönettel|szép napot|baráti üdvözlettel|üdvözlöm",
        disclaimer="bizalmas információ|kizárólag a címzett|tévedésből",
    ),
    Language(
        code="hr",
        starts="dana|u|pon|uto|sri|čet|pet|sub|ned|ponedjeljak|utorak|srijeda|četvrtak|petak|subota|nedjelja|sre",
        wrote="je napisao|je napisala|je napisao/la|je napisao/napisala|napisao je|napisala je|piše|je pisao|"
        "je napisao(la)|je napisalo|napisao|napisala",
        mine="sam|smo",
        sender="od|šalje|pošiljalac",
        sent="poslano|datum|poslato|poslana",
        to="za|prima|prim|kome|kopija",
        subject="predmet|naslov|tema",
        original="izvorna poruka|originalna poruka|izvorna e-poruka",
        forwarded="proslijeđena poruka|prosleđena poruka|početak proslijeđene poruke",
        sent_from="poslano s …|poslano sa …|poslato sa …|poslato s …|poslano iz …|poslano putem …|poslato iz …|"
        "nabavite outlook …",
        closings="srdačan pozdrav|lijep pozdrav|pozdrav|s poštovanjem|lp|pozdravi|sa poštovanjem|"
        "srdačno|lep pozdrav|puno pozdrava",
    ),
    Language(
        code="sl",
        starts="dne|v|pon.|tor.|sre.|čet.|pet.|sob.|ned.",
        wrote="je napisal|je napisala|je napisal/-a|je napisal(a)|piše|je oseba … napisala|je napisal/a",
        sender="od|pošiljatelj",
        sent="poslano|datum",
        to="za|kp",
        subject="zadeva",
        original="izvirno sporočilo|prvotno sporočilo|originalno sporočilo",
        forwarded="posredovano sporočilo|začetek posredovanega sporočila",
        sent_from="poslano iz …|poslano z …",
        closings="lep pozdrav|lepo pozdravljeni|s spoštovanjem|z lepimi pozdravi|lp|prijazen pozdrav",
    ),
    Language(
        code="sr",
        starts="дана|у|пон|уто|сре|чет|пет|суб|нед",
        wrote="је написао|је написала|је написао/ла|је написао/написала|пише",
        sender="од|шаље",
        sent="послато|датум",
        to="за|коме|прима",
        subject="предмет|наслов|тема",
        original="оригинална порука|изворна порука",
        forwarded="прослеђена порука",
        sent_from="послато са …|послато из …",
        closings="срдачан поздрав|с поштовањем|поздрав|лп",
    ),
    Language(
        code="bg",
        starts="на|пн|вт|ср|чт|пт|сб|нд|в",
        wrote="написа|пише|написал|написала|написали",
        mine="аз|ние",
        sender="от|подател",
        sent="изпратено|дата|изпратен|изпратено на",
        to="до|получател|копие",
        subject="относно|тема",
        original="оригинално съобщение|първоначално съобщение|оригинално писмо",
        forwarded="препратено съобщение|препратено писмо|начало на препратеното съобщение",
        sent_from="изпратено от …|изпратено с …|изпратен от …|изтеглете outlook …",
        closings="поздрави|с уважение|с поздрав|с поздрави|поздрав|хубав ден|сърдечни поздрави",
    ),
    Language(
        code="ru",
        starts="пн|вт|ср|чт|пт|сб|вс|понедельник|вторник|среда|среду|четверг|пятница|пятницу|суббота|субботу|"
        "воскресенье|в|от|вы писали|здравствуйте|on",
        wrote="написал(а)|написал|написала|пишет|писал|писала|писал(а)|написали|писали|пользователь … написал|"
        "вы писали|вы написали",
        mine="я|мы",
        sender="от|от кого|отправитель",
        sent="отправлено|дата|послано|отправлен|дата отправки",
        to="кому|копия|получатель",
        subject="тема",
        original="исходное сообщение|оригинальное сообщение|исходное письмо|первоначальное сообщение|"
        "исходный текст|переслано от …|сообщение от …",
        forwarded="пересылаемое сообщение|переадресованное сообщение|пересланное сообщение|пересылаемое письмо|"
        "начало переадресованного сообщения|начало переадресованного письма|конец переадресованного сообщения|"
        "перенаправленное сообщение|пересланное письмо|пересланные сообщения|начало пересланного сообщения",
        sent_from="отправлено с …|отправлено из …|отправлено со …|отправлено через …|отправлено от …|"
        "отправлено посредством …|послано с …|с моего iphone|получить outlook для …|скачать outlook для …|"
        "отправлено мобильной …",
        closings="с уважением|с наилучшими пожеланиями|всего доброго|всего наилучшего|с почтением|искренне ваш|"
        "с найлучшими пожеланиями|хорошего дня|до свидания|с ув.|удачного дня",
        disclaimer="конфиденциальную информацию|конфиденциальная информация|является конфиденциальным|"
        "предназначено исключительно|предназначена только|если вы не являетесь|получили это сообщение по ошибке|"
        "по ошибке|запрещено|уведомите отправителя",
    ),
    Language(
        code="uk",
        starts="пн|вт|ср|чт|пт|сб|нд|понеділок|вівторок|середа|четвер|п'ятниця|субота|неділя|у|в",
        wrote="пише|написав|написала|писав|писала|написав(ла)|написав(-ла)|написали|написав/ла",
        mine="я|ми",
        sender="від|від кого|відправник",
        sent="надіслано|дата|відправлено|надісланий",
        to="кому|копія|одержувач|отримувач",
        subject="тема",
        original="вихідне повідомлення|оригінальне повідомлення|початкове повідомлення|оригінал повідомлення|"
        "первинне повідомлення",
        forwarded="переслане повідомлення|переадресоване повідомлення|перенаправлене повідомлення|пересланий лист|"
        "початок пересланого повідомлення|переслані повідомлення",
        sent_from="надіслано з …|надіслано через …|надіслано із …|відправлено з …|отримати outlook для …|"
        "надіслано мобільною …",
        closings="з повагою|з найкращими побажаннями|всього найкращого|гарного дня|щиро ваш|на все добре|"
        "з повагою та найкращими побажаннями",
        disclaimer="конфіденційну інформацію|призначено виключно|помилково",
    ),
    Language(
        code="el",
        starts="στις|την|ημερομηνία|δευτέρα|τρίτη|τετάρτη|πέμπτη|παρασκευή|σάββατο|κυριακή|δευ|τρί|τετ|πέμ|παρ|σάβ|κυρ|"
        "στις|το|ο χρήστης",
        wrote="έγραψε|έγραψαν|γράφει|ο χρήστης … έγραψε",
        mine="εγώ|εμείς",
        sender="από|αποστολέας",
        sent="ημερομηνία|στάλθηκε|εστάλη|αποστολή|ημ/νία",
        to="προς|κοιν|κοινοποίηση|παραλήπτης",
        subject="θέμα",
        original="αρχικό μήνυμα|πρωτότυπο μήνυμα",
        forwarded="προωθημένο μήνυμα|έναρξη προωθημένου μηνύματος|μήνυμα που προωθήθηκε",
        sent_from="στάλθηκε από …|εστάλη από …|αποστολή από …|λήψη του outlook …|αποκτήστε το outlook …",
        closings="με εκτίμηση|φιλικά|με φιλικούς χαιρετισμούς|ευχαριστώ εκ των προτέρων|χαιρετισμούς|"
        "με τιμή|με φιλικά αισθήματα",
        disclaimer="εμπιστευτικές πληροφορίες|εκ παραδρομής|προορίζεται αποκλειστικά",
    ),
    Language(
        code="tr",
        starts="pzt|sal|çar|per|cum|cmt|paz|pazartesi|salı|çarşamba|perşembe|cuma|cumartesi|pazar|tarihinde",
        wrote="şunu yazdı|yazdı|şunları yazdı|şöyle yazdı|yazmış|tarihinde şunu yazdı|şunlari yazdi|adresine sahip",
        sender="kimden|gönderen|gonderen",
        sent="gönderildi|gönderme tarihi|tarih|gönderim tarihi|gönderilme tarihi|gönderilen",
        to="kime|alıcı|bilgi|kopya",
        subject="konu",
        original="orijinal mesaj|özgün ileti|orijinal ileti|orjinal mesaj|asıl mesaj|özgün mesaj|özgün randevu",
        forwarded="iletilen mesaj|yönlendirilmiş ileti|iletilmiş mesaj|yönlendirilen mesaj|başlangıç: iletilen mesaj|"
        "yönlendirilen ileti|iletilen ileti|i̇letilen mesaj|i̇letilmiş mesaj",
        sent_from="…'umdan gönderildi|…'imden gönderildi|…ımdan gönderildi|…umdan gönderildi|…imden gönderildi|"
        "ios için outlook'u …|android için outlook'u …|"
        "outlook'u edinin …",
        closings="saygılarımla|saygılar|iyi çalışmalar|selamlar|iyi günler|sevgiler|saygılarımızla|kolay gelsin|"
        "iyi günler dilerim|hürmetlerimle",
        disclaimer="gizli bilgiler|yanlışlıkla|sadece gönderildiği kişi",
    ),
)
