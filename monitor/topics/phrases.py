"""The English around a name that says what it is: a state, a scene, a source, part of a name.

Each question is asked of the article's own text at the start or end of a mention. In other
languages the answers are no, and a name counts as a plain place.
"""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OFFICES = re.compile(
    r"(?:['’]s?)?[ -](?:and [\w.-]+ )?(?:[\w.-]+ )?"
    r"(?:governments?|administration|regime|presidents?|presidential|presidency|prime minister|"
    r"premier|chancellor|(?:foreign |defen[cs]e |finance |interior |oil |trade |energy )?"
    r"minist(?:er|ers|ry|ries)|secretary of state|foreign secretary|parliament|congress|senate|"
    r"lawmakers|legislators|army|navy|air force|armed forces|military|"
    r"(?:security |special |ground |coalition )?forces|troops|soldiers|warplanes|officials?|"
    r"authorities|diplomats?|ambassadors?|embassy|envoys?|negotiators?|delegation|leaders?|"
    r"leadership|state media|state television|policy|interests|sanctions|tariffs)\b",
    re.IGNORECASE,
)
_ACTS = re.compile(
    r",? (?:(?:has|have|had|also|then|now|already|not|will|would|could|may|is|are|was|were|still|"
    r"both|often|never|usually|again|reportedly|repeatedly|formally|publicly|quickly) )*"
    r"(?:said|says|ask(?:s|ed)?|agrees?|agreed|disagree\w*|refus\w+|reject\w*|accus\w+|condemn\w*|warn\w*|vow\w*|"
    r"threaten\w*|pledg\w+|promis\w+|impos\w+|lift\w*|suspend\w*|sign\w*|sends?|sent|sending|"
    r"deploy\w*|withdr\w+|invad\w+|annex\w*|attack\w*|launch\w*|fir(?:ed|ing)|bomb\w*|struck|"
    r"strik\w+|retaliat\w+|summon\w*|recall\w*|expel\w*|recogni[sz]\w+|offer\w*|urg\w+|demand\w*|"
    r"den(?:y|ied|ies)|insist\w*|hail\w*|welcom\w+|call\w*|announc\w+|declar\w+|support\w*|"
    r"back(?:s|ed|ing)|help(?:s|ed|ing)?|arm(?:s|ed|ing)|negotiat\w+|want\w*|seek\w*|sought|"
    r"tolerat\w+|plan\w*|considers?|considered|blam\w+|block\w*|ban(?:s|ned)?|restor\w+|resum\w+|"
    r"cut ties|severed|claim\w*|bought|sold|answer\w*|respond\w*|rais\w+|meets?|met|halt\w*|"
    r"seiz\w+|captur\w+|arrest\w*|detain\w*|releas\w+|freed|tested|joins?|joined|quits?)\b"
)
_INTO = _words("""
    in at from to into near outside across around inside throughout toward towards neighbouring
    neighboring north south east west central northern southern eastern western""")
_LONGEST_INTO = 20
SEATS = _words("""
    Washington Moscow Beijing Tehran Ankara Riyadh Kyiv Kiev Brussels London Paris Berlin Tokyo
    Seoul Pyongyang Delhi Islamabad Cairo Damascus Jerusalem Canberra Ottawa Rome Madrid Warsaw
    Budapest Baghdad Kabul Beirut Doha Hanoi Jakarta Manila Caracas Havana Taipei Kinshasa Kigali
    Khartoum Tripoli Tunis Algiers Rabat Amman Baku Yerevan Tbilisi Minsk Belgrade Athens Vienna
    Stockholm Helsinki Oslo Copenhagen Lisbon Dublin Prague Bratislava Bucharest Sofia Chisinau""")
"""Capitals whose names stand for governments: "Washington and Tehran face a common enemy"."""

_OWN_GROUND = re.compile(
    r"(?:['’]s?)? (?:[\w-]+ ){0,2}(?:cit(?:y|ies)|towns?|villages?|provinces?|regions?|districts?|"
    r"borders?|coasts?|soil|territory|waters|capital|north|south|east|west|ports?|airports?|refiner(?:y|ies)|"
    r"islands?|countryside|streets|deserts?|mountains?)\b",
    re.IGNORECASE,
)
_JOINTS = frozenset(" ,-'’")
_SOURCES = re.compile(
    r"\b(?:sources?|officials?|diplomats?|analysts?|experts?|observers|journalists?|reporters?|"
    r"correspondents?|activists?|residents|witnesses|lawmakers|newspapers?|media|"
    r"spokes(?:man|woman|person)|ambassadors?|envoys?|ministers?|researchers|economists|"
    r"investors|traders) "
    r"(?:based )?(?:in|from|across) (?:the )?$",
    re.IGNORECASE,
)
_LONGEST_SOURCE = 48
_TELL = re.compile(
    r",? (?:(?:have|has|had|also|now) )?(?:say|says|said|report\w*|told|tells?|believ\w+|fear\w*|"
    r"warn\w*|expect\w*|estimat\w+|suspect\w*|confirm\w*|claim\w*|think\w*|point\w*|predict\w*)\b"
)
_NEXT_NAME = re.compile(r"[ -]([A-Z][\w’'-]*)")
_NAME = re.compile(r"[A-Z][\w’'-]*")
_LONGEST_NAME = 24
# Capitalised words behind a place that leave it a place: what stands in a city, who holds office
# there, when.
_BEHIND_PLACES = _words("""
    Airport Agreement Accord Accords Air Airlines Archbishop Assembly Attorney Bank Basin Bay
    Bishop Bridge Building Canal Capital Castle Cathedral Central Chief Church City Climate
    College Commission Conference Convention Council Country County Court Dam Declaration Deputy
    Deal Department District East Embassy Fair Festival Film Flood Forum Foreign Games Gate Gov
    Governor Governorate Gulf Harbor Harbour Hospital International Island Islands Lake Marathon
    Mayor Metro Metropolitan Minister Mosque Mountain Mountains Museum North Oblast Old Olympics
    Olympic Open Palace Park Parliament Pass Peace Peninsula Police Port Premier Presidency
    President Prime Prince Prison Province Region River School Sen Senate Senator South Square
    Stadium Stock State States Station Street Strip Subway Summit Temple Territory Theatre Theater
    Town Treaty University Valley West Zoo Monday Tuesday Wednesday Thursday Friday Saturday
    Sunday January February March April May June July August September October November December""")
# Capitalised words before a place that are no first name.
_BEFORE_PLACES = _words("""
    A According After Against All Also Although An And Around As At Because Before Beyond Both But
    By Central Despite During East Eastern Elsewhere Even For From Greater He Her Here His However
    If In Inside Into It Its Last Like Many Meanwhile More Most Near New No North Northeast
    Northeastern Northern Northwest Northwestern Not Now Of Off On Once One Only Or Our Outside
    Over President Since So Some Soon South Southeast Southeastern Southern Southwest Southwestern
    Still That The Their Then There These They This Those Though Through Throughout To Today Two
    Under Unlike Until Upper Lower Via West Western What When Where Whether Which While Who Why
    With Within Without Would Yet You Mayor Port Fort Lake Mount Cape City Metropolitan Governor
    Downtown Inner Old Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February
    March April May June July August September October November December Jan Feb Mar Apr Jun Jul
    Aug Sep Sept Oct Nov Dec""")
_TITLES = (
    r"(?:vice |deputy |acting |interim |former |supreme )*(?:president|prime minister|premier|"
    r"chancellor|king|queen|crown prince|prince|leader|emir|sultan|"
    r"(?:foreign |defen[cs]e |finance |interior |home |oil |trade |energy |health )?"
    r"(?:minister|secretary)|secretary of state|army chief|general|gen\.|ambassador|envoy|"
    r"spokes(?:man|woman|person)|foreign ministry spokes(?:man|woman|person)|governor|senator|"
    r"lawmaker|opposition leader|ayatollah|judge|striker|midfielder|actor|actress|singer|author|"
    r"director|businessman|billionaire|scientist|journalist|activist|dissident)"
)
_PERSON = re.compile(
    rf" (?i:{_TITLES}),? ((?:[A-Z][\w’'-]+|[A-Z]\.)"
    r"(?: (?:[A-Z][\w’'-]+|[A-Z]\.|al-[A-Z]\w+|bin|van|de)){1,3})"
)
_OFFICE_ALONE = re.compile(
    r"(?:['’]s)? (vice president|president|prime minister|premier|chancellor|king|supreme leader|"
    r"crown prince|(?:foreign|defen[cs]e|home|interior) minister|foreign secretary|"
    r"secretary of state|(?:defen[cs]e|treasury) secretary)\b"
    r"(?! +(?:(?-i:[A-Z])|candidate|elect\b|hopeful))(?!-elect)",
    re.IGNORECASE,
)


def is_followed(text: str, end: int) -> bool:
    """Whether words may follow that say more: the questions below have no answer otherwise."""
    return text[end : end + 1] in _JOINTS


def is_state(text: str, end: int) -> bool:
    """Whether a word of government follows: "Iraqi security forces", "US officials"."""
    return _OFFICES.match(text, end) is not None


def acts(text: str, end: int) -> bool:
    """Whether an act of a state follows: "Iran would not tolerate"."""
    return _ACTS.match(text, end) is not None


def is_entered(text: str, start: int) -> bool:
    """Whether the words before a place lead into it: "in Paris", "eastern Ukraine", "in the US"."""
    if text[start - 1 : start] != " ":
        return False
    words = text[max(0, start - _LONGEST_INTO) : start].lower().rsplit(None, 2)
    if len(words) > 1 and words[-1] == "the":
        del words[-1]
    return bool(words) and words[-1].lstrip("(“\"'‘-") in _INTO


def is_ground(text: str, end: int) -> bool:
    """Whether a country's name is followed by a part of it: "Kenyan coastal town"."""
    return _OWN_GROUND.match(text, end) is not None


def is_seat_of_sources(text: str, start: int, end: int) -> bool:
    """Whether it is only where somebody speaks from: "security sources in Iran report"."""
    return (
        _TELL.match(text, end) is not None
        and _SOURCES.search(text, max(0, start - _LONGEST_SOURCE), start) is not None
    )


def word_behind(text: str, end: int) -> str | None:
    """The capitalised word directly behind a place that makes it part of a name: "Paris Hilton"."""
    found = _NEXT_NAME.match(text, end)
    if found is None:
        return None
    word = found.group(1).removesuffix("’s").removesuffix("'s")
    return None if word in _BEHIND_PLACES or word.isupper() else word


def word_before(text: str, start: int) -> str | None:
    """The capitalised word directly before a place that may be a first name: "Jack London"."""
    if text[start - 1 : start] != " ":
        return None
    word = text[max(0, start - _LONGEST_NAME) : start - 1].rpartition(" ")[2]
    if not _NAME.fullmatch(word) or word in _BEFORE_PLACES or word.isupper():
        return None
    return word


def person_behind(text: str, end: int) -> tuple[int, int] | None:
    """Where a person's name stands behind a nationality and a title: "Iranian President X Y"."""
    found = _PERSON.match(text, end)
    return found.span(1) if found else None


def office_behind(text: str, end: int) -> str | None:
    """The office behind a country that stands for who holds it: "the Iranian president"."""
    found = _OFFICE_ALONE.match(text, end)
    return found.group(1).lower().replace("defense", "defence") if found else None
