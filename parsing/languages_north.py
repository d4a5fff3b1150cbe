"""The languages of Scandinavia, Finland, Iceland and the Baltic: data only, see language.py."""

from __future__ import annotations

from parsing.language import Language

NORTH = (
    Language(
        code="sv",
        starts="den|på|måndag|tisdag|onsdag|torsdag|fredag|lördag|söndag|mån|tis|ons|tors|fre|lör|sön",
        wrote="skrev|skriver|skrivit",
        mine="jag|vi",
        sender="från|avsändare",
        sent="skickat|datum|skickades|skickad|sänt",
        to="till|kopia|mottagare",
        subject="ämne|rubrik",
        original="ursprungligt meddelande|originalmeddelande|originalmeddelandet|ursprungligt mail|"
        "ursprungligt brev|ursprunglig avtalad tid|det ursprungliga meddelandet",
        forwarded="vidarebefordrat meddelande|vidarebefordrat brev|vidarebefordrat mail|"
        "början på vidarebefordrat brev|början på vidarebefordrat meddelande|vidarebefordrat mejl",
        sent_from="skickat från …|skickat med …|skickat via …|skickades från …|skickat genom …|hämta outlook för …|"
        "skaffa outlook för …|från min iphone|från min mobil",
        closings="med vänlig hälsning|med vänliga hälsningar|vänliga hälsningar|vänlig hälsning|hälsningar|mvh|"
        "med vänlig hälsning/kind regards|bästa hälsningar|allt gott|vänligen|med hälsning|hälsning|vh|"
        "många hälsningar|varma hälsningar|hälsar",
        disclaimer="detta meddelande kan innehålla konfidentiell|konfidentiell information|av misstag|"
        "endast avsett för|om du inte är den avsedda|om du har fått detta|personuppgifter i enlighet",
    ),
    Language(
        code="da",
        starts="den|d.|på|man.|tirs.|ons.|tors.|fre.|lør.|søn.|mandag|tirsdag|onsdag|torsdag|fredag|lørdag|søndag",
        wrote="skrev|skriver|skrevet|har skrevet",
        mine="jeg|vi",
        sender="fra|afsender",
        sent="sendt|dato|sendt den|afsendt",
        to="til|kopi|modtager",
        subject="emne|vedr",
        original="oprindelig meddelelse|original meddelelse|oprindelig besked|original besked|oprindelig mail|"
        "oprindelig e-mail|den oprindelige meddelelse|oprindelig aftale",
        forwarded="videresendt meddelelse|videresendt besked|start på videresendt besked|videresendt mail|"
        "start på videresendt meddelelse|videresendt e-mail|videresendt af …",
        sent_from="sendt fra …|sendt med …|sendt via …|sendt på …|hent outlook til …|få outlook til …|fra min iphone",
        closings="med venlig hilsen|venlig hilsen|venlige hilsner|med venlige hilsner|mvh|hilsen|hilsner|"
        "de bedste hilsner|bedste hilsner|mange hilsner|kh|vh|kærlig hilsen|kærlige hilsner|med hilsen|bedste hilsen|"
        "dbh|m.v.h.",
        disclaimer="denne e-mail kan indeholde fortrolige|fortrolige oplysninger|ved en fejl|udelukkende bestemt for|"
        "hvis du ikke er den rette modtager|hvis du har modtaget",
    ),
    Language(
        code="no",
        starts="den|på|man.|tir.|ons.|tor.|fre.|lør.|søn.|mandag|tirsdag|onsdag|torsdag|fredag|lørdag|søndag",
        wrote="skrev|skriver|skreiv|skrevet",
        mine="jeg|vi|eg",
        sender="fra|frå|avsender",
        sent="sendt|dato|sendt den|sendt dato",
        to="til|kopi|mottaker",
        subject="emne",
        original="opprinnelig melding|original melding|opprinnelig e-post|originalmelding|opprinneleg melding|"
        "opphavleg melding|opprinnelig avtale",
        forwarded="videresendt melding|videresendt e-post|vidaresend melding|start på videresendt melding|"
        "starten på videresendt melding|videresendt e-postmelding",
        sent_from="sendt fra …|sendt med …|sendt via …|sendt frå …|få outlook for …|last ned outlook for …|"
        "fra min iphone",
        closings="med vennlig hilsen|vennlig hilsen|vennlige hilsener|med vennlege helsingar|mvh|hilsen|beste hilsen|"
        "med hilsen|hilsener|venleg helsing|med venleg helsing|helsing|vennligst",
        disclaimer="denne e-posten kan inneholde|konfidensiell informasjon|ved en feil|kun beregnet for|"
        "hvis du ikke er rette mottaker|taushetsbelagt",
    ),
    Language(
        code="fi",
        starts="ma|ti|ke|to|pe|la|su|maanantai|tiistai|keskiviikko|torstai|perjantai|lauantai|sunnuntai|"
        "maanantaina|tiistaina|keskiviikkona|torstaina|perjantaina|lauantaina|sunnuntaina|lainaus",
        wrote="kirjoitti|kirjoittaa|on kirjoittanut|kirjoittivat|kirjoitettu",
        sender="lähettäjä|keneltä|lähetti",
        sent="lähetetty|päiväys|päivämäärä|lähetysaika|pvm",
        to="vastaanottaja|kenelle|kopio|vastaanottajat",
        subject="aihe|otsikko",
        original="alkuperäinen viesti|alkuperäinen sähköposti|alkuperäinen tapaaminen",
        forwarded="välitetty viesti|edelleenlähetetty viesti|edelleen lähetetty viesti|välitetty viesti alkaa|"
        "edelleenlähetetty viesti alkaa",
        sent_from="lähetetty iphonesta|lähetetty ipadista|lähetetty …sta|lähetetty …stä|lähetetty …lta|"
        "lähetetty …ltä|hanki outlook …|lähetetty puhelimesta|lähetetty outlook …",
        closings="ystävällisin terveisin|terveisin|parhain terveisin|terveiset|terv.|terv|yst. terv.|t.|ystävällisesti|"
        "kunnioittavasti|hyvää päivänjatkoa|kiittäen|yt.|parhaat terveiset|ystävällinen tervehdys|"
        "yhteistyöterveisin",
        disclaimer="tämä viesti on luottamuksellinen|luottamuksellista tietoa|on tarkoitettu vain|erehdyksessä|"
        "ette ole viestin oikea",
    ),
    Language(
        code="is",
        starts="þann|mán.|þri.|mið.|fim.|fös.|lau.|sun.",
        wrote="skrifaði|skrifar",
        sender="frá",
        sent="sent|dagsetning|send",
        to="til|afrit",
        subject="efni",
        original="upprunaleg skilaboð|upprunalegt skeyti",
        forwarded="áframsend skilaboð",
        sent_from="sent úr …|sent frá …",
        closings="með kveðju|kveðja|bestu kveðjur|kær kveðja|mbk|virðingarfyllst",
    ),
    Language(
        code="et",
        starts="kuupäeval|kell|e,|t,|k,|n,|r,|l,|p,",
        wrote="kirjutas|kirjutasid",
        sender="saatja|kellelt|saatnud",
        sent="saadetud|kuupäev|saatmisaeg",
        to="saaja|adressaat|kellele|koopia",
        subject="teema|pealkiri",
        original="algne sõnum|originaalkiri|algne kiri",
        forwarded="edastatud sõnum|edastatud kiri|edasisaadetud kiri",
        sent_from="saadetud minu …|saadetud iphone …|saadetud telefonist …|hangi outlook …",
        closings="lugupidamisega|parimate soovidega|tervitades|heade soovidega|tervitustega",
    ),
    Language(
        code="lv",
        starts="pirmd.|otrd.|trešd.|ceturtd.|piektd.|sestd.|svētd.",
        wrote="rakstīja|raksta",
        sender="no|sūtītājs",
        sent="nosūtīts|datums|sūtīts",
        to="kam|kopija",
        subject="tēma|temats",
        original="sākotnējais ziņojums|oriģinālais ziņojums",
        forwarded="pārsūtīta vēstule|pārsūtīts ziņojums",
        sent_from="nosūtīts no …|sūtīts no …",
        closings="ar cieņu|ar sveicieniem|cieņā|ar labiem vēlējumiem",
    ),
    Language(
        code="lt",
        starts="pir.|antr.|treč.|ketv.|penkt.|šešt.|sekm.",
        wrote="rašė|parašė",
        sender="nuo|siuntėjas",
        sent="išsiųsta|data|siųsta",
        to="kam|gavėjas|kopija",
        subject="tema",
        original="pradinis pranešimas|originalus pranešimas|pirminis laiškas",
        forwarded="persiųstas pranešimas|persiųstas laiškas",
        sent_from="išsiųsta iš …|siųsta iš …",
        closings="pagarbiai|su pagarba|geriausi linkėjimai|linkėjimai",
    ),
)
