"""What mail servers say when they refuse a mail, in the languages that they speak: words → reason, a table.

Of any text the first `limits.report_words` characters are looked at, once for each row.
"""

from __future__ import annotations

import re

from parsing.limits import Limits

_MOST = Limits()


def _row(reason: str, *patterns: str) -> tuple[str, re.Pattern[str]]:
    return reason, re.compile("|".join(patterns), re.I)


# The first row that matches wins: what can be meant only in one way stands before what is said for many reasons.
WORDS = (
    _row("virus", r"\bvirus(?:es)?\b(?! scan)|malware|infected|prohibited virus|trojan", r"ウ[イィ]ルス|病毒"),
    _row(
        "too_much",
        r"(?:daily|hourly|sending|relay|per[- ](?:hour|day)) (?:\w{1,12} ){0,2}(?:quota|limit)|(?:quota|"
        r"limit) (?:for|on) (?:sending|outgoing)",
    ),
    _row(
        "full",
        r"(?:mail)?(?:box|folder|drop|dir|store) (?:for \S{1,80} )?(?:is |are |"
        r"has )?(?:been )?(?:\w{1,12} )?(?:full|over ?quota)",
        r"full (?:mail ?)?(?:box|folder)",
        r"over ?(?:disk )?quota|(?:exceed|out of|insufficient|over)\w{0,3} (?:\w{1,12} ){0,3}(?:quota|"
        r"storage allocation)",
        r"(?:quota|storage)(?: \w{1,12}){0,3} (?:exceed|reached|violation|full)|not enough (?:storage|space|disk)",
        r"disk quota|exceeded (?:the )?(?:\w{1,12} ){0,2}(?:local limit|storage)|mailbox (?:size )?(?:limit )?exceed",
        r"(?:too many|number of) messages in (?:the |recipient's )?mailbox|user'?s? mail\w{0,6} is full|"
        r"maildir (?:over|delivery)",
        r"mailbox exceeds allowed|insufficient system storage|account is over|"
        r"over the (?:maximum )?(?:allowed )?(?:quota|storage)",
        r"postfach (?:ist )?voll|quota [uü]berschritten|bo[iî]te (?:aux lettres )?pleine|buz[oó]n lleno|"
        r"casella piena",
        r"caixa (?:postal )?cheia|skrzynka .{0,30}(?:pełna|przepełniona)|mailbox vol\b|ящик переполнен|переполнен",
        r"(?:メールボックス|容量).{0,20}(?:一杯|いっぱい|オーバー|超え|満杯)|邮箱已满|信箱已滿|容量不足|용량.{0,10}초과",
    ),
    _row(
        "too_large",
        r"(?:message|mail|e-?mail|attachment|file|data)\w{0,4} (?:size |is |was |file |"
        r"too ){0,4}(?:\w{1,12} )?(?:too (?:large|big|long)|exceed)",
        r"(?:size|length) (?:limit )?(?:was |has been )?exceed|exceed\w{0,3} (?:\w{1,12} ){0,4}(?:message |"
        r"mail )?size",
        r"larger than the|too (?:large|big)\b|databytes limit|maximum (?:message|size)|size limit|zu gro(?:ß|ss)|"
        r"trop (?:gros|volumineux)",
        r"RecipSizeLimit|SendSizeLimit|サイズ.{0,20}(?:超|制限)|邮件(?:太|过)大",
    ),
    _row(
        "unauthenticated",
        r"\b(?:spf|dkim|dmarc|sender[- ]?id|domainkeys?)\b",
        r"unauthenticated (?:mail|e-?mail)|does(?:n't| not) pass authentication|authentication (?:checks|results|"
        r"fail)",
        r"not allowed to send (?:mail )?(?:from|for)|sender (?:address )?verif\w{0,8} (?:fail|error)|"
        r"domain owner polic",
    ),
    _row(
        "no_name",
        r"reverse[- ]?(?:dns|host|lookup|name)|\brdns\b|\bptr\b|(?:no|without|invalid|"
        r"missing) (?:a )?(?:valid )?(?:reverse|ptr)",
        r"unverif\w{1,6} sending|cannot find your (?:reverse )?hostname|(?:client|"
        r"your) host\w{0,4} (?:rejected: )?cannot (?:be )?f(?:ind|ound)|fix reverse",
        r"dns (?:name|entry|record).{0,40}(?:your|client)|valid sender domain|generic (?:ip|hostname|rdns)|"
        r"unresolvable",
    ),
    _row(
        "blocked",
        r"black ?-?list|block ?-?list|deny ?-?list|\b(?:dns|rb|s)bl\b|spamhaus|spamcop|sorbs|barracudacentral|"
        r"senderbase|uceprotect",
        r"(?:poor|bad|low|negative) (?:\w{1,12} )?reputation|reputation|blocked (?:using|by|due|because|for|at|"
        r"from)|is (?:currently )?blocked",
        r"(?:ip|address|server|network|host|sender|domain|client)\b.{0,60}\b(?:blocked|banned|listed in|refused|"
        r"forbidden|denied)",
        r"banned|connections? (?:not accepted|refused|rejected|will not) |bounce(?:d)? (?:back )?by (?:our|"
        r"local) block|\[?TSS?\d\d\]?",
        r"access (?:from|for) (?:ip|your)|your (?:ip|host|server|network)\b.{0,60}(?:not|reject|den)|\bour block",
    ),
    _row(
        "spam",
        r"\bspam\w{0,6}\b|\bjunk\b|\bube\b|unsolicited|bulk (?:e-?)?mail|phish|looks like|content (?:reject|filter|"
        r"block)|classified as",
        r"spamassassin|rspamd|considered (?:to be )?(?:spam|unwanted)|advertis|scored as|\burl\b.{0,30}(?:list|"
        r"block)|垃圾|スパム|迷惑メール",
    ),
    _row(
        "too_much",
        r"too many (?:connections?|messages?|mails?|recipients|concurrent|sessions|errors|invalid|bad)|"
        r"rate (?:limit|control|exceed)|throttl",
        r"(?:limit|quota)\w{0,2} (?:on|for|of) (?:the )?(?:number|messages|mails|recipients|connections)|"
        r"exceed\w{0,3} .{0,40}(?:rate|per (?:hour|day|minute))",
        r"unusual (?:rate|volume)|unexpected volume|(?:sending|delivering|"
        r"receiving) (?:mail )?(?:\w{1,12} )?too (?:fast|quick|much|many|often|frequent)",
        r"slow down|flood|try again (?:later )?.{0,20}(?:limit|connections)|connection (?:rate|limit)|"
        r"max(?:imum)? (?:\w{1,12} )?(?:connections|recipients|rate)",
    ),
    _row(
        "greylisted",
        r"gr[ae]y-?list|try again in \d{1,4} (?:sec|min)|come back later|temporarily (?:deferred|"
        r"rejected).{0,40}first",
    ),
    _row(
        "relaying",
        r"rela(?:y|ying)\b.{0,40}(?:denied|not (?:allowed|permitted|authori)|prohibit|reject|refused|access|forbid)|"
        r"(?:not|unable to|cannot|no|won't|don't) rela(?:y|ying)",
        r"not (?:configured|permitted|allowed|authori[sz]ed) to relay|rcpthosts|not a gateway|"
        r"mail server is permanently|we do not relay|open relay",
        r"(?:domain|host)\b.{0,40}not (?:hosted|local|handled|served)|not (?:our|a local) customer|not in my list|"
        r"Weiterleitung|中継",
    ),
    _row(
        "tls", r"\b(?:start)?tls\b|\bssl\b|certificate|encryption (?:required|needed)|security (?:mechanism|strength)"
    ),
    _row(
        "login",
        r"(?:smtp )?auth(?:entication|orization)? (?:is )?(?:required|failed|unsuccessful|credentials|needed)|"
        r"not authenticated",
        r"authenticat\w{0,5} (?:before|first)|must (?:log ?in|authenticate)|client was not authenticated|"
        r"bad credentials|unauthenticated senders",
        r"login (?:required|failed)|AuthRequired",
    ),
    _row(
        "disabled",
        r"(?:account|mail ?box|user|recipient|address|mailaddress|e-?mail)\b.{0,60}\b(?:disabled|inactive|suspended|"
        r"deactivated|expired|locked|blocked|closed|cancel\w{0,6}|frozen|not active|limited|discontinued|terminated|"
        r"over unpaid)",
        r"(?:disabled|inactive|suspended|deactivated|expired|dormant|closed) (?:user|account|mailbox|recipient|"
        r"e-?mail|address)",
        r"not accepting mail|no longer (?:available|active|in use|used|valid|in service)|is not active|"
        r"currently unavailable",
        r"konto (?:ist )?(?:deaktiviert|gesperrt)|compte (?:d[eé]sactiv|suspendu)|cuenta (?:desactivada|inactiva|"
        r"suspendida)|停止|無効|停用",
    ),
    _row(
        "moved",
        r"(?:has|user) moved|no longer (?:on|at|with|here|works?|employed)|recipient no longer|left the (?:company|"
        r"organi)|has been replaced by",
        r"new (?:e-?mail )?address (?:is|of)|address (?:has )?changed|user not local; please try",
    ),
    _row(
        "takes_no_mail",
        r"null ?mx|(?:does|do|domain) (?:not|n't) accept (?:any )?(?:mail|e-?mail|messages)|accepts? no mail|"
        r"no smtp service|never accepts? mail",
        r"seem to reject all|domain.{0,40}does not (?:receive|accept)|no (?:mx|mail exchanger)s? found|"
        r"couldn't find a mail exchanger",
    ),
    _row(
        "unknown_domain",
        r"(?:host|domain|name|mx)(?: \w{1,12}| \S{1,80}| or \w{1,12}| name){0,3}:? ?(?:is |was |does |could |"
        r"can)?\s?(?:un(?:known|resolv|routable)|not (?:be )?(?:found|exist|known|resolve)|invalid|lookup fail)",
        r"(?:unknown|invalid|illegal|no such|nonexistent|non-existent|bad) (?:mail )?(?:host|domain|"
        r"destination host)|couldn't find any host|unrout(?:e)?able (?:mail )?(?:address|domain|destination)",
        r"(?<![@\w.-])(?:[\w-]{1,63}\.){1,5}[a-z]{2,20} does not exist|nxdomain|NonExistentDomain|no (?:mx|"
        r"route to (?:the )?domain)|could ?n[o']t (?:find|resolve) (?:the )?(?:a )?(?:host|domain|gateway|mail)|"
        r"host unknown",
        r"all host address lookups failed|all relevant mx|illegal host|domain (?:name )?not found|"
        r"ドメイン.{0,20}(?:存在|見つか)|域名.{0,10}(?:不存在|错误)",
    ),
    _row(
        "unknown_user",
        r"(?:user|recipient|mail ?box|mail ?drop|address|account|alias|addressee|local ?part|name|customer|"
        r"person)s?\b.{0,80}?\b(?:un-?known|not (?:be )?(?:found|exist|valid|recogni[sz]ed|listed|known|here|local|"
        r"registered|a known|available|on post office)|(?:does|do|did|is|are|was|has|had)(?: not|n't|"
        r"nt)(?: \w{1,12}){0,2} (?:exist|found|have|valid|listed|known|match|registered|recogni[sz]ed|accept)|"
        r"invalid|non-?existent|undeliverable|unavailable|incorrect|rejected|no longer exist|gone)",
        r"(?:no such|un-?known|invalid|illegal|non-?existent|bad|no valid|no|not a valid|not a known|undefined|"
        r"wrong|incorrect|unrecogni[sz]ed) (?:local |e-?mail |virtual |destination |final delivery |envelope |"
        r"mailbox |mail )?(?:user|recipient|mail ?box|mail ?drop|address|account|alias|addressee|person|name|local|"
        r"users?id)",
        r"(?:no|not) (?:mailbox|account|user)s? (?:here|by that|with|for|named|found)|not our customer|"
        r"does ?n[o']t (?:have an?|handle) .{0,40}account|not listed in|couldn't be found|wasn't found|"
        r"RecipNotFound|RecipientNotFound",
        r"(?:doesn'?t|not|does not) exist|not found in|unknown or illegal|who is not|\bno one by|this user doesn't|"
        r"recipient (?:address )?(?:is )?(?:rejected|refused)|000C05A6|no (?:longer )?mailbox|unknown to (?:us|"
        r"this)|is not a member",
        r"(?:empfänger|benutzer|adresse|postfach|nutzer)\b.{0,50}(?:unbekannt|existiert nicht|nicht (?:gefunden|"
        r"bekannt|vorhanden)|ungültig)|unbekannter? (?:empfänger|benutzer)",
        r"(?:utilisateur|destinataire|adresse|compte|boîte)\b.{0,50}(?:inconnue?|introuvable|n'existe pas|invalide)|"
        r"(?:usuario|destinatario|utente|usuário|destinatário|cuenta|conta|casella|dirección|indirizzo|"
        r"buzón)\b.{0,50}(?:desconocid|no existe|inexistente|non esiste|sconosciut|não existe|desconhecid|"
        r"no encontrad|inesistente|no se encuentra)",
        r"(?:użytkownik|adres|skrzynka|konto)\b.{0,50}(?:nie istnieje|nieznan|nie znaleziono)|(?:gebruiker|"
        r"ontvanger|adres)\b.{0,50}(?:onbekend|bestaat niet)|nieznany (?:użytkownik|odbiorca)|(?:пользователь|"
        r"получатель|адрес|ящик|учетн)\w{0,10}.{0,50}(?:не найден|не существует|неизвест)|"
        r"нет такого (?:пользователя|ящика)",
        r"(?:あて先|宛先|メールアドレス|ユーザー?|ディレクトリ).{0,40}(?:見つか|存在し|不明|ありません|ございません)|(?:用户|收件人|地址|邮箱|帐号|賬號|用戶).{0,20}(?:不存在|"
        r"未找到|无效|沒有找到|不明)|(?:사용자|계정|수신자).{0,20}(?:없|존재하지)",
    ),
    _row("ambiguous", r"ambiguous|several matches|more than one (?:user|match)|not unique"),
    _row(
        "bad_address",
        r"(?:mal-?formed|syntax|mis-?formatted|bad(?:ly)? form).{0,40}(?:address|recipient|mailbox|domain)|"
        r"(?:address|mailbox name|recipient|domain)\b.{0,40}(?:syntax|malformed|illegal|not allowed|expected word)|"
        r"bad address syntax|nested too deep",
    ),
    _row(
        "sender_refused",
        r"(?:sender|from|originator|return path|envelope)\b.{0,60}(?:rejected|refused|unknown|not exist|invalid|"
        r"denied|un(?:verif|rout|resolv)|not (?:accepted|found|allowed|permitted))|unroutable sender|"
        r"but sender was rejected",
    ),
    _row(
        "loop",
        r"(?:mail |routing )?loop(?:s|ing|back)?\b|too many hops|hop count|too many \"?received|forwarded more than|"
        r"ループ|循环",
    ),
    _row(
        "expired",
        r"(?:time|queue|period|retry|timeout)\b.{0,60}(?:expired|exceeded|too long)|(?:expired|giv(?:en|ing) up|"
        r"gave up)(?: after)?|(?:in|on) (?:the )?queue (?:for )?(?:too long|\d)",
        r"could not be delivered (?:for|within) (?:\d|the)|not delivered within|cannot send message (?:for|within|"
        r"in) \d|for past \d|could not (?:deliver|be delivered) for the last|delivery (?:time )?expired|"
        r"message (?:has )?expired|undeliverable for|Warteschlange abgelaufen",
        r"failed \d{1,3} attempts|retry time not reached|all hosts have been failing|"
        r"failing for a long time|QUEUE\.Expired|maximum retr|"
        r"within the allowed",
    ),
    _row(
        "unreachable",
        r"(?:connection|connect(?:ing)?|network|host|server|route|smtp session|dns)\b.{0,60}(?:timed? ?out|refused|"
        r"unreachable|reset|closed|dropped|lost|fail|no route|not respond|down|is not responding|error|"
        r"not reachable|could not|unavailable)",
        r"(?:timed? ?out|no answer|lost connection|could not (?:connect|contact|reach)|unable to (?:connect|contact|"
        r"reach)|wasn't able to establish|couldn't (?:connect|contact|establish)|no route|unreachable|"
        r"did not respond|not reachable|bad dns|lookup (?:failure|timed))",
        r"still undelivered|mail ?server.{0,30}(?:down|not)|greeting failed|service (?:not|temporarily|"
        r"is currently) (?:un)?available|closing transmission|temporary lookup|name service error|nicht erreichbar|"
        r"接続",
    ),
    _row(
        "not_accepting",
        r"not accepting (?:network |any |mail |connections|messages)|system not accepting|"
        r"server (?:is )?(?:too )?busy|shutting down|system is (?:currently )?(?:down|unavailable)",
    ),
    _row(
        "no_room",
        r"(?:disk|system|file ?system|storage)\b.{0,40}(?:full|no space|insufficient)|no space left|"
        r"insufficient (?:disk|system|resources)|out of (?:memory|disk)",
    ),
    _row(
        "content",
        r"(?:header|mime|content|format|attachment|encoding|charset|body|message-id|line length|bare lf|"
        r"rfc ?\d{3,4})\b.{0,60}(?:error|invalid|not (?:accept|allow|support|compliant|conform)|missing|malformed|"
        r"illegal|prohibit|reject|violat|duplicate|convert|bad|conversion)|conversion.{0,20}failed|8bit|"
        r"duplicate header|line (?:length |limit |too )|multiple (?:\d{3} \S{1,10} )?addresses|not rfc|rfc ?5322|"
        r"rfc ?2822",
    ),
    _row(
        "policy",
        r"polic(?:y|ies)|administrat(?:ive|or)(?:ly)? (?:prohib|reject|den|block)|prohibit|(?:access|delivery|"
        r"permission|message|transaction|mail|e-?mail) (?:was |is |has been )?(?:denied|rejected|refused|"
        r"not (?:permitted|authori|allowed|accepted))|not authori[sz]ed|restrict|security|local[_ ]polic|"
        r"rejected (?:by|for|due)|NotAuthorized|preferences",
    ),
    _row(
        "system",
        r"(?:internal|system|mailer|local|configuration|server|service|lookup|database|software|i/o|write|aliasing|"
        r"temporary|permanent|unknown mailer|queue file) (?:\w{1,12} )?(?:error|failure|problem|misconfig)|deferred|"
        r"command (?:died|output|failed)|not owner|cannot (?:open|create|write)|operation not permitted|died with|"
        r"pipe to|ldap|LMTP error|out of order|delivery to (?:file|pipe) forbidden",
    ),
    _row(
        "protocol",
        r"(?:command|syntax|sequence|protocol)\b.{0,40}(?:error|not (?:recogni|implement|understood)|unrecogni|"
        r"unexpected|bad)|protocol violation|bad sequence|bare (?:lf|cr)",
    ),
)
# what Postfix puts before every refusal of a recipient, whatever the reason
_EMPTY = re.compile(r"recipient address rejected: (?=\S)", re.I)


def words_reason(text: str) -> str:
    """The reason that a server's own words stand for, "" when they tell none."""
    found = telling(text)
    return found[0] if found is not None else ""


def telling(text: str) -> tuple[str, str] | None:
    """The reason and the words that tell it, a piece of a line."""
    text = _EMPTY.sub("", text[: _MOST.report_words])
    for reason, pattern in WORDS:
        found = pattern.search(text)
        if found is not None:
            at = found.start()
            start = max(0, at - 200, *(text.rfind(end, 0, at) + 2 for end in (". ", ": ") if end in text[:at]))
            return reason, text[start : found.end() + 200]
    return None
