"""English, German, Dutch and the Romance languages: data only, see language.py."""

from __future__ import annotations

from parsing.language import Language

WEST = (
    Language(
        code="en",
        starts="on|at|quoting|in message|in article",
        wrote="wrote|writes|said|says|sent|quoting",
        mine="i|we",
        sender="from|sender",
        sent="sent|date|sent on|sent at|date sent|received",
        to="to|cc|bcc|recipient|recipients",
        subject="subject|re",
        original="original message|original mail|original email|original e-mail|original|reply message|"
        "original appointment|previous message|original text|message from …|replied message",
        forwarded="forwarded message|begin forwarded message|forwarded by …|forwarded mail|forwarded email|"
        "start of forwarded message|forwarded messages|forward message|forwarded original message",
        sent_from="sent wirelessly from …|sent via …|sent with …|sent using …|get outlook for …|get bluemail for …|"
        "get the all new aol app …|get the new aol app …|from my iphone|from my ipad|from my mobile|"
        "from my android|yahoo mail: search, organize, conquer|"
        "please consider the environment before printing …|think before you print|"
        "this email has been checked for viruses …|this e-mail was sent from my …|"
        "this message was sent from my …|sent from …|sent on the …|virus-free. www.avast.com|"
        "virus-free.www.avast.com",
        closings="best regards|kind regards|regards|warm regards|warmest regards|best wishes|with best regards|"
        "with kind regards|many regards|kindest regards|sincerely|yours sincerely|sincerely yours|yours faithfully|"
        "yours truly|respectfully|respectfully yours|cordially|with best wishes|all the best|best|cheers|br|rgds|kr|"
        "thanks and regards|thanks & regards|thank you and regards|thanks and best regards|"
        "thanks and kind regards|with regards|very truly yours|brgds|greetings|sincerest regards",
        disclaimer="if you are not the intended recipient|not the intended recipient|if you have received this|"
        "if you received this|received this e-mail in error|received this email in error|received it in error|"
        "received this message in error|received this communication in error|"
        "may contain confidential|may contain privileged|contains confidential|is confidential|are confidential|"
        "confidential and may|confidential information|confidential and intended|legally privileged|"
        "intended solely for|intended only for|solely for the use|is intended for|intended for the named|"
        "intended for the exclusive use|any unauthorized|any unauthorised|is strictly prohibited|strictly forbidden|"
        "notify the sender|please notify us|delete it from your system|delete this e-mail|delete this email|"
        "permanently delete|do not necessarily represent|does not accept liability|accepts no liability|"
        "no liability|free of viruses|any views or opinions|copying or distribution|dissemination|"
        "registered in england|company registration number",
    ),
    Language(
        code="de",
        starts="am|zitat von|zitiere|um",
        wrote="zitat von|schrieb|schrieben|geschrieben|schreibt|hat geschrieben",
        mine="ich|wir",
        sender="von|absender",
        sent="gesendet|datum|gesendet am|gesendet um|verschickt|empfangen",
        to="an|kopie|empfänger",
        subject="betreff|betrifft",
        original="ursprüngliche nachricht|originalnachricht|original-nachricht|original nachricht|"
        "ursprüngliche mail|ursprüngliche e-mail|originale nachricht|antwort nachricht|nachricht von …|"
        "ursprünglicher termin",
        forwarded="weitergeleitete nachricht|anfang der weitergeleiteten nachricht|weitergeleitete e-mail|"
        "anfang der weitergeleiteten e-mail|weitergeleitet von …|weitergeleitete mail|beginn der weitergeleiteten "
        "nachricht",
        sent_from="von meinem … gesendet|gesendet von …|gesendet mit …|gesendet über …|gesendet aus …|"
        "von unterwegs gesendet|von unterwegs|diese nachricht wurde von meinem …|"
        "diese nachricht wurde mit …|diese mail wurde von meinem …|diese e-mail wurde von …|"
        "holen sie sich outlook für …|laden sie outlook für …|vom iphone gesendet|vom handy gesendet|"
        "von mobil gesendet|outlook für … beziehen",
        closings="mit freundlichen grüßen|mit freundlichen grüssen|mit freundlichen gruessen|freundliche grüße|"
        "freundliche grüsse|mit freundlichem gruß|mit freundlichem gruss|freundlichen gruß|mit besten grüßen|"
        "mit besten grüssen|beste grüße|beste grüsse|viele grüße|viele grüsse|liebe grüße|liebe grüsse|schöne grüße|"
        "schöne grüsse|herzliche grüße|herzliche grüsse|mit herzlichen grüßen|mit lieben grüßen|mit vielen grüßen|"
        "mfg|vg|lg|hochachtungsvoll|grüße|grüsse|gruß|gruss|viele gruesse|liebe gruesse|beste gruesse|"
        "freundliche gruesse|schönen gruß|mit bestem gruß|besten gruß",
        disclaimer="diese e-mail enthält vertrauliche|diese nachricht enthält vertrauliche|vertrauliche und/oder|"
        "rechtlich geschützte informationen|nicht der richtige adressat|nicht der beabsichtigte empfänger|"
        "nicht der vorgesehene empfänger|irrtümlich erhalten|versehentlich erhalten|"
        "informieren sie bitte sofort den absender|vernichten sie diese|löschen sie diese|unerlaubte kopieren|"
        "unbefugte weitergabe|ist nicht gestattet|vertraulich und ausschließlich|ausschließlich für den adressaten|"
        "ausschließlich für den empfänger|amtsgericht|geschäftsführer|registergericht|ust-idnr|sitz der gesellschaft|"
        "handelsregister|bitte prüfen sie, ob diese mail wirklich ausgedruckt|vorsitzender des aufsichtsrats",
    ),
    Language(
        code="nl",
        starts="op|citeren",
        wrote="schreef|schreven|schrijft|geschreven|het volgende geschreven|verzond",
        mine="ik|wij|we",
        sender="van|afzender",
        sent="verzonden|datum|verzonden op|verstuurd",
        to="aan|kopie|ontvanger",
        subject="onderwerp|betreft",
        original="oorspronkelijk bericht|originele bericht|origineel bericht|oorspronkelijke bericht|"
        "oorspronkelijke afspraak",
        forwarded="doorgestuurd bericht|begin doorgestuurd bericht|doorgestuurde bericht|begin doorgestuurde bericht",
        sent_from="verzonden vanaf …|verstuurd vanaf …|verzonden met …|verstuurd met …|verzonden vanuit …|"
        "verstuurd vanuit …|verzonden via …|verstuurd via …|download outlook voor …|verzonden door …|"
        "vanaf mijn iphone|outlook voor … downloaden",
        closings="met vriendelijke groet|met vriendelijke groeten|vriendelijke groet|vriendelijke groeten|groeten|"
        "groet|hartelijke groet|hartelijke groeten|met hartelijke groet|mvg|hoogachtend|beste groeten|"
        "met vr. groet|vr. gr.|gr.|gr|groetjes",
        disclaimer="uitsluitend bestemd voor|vertrouwelijke informatie|niet de geadresseerde|niet voor u bestemd|"
        "ten onrechte ontvangen|abusievelijk ontvangen|afzender direct te informeren|is niet toegestaan|"
        "aanvaardt geen aansprakelijkheid|te verwijderen|te vernietigen",
    ),
    Language(
        code="fr",
        starts="le|citant|quoting|en date du|à",
        wrote="a écrit|a ecrit|écrivait|écrit|nous a dit|vous avez écrit|a envoyé|wrote",
        mine="j'ai|nous avons",
        sender="de|expéditeur|de la part de|émetteur",
        sent="envoyé|envoyé le|envoyé à|date|date d'envoi|date et heure|message du|reçu",
        to="à|a|pour|destinataire|copie à|copie|cc|destinataires",
        subject="objet|sujet",
        original="message d'origine|message original|message initial|courriel original|e-mail d'origine|"
        "rendez-vous d'origine|message de …|mail original",
        forwarded="message transféré|début du message réexpédié|début du message transféré|message réexpédié|"
        "courriel transféré|mail transféré|e-mail transféré|transféré par …|message transmis",
        sent_from="envoyé sans fil par …|envoyé de …|envoyé depuis …|envoyé à partir …|envoyé avec …|envoyé via …|"
        "envoyé par …|"
        "obtenez outlook pour …|télécharger outlook pour …|télécharger bluemail pour …|"
        "provenance : courrier pour …|provenance : windows|provenance: courrier pour …|de mon iphone|"
        "depuis mon mobile",
        closings="cordialement|bien cordialement|très cordialement|cordialement vôtre|bien à vous|salutations|"
        "sincères salutations|meilleures salutations|salutations distinguées|amicalement|bonne journée|cdt|cdlt|"
        "bonne réception|respectueusement|avec mes salutations|bien à toi|belle journée|à bientôt|"
        "bien sincèrement|sentiments distingués|bien amicalement",
        disclaimer="ce message et toutes les pièces jointes|ce message est confidentiel|informations confidentielles|"
        "strictement confidentiel|si vous n'êtes pas le destinataire|si vous avez reçu ce message par erreur|"
        "si vous recevez ce message par erreur|par erreur, merci|par erreur, veuillez|à l'intention exclusive|"
        "exclusivement destiné|est interdite|en avertir immédiatement|avertir l'expéditeur|prévenir l'expéditeur|"
        "le détruire|pensez à l'environnement|décline toute responsabilité",
    ),
    Language(
        code="es",
        starts="el|en fecha|con fecha",
        wrote="escribió|escribio|ha escrito|escribía|escribe",
        sender="de|remitente",
        sent="enviado|enviado el|enviado a|fecha|enviada el|fecha y hora",
        to="para|a|cc|destinatario",
        subject="asunto",
        original="mensaje original|mensaje de origen|correo original|cita original|mensaje de …",
        forwarded="mensaje reenviado|inicio del mensaje reenviado|correo reenviado|reenviado por …|"
        "comienza el mensaje reenviado",
        sent_from="enviado desde …|enviado de …|enviado con …|enviado por …|enviado via …|enviado vía …|"
        "obtener outlook para …|obtén outlook para …|descargar outlook para …|desde mi iphone",
        closings="saludos|un saludo|saludos cordiales|atentamente|cordialmente|un cordial saludo|atte|"
        "reciba un cordial saludo|muchos saludos|un abrazo|cordiales saludos|saluda atentamente|"
        "le saluda atentamente|quedo atento|muy atentamente",
        disclaimer="este mensaje y sus archivos adjuntos|información confidencial|va dirigido exclusivamente|"
        "dirigido exclusivamente|si no es usted el destinatario|no es el destinatario|si ha recibido este mensaje|"
        "por error|queda prohibida|queda notificado|está prohibida|le rogamos|antes de imprimir este|"
        "confidencial o privilegiada",
    ),
    Language(
        code="ca",
        starts="el|en data|la data",
        wrote="va escriure|ha escrit|escrigué",
        sender="de",
        sent="enviat|data|enviat el",
        to="per a|a",
        subject="assumpte|tema",
        original="missatge original",
        forwarded="missatge reenviat",
        sent_from="enviat des de …|enviat des del …",
        closings="salutacions|cordialment|atentament",
    ),
    Language(
        code="pt",
        starts="em|no dia|a|on",
        wrote="escreveu|escreveram|escrevia|escreve",
        sender="de|remetente",
        sent="enviado|enviada|enviada em|enviado em|data|enviado a|enviado às",
        to="para|cc|a|destinatário",
        subject="assunto",
        original="mensagem original|mensagem inicial|e-mail original|compromisso original|mensagem de …",
        forwarded="mensagem encaminhada|mensagem reencaminhada|início da mensagem reencaminhada|"
        "início da mensagem encaminhada|mensagem enviada|reencaminhada por …|encaminhado por …",
        sent_from="enviado do …|enviado de …|enviado a partir …|enviado pelo …|enviado da …|enviado via …|"
        "enviado por …|enviada do …|obter o outlook para …|obtenha o outlook para …|do meu iphone",
        closings="atenciosamente|cumprimentos|com os melhores cumprimentos|melhores cumprimentos|abraços|abraço|att|"
        "cordialmente|saudações|respeitosamente|os melhores cumprimentos|com os meus cumprimentos|atentamente|"
        "um abraço|grato|grata",
        disclaimer="esta mensagem pode conter|informações confidenciais|informação confidencial|"
        "destinada exclusivamente|se você não é o destinatário|se não for o destinatário|"
        "recebeu esta mensagem por engano|recebeu este e-mail por engano|por engano|é proibida|avise o remetente|"
        "antes de imprimir",
    ),
    Language(
        code="it",
        starts="il|in data|il giorno|nel messaggio|alle|quoting",
        wrote="ha scritto|scrisse|hanno scritto|scriveva|scrive",
        sender="da|mittente|di",
        sent="inviato|data|data invio|inviato il|inviata|inviati|spedito",
        to="a|per|cc|destinatario",
        subject="oggetto",
        original="messaggio originale|messaggio di origine|appuntamento originale|messaggio da …",
        forwarded="messaggio inoltrato|inizio messaggio inoltrato|inizio del messaggio inoltrato|inoltrato da …",
        sent_from="inviato da …|inviato dal …|inviato con …|inviato tramite …|inviata da …|scarica outlook per …|"
        "ottieni outlook per …|dal mio iphone",
        closings="cordiali saluti|distinti saluti|saluti|un saluto|cordialmente|un cordiale saluto|tanti saluti|"
        "buona giornata|i migliori saluti|grazie e saluti|molti saluti|cari saluti|in fede",
        disclaimer="le informazioni contenute in questo messaggio|le informazioni contenute nella presente|"
        "informazioni riservate|sono riservate|uso esclusivo del destinatario|se avete ricevuto questo messaggio|"
        "se ricevete questo messaggio|ricevuto per errore|messaggio per errore|qualora il presente|"
        "è vietata|è proibita|darne immediata comunicazione|di cancellarlo|d.lgs|regolamento ue|prima di stampare",
    ),
    Language(
        code="ro",
        starts="pe|în|in data de|la data de|mie.|joi,|vin.|lun.|mar.|sâm.|dum.|on",
        wrote="a scris|au scris|scria",
        sender="de la|expeditor",
        sent="trimis|data|trimisă|trimis la|dată",
        to="către|catre|pentru",
        subject="subiect|subiectul",
        original="mesaj original|mesajul original|mesajul inițial|mesaj initial",
        forwarded="mesaj redirecționat|mesaj redirectionat|mesaj transmis|mesaj retrimis|mesajul redirecționat",
        sent_from="trimis de pe …|trimis din …|trimis de la …|trimis cu …|trimis prin …|obțineți outlook pentru …",
        closings="cu stimă|cu stima|cu respect|cu drag|toate cele bune|salutări|o zi bună|numai bine",
        disclaimer="conține informații confidențiale|destinat exclusiv|din eroare|este interzisă",
    ),
)
