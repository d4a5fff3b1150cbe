"""What rules/delivery_words.py says, sentence by sentence: English, then French and Polish. Data for phrases.py."""

from __future__ import annotations

from collections.abc import Mapping

DELIVERY: Mapping[str, tuple[str, str]] = {
    "There is no such mailbox.": (
        "Cette boîte aux lettres n’existe pas.",
        "Taka skrzynka nie istnieje.",
    ),
    "Look for a typing error in the address.": (
        "Cherchez une faute de frappe dans l’adresse.",
        "Warto poszukać literówki w adresie.",
    ),
    "Ask the customer in another way for an address that works.": (
        "Demandez au client, par un autre moyen, une adresse qui fonctionne.",
        "Proszę inną drogą zapytać klienta o działający adres.",
    ),
    "There is no mail server for this domain.": (
        "Ce domaine n’a pas de serveur de messagerie.",
        "Ta domena nie ma serwera poczty.",
    ),
    "Look for a typing error behind the @ of the address.": (
        "Cherchez une faute de frappe après le @ de l’adresse.",
        "Warto poszukać literówki za znakiem @ w adresie.",
    ),
    "The address is not written as an address should be.": (
        "L’adresse n’est pas écrite comme une adresse doit l’être.",
        "Adres nie jest zapisany tak, jak powinien.",
    ),
    "Look for a blank, a comma or a letter too many in the address.": (
        "Cherchez dans l’adresse une espace, une virgule ou une lettre de trop.",
        "Warto poszukać w adresie zbędnej spacji, przecinka lub litery.",
    ),
    "The address belongs to more than one mailbox.": (
        "L’adresse correspond à plusieurs boîtes aux lettres.",
        "Adres należy do więcej niż jednej skrzynki.",
    ),
    "The mailbox has moved and left no new address.": (
        "La boîte aux lettres a déménagé sans laisser de nouvelle adresse.",
        "Skrzynka została przeniesiona i nie zostawiła nowego adresu.",
    ),
    "The other server does not accept the address.": (
        "Le serveur d’en face n’accepte pas l’adresse.",
        "Serwer odbiorcy nie przyjmuje tego adresu.",
    ),
    "Look for a typing error in it.": (
        "Cherchez-y une faute de frappe.",
        "Warto poszukać w nim literówki.",
    ),
    "The domain says that it takes no mail at all.": (
        "Le domaine annonce qu’il ne reçoit aucun courriel.",
        "Domena ogłasza, że nie przyjmuje żadnej poczty.",
    ),
    "The mailbox is switched off.": (
        "La boîte aux lettres est désactivée.",
        "Skrzynka jest wyłączona.",
    ),
    "The mailbox is full.": (
        "La boîte aux lettres est pleine.",
        "Skrzynka jest pełna.",
    ),
    "Only the customer can make room: try another way, or once more in some days.": (
        "Seul le client peut y faire de la place\u00a0: essayez par un autre moyen, ou de nouveau dans quelques jours.",
        "Miejsce może zrobić tylko klient: warto spróbować inną drogą albo ponownie za kilka dni.",
    ),
    "Something is wrong with the mailbox.": (
        "La boîte aux lettres a un problème.",
        "Ze skrzynką jest coś nie w porządku.",
    ),
    "The mailing list behind the address does not take this mail.": (
        "La liste de diffusion de cette adresse ne prend pas ce message.",
        "Lista dyskusyjna pod tym adresem nie przyjmuje tej wiadomości.",
    ),
    "Write to one person of it, or ask its owner for leave to write.": (
        "Écrivez à l’un de ses membres, ou demandez à son propriétaire le droit d’y écrire.",
        "Proszę napisać do jednej z osób z listy albo poprosić jej właściciela o zgodę.",
    ),
    "The mail is larger than the other side takes.": (
        "Le message est plus volumineux que ce que l’autre côté accepte.",
        "Wiadomość jest większa, niż przyjmuje druga strona.",
    ),
    "Send less: a link in the place of the attachment, or several smaller mails.": (
        "Envoyez moins\u00a0: un lien à la place de la pièce jointe, ou plusieurs messages plus petits.",
        "Proszę wysłać mniej: link zamiast załącznika albo kilka mniejszych wiadomości.",
    ),
    "The other server has no room left.": (
        "Le serveur d’en face n’a plus de place.",
        "Na serwerze odbiorcy nie ma już miejsca.",
    ),
    "Wait a day; if it comes again, try another way.": (
        "Attendez un jour\u00a0; si cela se reproduit, essayez par un autre moyen.",
        "Proszę odczekać dzień; jeśli to się powtórzy, spróbować inną drogą.",
    ),
    "The other server takes no mail now.": (
        "Le serveur d’en face ne prend pas de courriel pour l’instant.",
        "Serwer odbiorcy nie przyjmuje teraz poczty.",
    ),
    "The other server has a problem of its own.": (
        "Le serveur d’en face a lui-même un problème.",
        "Serwer odbiorcy sam ma jakiś problem.",
    ),
    "The other server could not be reached.": (
        "Le serveur d’en face n’a pas pu être joint.",
        "Nie udało się połączyć z serwerem odbiorcy.",
    ),
    "Look at the domain of the address.": (
        "Vérifiez le domaine de l’adresse.",
        "Warto sprawdzić domenę w adresie.",
    ),
    "The other server could not be reached for too long.": (
        "Le serveur d’en face est resté injoignable trop longtemps.",
        "Zbyt długo nie udawało się połączyć z serwerem odbiorcy.",
    ),
    "The mail went round in a circle between servers.": (
        "Le message a tourné en rond entre des serveurs.",
        "Wiadomość krążyła w kółko między serwerami.",
    ),
    "Only whoever runs the other server can mend this: tell the customer in another way.": (
        "Seul le responsable du serveur d’en face peut y remédier\u00a0: prévenez le client par un autre moyen.",
        "Naprawić to może tylko administrator tamtego serwera: proszę zawiadomić klienta inną drogą.",
    ),
    "The other server thinks that too much mail comes at once.": (
        "Le serveur d’en face trouve que trop de courriels arrivent à la fois.",
        "Serwer odbiorcy uważa, że naraz przychodzi zbyt wiele poczty.",
    ),
    "If it comes often, tell whoever runs our mail server.": (
        "Si cela se reproduit souvent, prévenez le responsable de notre serveur de messagerie.",
        "Jeśli zdarza się to często, proszę zawiadomić administratora naszego serwera poczty.",
    ),
    "The other server takes mail from strangers only at a second try.": (
        "Le serveur d’en face n’accepte un expéditeur inconnu qu’au deuxième essai.",
        "Serwer odbiorcy przyjmuje pocztę od nieznajomych dopiero za drugim razem.",
    ),
    "Nothing: it is tried again.": (
        "Rien à faire\u00a0: un nouvel essai est prévu.",
        "Nic nie trzeba robić: próbujemy ponownie.",
    ),
    "The servers did not understand one another.": (
        "Les serveurs ne se sont pas compris.",
        "Serwery się nie zrozumiały.",
    ),
    "Nobody at the desk can mend this: tell whoever runs our mail server.": (
        "Personne à l’assistance ne peut y remédier\u00a0: prévenez le responsable de notre serveur de messagerie.",
        "Nikt w zespole tego nie naprawi: proszę zawiadomić administratora naszego serwera poczty.",
    ),
    "The other server could not handle the form of the mail.": (
        "Le serveur d’en face n’a pas su traiter la forme du message.",
        "Serwer odbiorcy nie poradził sobie z formatem wiadomości.",
    ),
    "Send it once more as plain text without attachments; if it comes again, tell whoever runs our mail server.": (
        "Renvoyez-le en texte brut sans pièce jointe\u00a0; si cela se reproduit, prévenez le responsable de "
        "notre serveur de messagerie.",
        "Proszę wysłać ją ponownie jako zwykły tekst bez załączników; jeśli to się powtórzy, zawiadomić "
        "administratora naszego serwera poczty.",
    ),
    "The other server does not take addresses with other than ASCII letters.": (
        "Le serveur d’en face n’accepte que les adresses sans lettres accentuées.",
        "Serwer odbiorcy przyjmuje tylko adresy bez znaków narodowych.",
    ),
    "The other server takes the mail for spam.": (
        "Le serveur d’en face prend le message pour du courrier indésirable.",
        "Serwer odbiorcy uznał wiadomość za spam.",
    ),
    "Write it in other words, with fewer links; if it comes again, tell whoever runs our mail server.": (
        "Écrivez-le autrement, avec moins de liens\u00a0; si cela se reproduit, prévenez le responsable de notre "
        "serveur de messagerie.",
        "Proszę napisać ją innymi słowami, z mniejszą liczbą linków; jeśli to się powtórzy, zawiadomić "
        "administratora naszego serwera poczty.",
    ),
    "The other server thinks that the mail holds something dangerous.": (
        "Le serveur d’en face croit que le message contient quelque chose de dangereux.",
        "Serwer odbiorcy uważa, że wiadomość zawiera coś niebezpiecznego.",
    ),
    "Send it without attachments and links; if it comes again, tell whoever runs our mail server.": (
        "Envoyez-le sans pièce jointe ni lien\u00a0; si cela se reproduit, prévenez le responsable de notre "
        "serveur de messagerie.",
        "Proszę wysłać ją bez załączników i linków; jeśli to się powtórzy, zawiadomić administratora naszego "
        "serwera poczty.",
    ),
    "The other server does not take mail from our server: it stands on a list.": (
        "Le serveur d’en face refuse notre serveur\u00a0: il figure sur une liste.",
        "Serwer odbiorcy nie przyjmuje poczty z naszego serwera: jest on na liście blokad.",
    ),
    "The server that was asked is not in charge of this address.": (
        "Le serveur interrogé n’est pas responsable de cette adresse.",
        "Zapytany serwer nie odpowiada za ten adres.",
    ),
    "The recipient does not take mail from us.": (
        "Le destinataire ne veut pas de courriel de notre part.",
        "Odbiorca nie przyjmuje od nas poczty.",
    ),
    "The other server refused the mail by its own rules.": (
        "Le serveur d’en face a refusé le message selon ses propres règles.",
        "Serwer odbiorcy odrzucił wiadomość według własnych reguł.",
    ),
    "The servers could not agree on a safe connection.": (
        "Les serveurs n’ont pas pu convenir d’une connexion sûre.",
        "Serwery nie uzgodniły bezpiecznego połączenia.",
    ),
    "Our server was not let in: it did not log in as it should.": (
        "Notre serveur n’a pas été admis\u00a0: il ne s’est pas identifié comme il le devait.",
        "Nasz serwer nie został wpuszczony: nie zalogował się tak, jak powinien.",
    ),
    "The other server could not verify that the mail is from us.": (
        "Le serveur d’en face n’a pas pu vérifier que le message vient de nous.",
        "Serwer odbiorcy nie mógł sprawdzić, że wiadomość pochodzi od nas.",
    ),
    "The other server found no name for our server's network address.": (
        "Le serveur d’en face n’a trouvé aucun nom pour l’adresse réseau de notre serveur.",
        "Serwer odbiorcy nie znalazł nazwy dla adresu sieciowego naszego serwera.",
    ),
    "The other server does not accept our sender address.": (
        "Le serveur d’en face n’accepte pas notre adresse d’expéditeur.",
        "Serwer odbiorcy nie przyjmuje naszego adresu nadawcy.",
    ),
    "The other server refused the mail.": (
        "Le serveur d’en face a refusé le message.",
        "Serwer odbiorcy odrzucił wiadomość.",
    ),
    "Send it once more; if it comes again, tell whoever runs our mail server.": (
        "Renvoyez-le\u00a0; si cela se reproduit, prévenez le responsable de notre serveur de messagerie.",
        "Proszę wysłać ją ponownie; jeśli to się powtórzy, zawiadomić administratora naszego serwera poczty.",
    ),
    "The other server does not like the form of our sender address.": (
        "La forme de notre adresse d’expéditeur déplaît au serveur d’en face.",
        "Serwerowi odbiorcy nie odpowiada postać naszego adresu nadawcy.",
    ),
    "The other server can not find the domain of our sender address.": (
        "Le serveur d’en face ne trouve pas le domaine de notre adresse d’expéditeur.",
        "Serwer odbiorcy nie znajduje domeny naszego adresu nadawcy.",
    ),
    "The mail is larger than the mailbox takes.": (
        "Le message est plus volumineux que ce que la boîte aux lettres accepte.",
        "Wiadomość jest większa, niż przyjmuje ta skrzynka.",
    ),
    "The mailing list behind the address has a problem.": (
        "La liste de diffusion de cette adresse a un problème.",
        "Lista dyskusyjna pod tym adresem ma jakiś problem.",
    ),
    "The mail is larger than the other server takes.": (
        "Le message est plus volumineux que ce que le serveur d’en face accepte.",
        "Wiadomość jest większa, niż przyjmuje serwer odbiorcy.",
    ),
    "The connection to the other server broke off.": (
        "La connexion avec le serveur d’en face s’est interrompue.",
        "Połączenie z serwerem odbiorcy zostało przerwane.",
    ),
    "The domain's mail server could not be looked up.": (
        "Le serveur de messagerie du domaine n’a pas pu être trouvé.",
        "Nie udało się ustalić serwera poczty tej domeny.",
    ),
    "There is no way to the domain's mail server.": (
        "Aucun chemin ne mène au serveur de messagerie du domaine.",
        "Do serwera poczty tej domeny nie prowadzi żadna droga.",
    ),
    "The way to the other server is overcrowded.": (
        "Le chemin vers le serveur d’en face est encombré.",
        "Droga do serwera odbiorcy jest przeciążona.",
    ),
    "The mail had too many recipients at once.": (
        "Le message avait trop de destinataires à la fois.",
        "Wiadomość miała naraz zbyt wielu odbiorców.",
    ),
    "The other server does not take this form of mail.": (
        "Le serveur d’en face n’accepte pas cette forme de message.",
        "Serwer odbiorcy nie przyjmuje wiadomości w tej postaci.",
    ),
    "The other server would have had to change the form of the mail, and may not.": (
        "Le serveur d’en face aurait dû changer la forme du message et n’en a pas le droit.",
        "Serwer odbiorcy musiałby zmienić postać wiadomości, a nie może.",
    ),
    "The other server may not pass on mail that is sealed like this.": (
        "Le serveur d’en face n’a pas le droit de transmettre un message scellé ainsi.",
        "Serwer odbiorcy nie może przekazać wiadomości tak zabezpieczonej.",
    ),
    "The other server has switched off an account that was needed.": (
        "Le serveur d’en face a désactivé un compte nécessaire.",
        "Serwer odbiorcy wyłączył konto, które było potrzebne.",
    ),
    "The mailbox belongs to somebody else by now.": (
        "La boîte aux lettres appartient désormais à quelqu’un d’autre.",
        "Skrzynka należy już do kogoś innego.",
    ),
    "The domain belongs to somebody else by now.": (
        "Le domaine appartient désormais à quelqu’un d’autre.",
        "Domena należy już do kogoś innego.",
    ),
    "The other server could not verify our signature (DKIM).": (
        "Le serveur d’en face n’a pas pu vérifier notre signature (DKIM).",
        "Serwer odbiorcy nie mógł sprawdzić naszego podpisu (DKIM).",
    ),
    "The other server does not allow our server to send for our domain (SPF).": (
        "Le serveur d’en face n’admet pas que notre serveur envoie pour notre domaine (SPF).",
        "Serwer odbiorcy nie pozwala naszemu serwerowi wysyłać w imieniu naszej domeny (SPF).",
    ),
    "The other server could not look up who may send for our domain (SPF).": (
        "Le serveur d’en face n’a pas pu savoir qui peut envoyer pour notre domaine (SPF).",
        "Serwer odbiorcy nie mógł ustalić, kto może wysyłać w imieniu naszej domeny (SPF).",
    ),
    "The other server could not verify that the mail is from us (DMARC).": (
        "Le serveur d’en face n’a pas pu vérifier que le message vient de nous (DMARC).",
        "Serwer odbiorcy nie mógł sprawdzić, że wiadomość pochodzi od nas (DMARC).",
    ),
    "The domain of our sender address takes no mail itself.": (
        "Le domaine de notre adresse d’expéditeur ne reçoit pas lui-même de courriel.",
        "Domena naszego adresu nadawcy sama nie przyjmuje poczty.",
    ),
    "The other server thinks that too much mail comes from us.": (
        "Le serveur d’en face trouve que nous lui envoyons trop de courriels.",
        "Serwer odbiorcy uważa, że wysyłamy zbyt wiele poczty.",
    ),
    "The other server could not verify a mail that was passed on (ARC).": (
        "Le serveur d’en face n’a pas pu vérifier un message transféré (ARC).",
        "Serwer odbiorcy nie mógł sprawdzić przekazanej wiadomości (ARC).",
    ),
    "The mail must go over safe connections only, and there was none.": (
        "Le message exige des connexions sûres, et il n’y en avait pas.",
        "Wiadomość wymaga bezpiecznych połączeń, a takiego nie było.",
    ),
    "This may pass.": (
        "Cela peut passer.",
        "To może minąć.",
    ),
}
