"""What kind of mailbox an address is: a person's, one of a role that several read, one that is
thrown away; and which domains are a firm's."""

from __future__ import annotations

from functools import lru_cache

from leadtui.text import words

ROLE = "role"
DISPOSABLE = "disposable"
WORDS = {ROLE: "role address", DISPOSABLE: "disposable address"}
"""Kind -> what people read."""
SAID = {
    ROLE: "a role address, which is nobody's own",
    DISPOSABLE: "a disposable address, which is soon gone",
}
"""Kind -> what a run says of one."""

ROLES = frozenset(
    words("""
    info sales office contact admin administration support hello hi hallo hey mail email team
    marketing it edv purchasing procurement einkauf kontakt service services reception empfang
    zentrale events enquiries enquiry inquiries inquiry anfrage anfragen accounts accounting
    buchhaltung billing rechnung invoices webmaster postmaster hostmaster abuse noreply no-reply
    donotreply newsletter press presse media jobs careers hr bewerbung vertrieb ventas contacto
    commercial ventes secretariat sekretariat bureau helpdesk help privacy datenschutz security
    orders order bestellung shop booking reservations customerservice kundenservice feedback
    general post poststelle verwaltung
""")
)
"""What stands before the ``@`` of a mailbox that several people read."""

FREE = frozenset(
    words("""
    gmail.com googlemail.com aol.com icloud.com me.com mac.com msn.com ymail.com rocketmail.com
    proton.me protonmail.com protonmail.ch pm.me tutanota.com tuta.io tutanota.de fastmail.com
    fastmail.fm hey.com zoho.com zohomail.com mail.com email.com usa.com inbox.com mail.ru bk.ru
    list.ru inbox.ru yandex.ru yandex.com ya.ru rambler.ru web.de t-online.de freenet.de
    arcor.de online.de posteo.de mailbox.org kabelmail.de bluewin.ch hispeed.ch sunrise.ch
    orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr bbox.fr libero.it virgilio.it
    alice.it tin.it tiscali.it poste.it telefonica.net terra.es ono.com telenet.be skynet.be
    ziggo.nl kpnmail.nl planet.nl hetnet.nl home.nl xs4all.nl chello.nl o2.pl wp.pl onet.pl
    interia.pl seznam.cz centrum.cz btinternet.com virginmedia.com sky.com talktalk.net
    ntlworld.com blueyonder.co.uk comcast.net verizon.net att.net sbcglobal.net bellsouth.net
    cox.net charter.net earthlink.net optonline.net juno.com rogers.com shaw.ca sympatico.ca
    telus.net bigpond.com optusnet.com.au xtra.co.nz rediffmail.com qq.com 163.com 126.com
    sina.com naver.com daum.net hanmail.net nate.com uol.com.br bol.com.br terra.com.br
""")
)
"""Domains where anybody has an address, and which say nothing of a firm."""
_FAMILIES = tuple(words("yahoo. hotmail. live. outlook. gmx."))
"""How such domains begin that have an end for each country."""


def domain_of(address: str) -> str:
    """What stands behind the ``@``, folded."""
    return address.rpartition("@")[2].casefold()


def is_free(domain: str) -> bool:
    """Whether anybody can have an address there."""
    return domain in FREE or domain.startswith(_FAMILIES)


def is_firms(domain: str) -> bool:
    """Whether people with an address there work at one firm."""
    return bool(domain) and not is_free(domain) and domain not in _thrown_away()


def kind_of(address: str) -> str:
    """``role``, ``disposable``, or empty for a person's own."""
    local, _, domain = address.casefold().rpartition("@")
    if domain in _thrown_away():
        return DISPOSABLE
    return ROLE if local.partition("+")[0] in ROLES else ""


@lru_cache(maxsize=1)
def _thrown_away() -> frozenset[str]:
    """Domains of addresses that are made to be thrown away. The list is a package of its own, so
    that it is renewed with every upgrade; it takes a moment to load, and not every start needs
    it."""
    from disposable_email_domains import blocklist

    return frozenset(blocklist)
