"""Actor dictionaries of Phoenix, PETRARCH and CAMEO -> actors of ours.

    BARACK_OBAMA_ ; comment          a name; an underscore is a blank
    +B._OBAMA_                       another name of the same
        [USAELI <20090119]           what it is before a day, from a day to a day, after a day
        [USAGOV 20090120-20170120]
    SINGLE_LINE_ [USAGOV]            or behind the name

A code begins with the country (ISO 3166 alpha-3), then says what the actor is (GOV, MIL, REB ...).
An actor with dates is taken for a person in an office of its country. The names are in capitals
there; they are written with first letters here, short ones (three letters) as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from monitor.errors import ParseError
from monitor.model import Actor, ActorKind, Role
from monitor.text import folded

_ALPHA = """
    ABWAW AFGAF AGOAO AIAAI ALAAX ALBAL ANDAD ANTAN AREAE ARGAR ARMAM ASMAS ATAAQ ATFTF ATGAG
    AUSAU AUTAT AZEAZ BDIBI BELBE BENBJ BESBQ BFABF BGDBD BGRBG BHRBH BHSBS BIHBA BLMBL BLRBY
    BLZBZ BMUBM BOLBO BRABR BRBBB BRNBN BTNBT BVTBV BWABW CAFCF CANCA CCKCC CHECH CHLCL CHNCN
    CIVCI CMRCM CODCD COGCG COKCK COLCO COMKM CPVCV CRICR CUBCU CUWCW CXRCX CYMKY CYPCY CZECZ
    DEUDE DJIDJ DMADM DNKDK DOMDO DZADZ ECUEC EGYEG ERIER ESHEH ESPES ESTEE ETHET FINFI FJIFJ
    FLKFK FRAFR FROFO FSMFM GABGA GBRGB GEOGE GGYGG GHAGH GIBGI GINGN GLPGP GMBGM GNBGW GNQGQ
    GRCGR GRDGD GRLGL GTMGT GUFGF GUMGU GUYGY HKGHK HMDHM HNDHN HRVHR HTIHT HUNHU IDNID IMNIM
    INDIN IOTIO IRLIE IRNIR IRQIQ ISLIS ISRIL ITAIT JAMJM JEYJE JORJO JPNJP KAZKZ KENKE KGZKG
    KHMKH KIRKI KNAKN KORKR KWTKW LAOLA LBNLB LBRLR LBYLY LCALC LIELI LKALK LSOLS LTULT LUXLU
    LVALV MACMO MAFMF MARMA MCOMC MDAMD MDGMG MDVMV MEXMX MHLMH MKDMK MLIML MLTMT MMRMM MNEME
    MNGMN MNPMP MOZMZ MRTMR MSRMS MTQMQ MUSMU MWIMW MYSMY MYTYT NAMNA NCLNC NERNE NFKNF NGANG
    NICNI NIUNU NLDNL NORNO NPLNP NRUNR NZLNZ OMNOM PAKPK PANPA PCNPN PERPE PHLPH PLWPW PNGPG
    POLPL PRIPR PRKKP PRTPT PRYPY PSEPS PYFPF QATQA REURE ROURO RUSRU RWARW SAUSA SCGCS SDNSD
    SENSN SGPSG SGSGS SHNSH SJMSJ SLBSB SLESL SLVSV SMRSM SOMSO SPMPM SRBRS SSDSS STPST SURSR
    SVKSK SVNSI SWESE SWZSZ SXMSX SYCSC SYRSY TCATC TCDTD TGOTG THATH TJKTJ TKLTK TKMTM TLSTL
    TONTO TTOTT TUNTN TURTR TUVTV TWNTW TZATZ UGAUG UKRUA UMIUM URYUY USAUS UZBUZ VATVA VCTVC
    VENVE VGBVG VIRVI VNMVN VUTVU WLFWF WSMWS XKXXK YEMYE ZAFZA ZMBZM ZWEZW
"""
_ISO = {pair[:3]: pair[3:] for pair in _ALPHA.split()}
_KINDS: tuple[tuple[str, ActorKind], ...] = (
    ("GOV", "government"), ("MIL", "military"), ("SPY", "government"), ("JUD", "government"),
    ("LEG", "government"), ("REB", "armed_group"), ("INS", "armed_group"), ("SEP", "armed_group"),
    ("UAF", "armed_group"), ("CRM", "armed_group"), ("IMG", "armed_group"), ("OPP", "party"),
    ("PTY", "party"), ("BUS", "company"), ("MNC", "company"),
)  # fmt: skip
_CODE = re.compile(
    r"\[\s*([A-Z]{2,}[A-Z0-9]*)\s*([<>]?\s*[0-9]{6,8})?\s*(?:-\s*([0-9]{6,8}))?\s*\]"
)
_NAME = re.compile(r"[+&]?([A-Z0-9][A-Z0-9_.'&/ -]*)")
_PIVOT = 30
"""Years of two digits below this are of the 2000s."""


@dataclass(slots=True)
class _Entry:
    names: list[str] = field(default_factory=list)
    codes: list[tuple[str, date | None, date | None]] = field(default_factory=list)


def read_phoenix(text: str) -> tuple[Actor, ...]:
    """The actors of a dictionary, each id once. Raises ParseError when there is none in it."""
    actors: dict[str, Actor] = {}
    for entry in _entries(text):
        actor = _actor(entry)
        if actor is not None:
            actors.setdefault(actor.id, actor)
    if not actors:
        raise ParseError("no actor in it: wanted lines such as 'BARACK_OBAMA_ [USAGOV]'")
    return tuple(actors.values())


def _entries(text: str) -> Iterator[_Entry]:
    entry = _Entry()
    for line in text.splitlines():
        content = line.partition(";")[0].partition("#")[0].rstrip()
        if not content.strip() or content.startswith(("<", "&", "!")):
            continue
        name = _NAME.match(content)
        if name and not content.startswith("+"):
            if entry.names:
                yield entry
            entry = _Entry()
        if name:
            entry.names.append(_spelled(name.group(1)))
        entry.codes.extend(_codes(content))
    if entry.names:
        yield entry


def _spelled(name: str) -> str:
    words = name.replace("_", " ").split()
    return " ".join(
        word if len(word) <= 3 and len(words) == 1 else _capital(word) for word in words
    )


def _capital(word: str) -> str:
    return "-".join(part[:1] + part[1:].lower() for part in word.split("-"))


def _codes(line: str) -> Iterator[tuple[str, date | None, date | None]]:
    for code, first, last in _CODE.findall(line):
        sign, day = first[:1], _day(first.lstrip("<> "))
        if sign == "<":
            yield code, None, day
        elif sign == ">" or last:
            yield code, day, _day(last)
        else:
            yield code, day, None


def _day(digits: str) -> date | None:
    if len(digits) == 6:
        digits = ("20" if int(digits[:2]) < _PIVOT else "19") + digits
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def _actor(entry: _Entry) -> Actor | None:
    names = [name for name in dict.fromkeys(entry.names) if name]
    codes = [(code, begins, ends) for code, begins, ends in entry.codes if len(code) >= len("IRQ")]
    if not names or not codes or all(len(code) == 3 and code in _ISO for code, *_ in codes):
        return None  # nothing said of it, or a country, which we know
    homes = tuple(dict.fromkeys(_ISO[code[:3]] for code, *_ in codes if code[:3] in _ISO))
    roles = tuple(
        Role(country=_ISO[code[:3]], office="government", begins=begins, ends=ends)
        for code, begins, ends in codes
        if code[:3] in _ISO and code[3:6] == "GOV" and (begins or ends)
    )
    return Actor(
        id=folded(names[0]).replace(" ", "-"),
        name=names[0],
        kind="person" if any(begins or ends for _, begins, ends in codes) else _kind(codes[0][0]),
        aliases=tuple(names[1:]),
        home=homes,
        roles=roles,
    )


def _kind(code: str) -> ActorKind:
    what = code[3:6] if code[:3] in _ISO else code[:3]
    return next((kind for known, kind in _KINDS if known == what), "organisation")
