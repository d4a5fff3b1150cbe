"""What steering lines did or why they were not understood, and why a mail is held: English, then French and Polish.

Data for phrases.py. `{}` stands for any words, which come again in the same order.
"""

from __future__ import annotations

from collections.abc import Mapping

ACTS: Mapping[str, tuple[str, str]] = {
    "fine": (
        "compris",
        "w porządku",
    ),
    "status {} → {}": (
        "état {} → {}",
        "stan {} → {}",
    ),
    "assignee nobody → {}": (
        "attribution personne → {}",
        "prowadzi nikt → {}",
    ),
    "assignee {} → nobody": (
        "attribution {} → personne",
        "prowadzi {} → nikt",
    ),
    "assignee {} → {}": (
        "attribution {} → {}",
        "prowadzi {} → {}",
    ),
    "priority {} → {}": (
        "priorité {} → {}",
        "priorytet {} → {}",
    ),
    "category {} → {}": (
        "catégorie {} → {}",
        "kategoria {} → {}",
    ),
    "undone: {}": (
        "annulé\u00a0: {}",
        "cofnięto: {}",
    ),
    "the mail that {} got can not be called back": (
        "le message déjà reçu par {} ne peut plus être rappelé",
        "wiadomości, którą dostał klient ({}), nie da się cofnąć",
    ),
    "{} gets no more of it": (
        "{} n’en reçoit plus rien",
        "{} już nic nie dostaje",
    ),
    "{} is the requester's own, too": (
        "{} est aussi une adresse du demandeur",
        "{} to także adres tej samej osoby",
    ),
    "{} is the requester instead of {}": (
        "{} est le demandeur à la place de {}",
        "zgłaszającym jest {} zamiast {}",
    ),
    "D{} is set aside for good": (
        "D{} est écarté pour de bon",
        "D{} jest odłożone na dobre",
    ),
    "D{} goes on, you answer for it": (
        "D{} suit son cours, vous en répondez",
        "D{} idzie dalej, na odpowiedzialność zwalniającego",
    ),
    "D{} is done as you wrote it": (
        "D{} est exécuté tel que vous l’avez écrit",
        "D{} wykonano tak, jak zostało napisane",
    ),
    'it begins with neither a plain "yes" nor a plain "no"': (
        "elle ne commence ni par «\u00a0oui\u00a0» ni par «\u00a0non\u00a0»",
        "nie zaczyna się ani od „tak”, ani od „nie”",
    ),
    "there is no line in it such as #release 17 or #reject all": (
        "elle ne contient aucune ligne telle que #release 17 ou #reject all",
        "nie ma w niej linii takiej jak #release 17 albo #reject all",
    ),
    "there is no #{}": (
        "la commande #{} n’existe pas",
        "nie ma polecenia #{}",
    ),
    "Did you mean #{}? Known: {}": (
        "Vouliez-vous dire #{}\u00a0? Commandes connues\u00a0: {}",
        "Może #{}? Znane: {}",
    ),
    'Did you mean "{}"? Known: {}': (
        "Vouliez-vous dire «\u00a0{}\u00a0»\u00a0? Valeurs connues\u00a0: {}",
        "Może „{}”? Znane: {}",
    ),
    "Known: {}": (
        "Valeurs connues\u00a0: {}",
        "Znane: {}",
    ),
    'there is no priority "{}"': (
        "la priorité «\u00a0{}\u00a0» n’existe pas",
        "nie ma priorytetu „{}”",
    ),
    'there is no category "{}"': (
        "la catégorie «\u00a0{}\u00a0» n’existe pas",
        "nie ma kategorii „{}”",
    ),
    'there is no person "{}"': (
        "personne ne s’appelle «\u00a0{}\u00a0» ici",
        "nie ma tu osoby „{}”",
    ),
    "it contradicts an earlier line ({}); one status a mail": (
        "cela contredit une ligne précédente ({})\u00a0; un seul état par message",
        "to przeczy wcześniejszej linii ({}); jedna wiadomość, jeden stan",
    ),
    "a ticket that is {} can not become {}; #reopen it first": (
        "un ticket {} ne peut pas devenir {}\u00a0; commencez par #reopen",
        "zgłoszenie w stanie {} nie może przejść w {}; najpierw #reopen",
    ),
    "say for whom: #for customer@example.com": (
        "dites pour qui\u00a0: #for client@example.com",
        "proszę podać, dla kogo: #for klient@example.com",
    ),
    '"{}" is not an address; write {}': (
        "«\u00a0{}\u00a0» n’est pas une adresse\u00a0; écrivez {}",
        "„{}” to nie adres; proszę napisać {}",
    ),
    '"{}" is no ticket; write #merge TKT-00042': (
        "«\u00a0{}\u00a0» n’est pas un ticket\u00a0; écrivez #merge TKT-00042",
        "„{}” to nie zgłoszenie; proszę napisać #merge TKT-00042",
    ),
    "{} does not stand on this ticket": (
        "{} n’est pas sur ce ticket",
        "{} nie jest przy tym zgłoszeniu",
    ),
    "{} is the desk itself": (
        "{} est l’adresse de l’assistance elle-même",
        "{} to adres samego zespołu",
    ),
    '"{}" looks like a steering line but stands below other text, or is not known': (
        "«\u00a0{}\u00a0» ressemble à une ligne de commande, mais se trouve sous un autre texte ou n’est pas connue",
        "„{}” wygląda na linię polecenia, ale stoi pod innym tekstem albo nie jest znane",
    ),
    "it holds a line that is not for the customer": (
        "il contient une ligne qui n’est pas pour le client",
        "zawiera linię, która nie jest dla klienta",
    ),
    "it holds somebody's reply address with its token": (
        "il contient l’adresse de réponse d’une personne, avec son jeton",
        "zawiera czyjś adres do odpowiedzi z jego tokenem",
    ),
    "it repeats an internal note": (
        "il reprend une note interne",
        "powtarza wewnętrzną notatkę",
    ),
    "your words stand below the quoted mail; write them above it": (
        "votre texte se trouve sous le message cité\u00a0; écrivez-le au-dessus",
        "tekst stoi pod cytowaną wiadomością; proszę napisać go nad nią",
    ),
    "some of your words stand between or below quoted lines and would be lost; write all above it": (
        "une partie de votre texte se trouve entre ou sous des lignes citées et serait perdue\u00a0; écrivez tout "
        "au-dessus",
        "część tekstu stoi między cytowanymi liniami lub pod nimi i by przepadła; proszę napisać wszystko nad nimi",
    ),
    "it carries no reply token that was mailed to {}, and nothing but its From line says who sent it": (
        "il ne porte aucun jeton de réponse envoyé à {}, et seule sa ligne From dit qui l’a envoyé",
        "nie niesie tokenu odpowiedzi wysłanego na {}, a nadawcę podaje tylko linia From",
    ),
    "the domain of {} vouches for it, but it carries no reply token that was mailed to {}": (
        "le domaine de {} s’en porte garant, mais il ne porte aucun jeton de réponse envoyé à {}",
        "ręczy za nią domena adresu {}, ale nie niesie tokenu odpowiedzi wysłanego na {}",
    ),
    "The DNS did not say whether its domain vouches for it": (
        "Le DNS n’a pas dit si son domaine s’en porte garant",
        "DNS nie podał, czy jego domena za nią ręczy",
    ),
    "What would have proven it: a login over TLS as {}, on tkt's own listener or on a mail server that "
    "tkt.toml declares as a hop, or a reply to one of the desk's mails to {}, with DKIM or SPF of its domain": (
        "Ce qui l’aurait prouvé\u00a0: une connexion TLS identifiée comme {}, chez tkt ou sur un serveur déclaré "
        "dans tkt.toml, ou une réponse à un de nos messages à {}, avec le DKIM ou le SPF de son domaine",
        "Dowiodłoby tego: logowanie przez TLS jako {} w tkt albo na serwerze podanym w tkt.toml, albo "
        "odpowiedź na naszą wiadomość do {}, z DKIM lub SPF jego domeny",
    ),
    "acknowledged": (
        "pris en compte",
        "przyjęte",
    ),
    "waiting for the customer": (
        "en attente du client",
        "czeka na klienta",
    ),
    "resolved": (
        "résolu",
        "rozwiązane",
    ),
    "closed": (
        "clôturé",
        "zamknięte",
    ),
    "in progress": (
        "en cours",
        "w toku",
    ),
    "closed as spam, without a word to the sender": (
        "clôturé comme indésirable, sans un mot à l’expéditeur",
        "zamknięte jako spam, bez słowa do nadawcy",
    ),
    "a workaround is given": (
        "une solution de contournement est donnée",
        "podano obejście problemu",
    ),
    "your note is kept for colleagues; the customer does not see it": (
        "votre note est conservée pour les collègues\u00a0; le client ne la voit pas",
        "notatka jest zachowana dla współpracowników; klient jej nie widzi",
    ),
    "priority {}": (
        "priorité {}",
        "priorytet {}",
    ),
    "category {}": (
        "catégorie {}",
        "kategoria {}",
    ),
    "assigned to {}": (
        "attribué à {}",
        "prowadzi {}",
    ),
    "mail is sent to {} again": (
        "les messages à {} partent de nouveau",
        "poczta do {} znowu jest wysyłana",
    ),
    "your words went to {}": (
        "votre texte est parti à {}",
        "tekst poszedł do klienta ({})",
    ),
    "{} is told": (
        "{} en est informé",
        "klient ({}) dostaje wiadomość",
    ),
    "joined into {}": (
        "réuni à {}",
        "połączone z {}",
    ),
    "{} wrote a note": (
        "{} a écrit une note",
        "{}: nowa notatka",
    ),
    "{}: answered": (
        "{} a répondu",
        "{}: wysłano odpowiedź",
    ),
    "opened by {}": (
        "ouvert par {}",
        "otwarte przez: {}",
    ),
    "linked to {}, which was closed too long ago to reopen": (
        "lié à {}, clôturé depuis trop longtemps pour être rouvert",
        "powiązane z {}, zamkniętym zbyt dawno, by je otworzyć ponownie",
    ),
}
