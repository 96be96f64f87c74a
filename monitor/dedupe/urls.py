"""Do two addresses name one page? `url_key` is equal where they do.

The key is for comparing only: what is stored, shown and fetched is the address as it was given.
Every rule has a name and a function here. No library was taken: each one measured either missed
pairs that are the same or merged pairs that are not (YouTube `v=`, WordPress `p=`, `ref=`), see the
table in docs/decisions.md. When in doubt the keys differ: a missed copy costs one alert too many, a
false merge loses an article.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

# The parts of an http(s) address, after RFC 3986 appendix B. Anything else has no key.
_ADDRESS = re.compile(r"https?://([^/?#]*)([^?#]*)\??([^#]*)#?(.*)", re.IGNORECASE | re.DOTALL)

# Parameters that say how the reader came, never what the page is. Only names that one known system
# adds to other people's links; plain words (ref, source, id, p, share) are content somewhere.
TRACKER_PREFIXES = ("utm_",)
TRACKERS = frozenset(
    {
        # advertising clicks: Google, Meta, Microsoft, Yandex, X, TikTok, Instagram
        *("gclid", "dclid", "gbraid", "wbraid", "_ga", "_gl", "fbclid", "msclkid", "yclid"),
        *("twclid", "ttclid", "igshid", "igsh", "ref_src", "ref_url", "__twitter_impression"),
        # newsletters: Mailchimp, Marketo, HubSpot, Omeda, Vero
        *("mc_cid", "mc_eid", "mkt_tok", "_hsenc", "_hsmi", "oly_enc_id", "oly_anon_id"),
        *("vero_id", "vero_conv"),
        # newsroom statistics: Piano (at_, xtor), Comscore (ns_), Webtrekk, Adobe
        *("at_medium", "at_campaign", "at_campaign_type", "at_format", "at_ptr_name"),
        *("at_custom1", "at_custom2", "at_custom3", "at_custom4", "at_bbc_team"),
        *("at_link_id", "at_link_type", "at_link_origin", "xtor"),
        *("ns_mchannel", "ns_source", "ns_campaign", "ns_linkname", "ns_fee"),
        *("wt_mc", "wt_zmc", "cmpid", "ocid", "smid", "ftag"),
    }
)
# The same page in another dress; only on the site itself: AMP caches on foreign hosts speak for a
# site that is not theirs, so their addresses stay as they are.
_DRESS = frozenset({"www", "m", "mobile", "amp"})
_AMP_PARAMETERS = frozenset({"amp", "amp=1", "amp=true", "outputType=amp"})
_DEFAULT_PORTS = frozenset({"", "80", "443"})

_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})?")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_SAFE = "%/:@!$&'()*+,;="
_QUERY_SAFE = _PATH_SAFE + "?"
_SESSION = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
_LONGEST_HOST = 253  # RFC 1035; what is longer costs minutes and resolves nowhere
_PORT = re.compile(r"[0-9]{0,5}")
_HOST = re.compile(r"[a-z0-9._-]+|\[[0-9a-f:.]+\]")


def url_key(url: str) -> str | None:
    """The key of an address, itself an address (so a key's key is the key), or None if it has none.

    Only http and https addresses with a sound host have one.
    """
    parts = _ADDRESS.fullmatch(_unspaced(url))
    if not parts:
        return None
    host = _host_key(parts[1])
    if host is None:
        return None
    path = _path_key(parts[2])
    query = _query_key(parts[3])
    fragment = _fragment_key(parts[4])
    return f"https://{host}{path}{'?' + query if query else ''}{fragment}"


def fragment_of(url: str) -> str:
    """What follows `#` in an address and is no part of its key, spelled evenly; "" for nothing.

    Entries of one source that differ only there (comments, change logs) are different articles.
    """
    parts = _ADDRESS.fullmatch(_unspaced(url))
    if not parts or parts[4].startswith(("!", ":~:")):  # in the key already; a text to scroll to
        return ""
    return _even_escapes(parts[4], _QUERY_SAFE)


def same_site(one: str, other: str) -> bool:
    """Whether two keys are of one site: the last two labels of the host, three with "co.uk"."""
    return _site(one) == _site(other)


def _site(key: str) -> str:
    host = key.split("/")[2]
    labels = _split_port(host)[0].split(".")
    return ".".join(labels[-3:] if _is_suffix(labels[-2:]) else labels[-2:])


def _unspaced(url: str) -> str:
    """Line breaks and tabs inside an address are accidents of copying, as browsers see it."""
    return url.strip().replace("\n", "").replace("\r", "").replace("\t", "")


def _host_key(authority: str) -> str | None:
    """Host in lower case and ASCII, without login, default port, closing dot, `www.` and dress."""
    host, port = _split_port(authority.rpartition("@")[2])
    if len(host) > _LONGEST_HOST:
        return None
    labels = unicodedata.normalize("NFKC", host).lower().replace("。", ".").rstrip(".").split(".")
    name = _undressed([_ascii_label(label) for label in labels])
    if not _HOST.fullmatch(name) or not _PORT.fullmatch(port):
        return None
    number = port.lstrip("0")
    return name if number in _DEFAULT_PORTS else f"{name}:{number}"


def _split_port(authority: str) -> tuple[str, str]:
    """Host and port; an IPv6 host keeps its brackets."""
    end = authority.rfind("]")
    colon = authority.find(":", end + 1)
    return (authority, "") if colon < 0 else (authority[:colon], authority[colon + 1 :])


def _ascii_label(label: str) -> str:
    """One label of a host as it goes over the wire (IDNA's punycode form)."""
    if label.isascii():
        return label
    return "xn--" + label.encode("punycode", "replace").decode("ascii")


def _undressed(labels: list[str]) -> str:
    """Host without `www`, `m`, `mobile`, `amp` before the site's name (also `en.m.example.org`).

    What remains must still be a site: `amp.dev` and `m.co.uk` are names of their own.
    """
    for place, label in enumerate(labels):
        rest = labels[:place] + labels[place + 1 :]
        if label in _DRESS and place < len(labels) - 2 and not _is_suffix(rest):
            return _undressed(rest)
    return ".".join(labels)


def _is_suffix(labels: list[str]) -> bool:
    """Whether this looks like a registry's suffix ("co.uk", "com.au"), not like a site."""
    return len(labels) == 2 and len(labels[0]) <= 3 and len(labels[1]) == 2


def _path_key(path: str) -> str:
    """Path with even escapes, dot segments resolved, no closing slash, session id or `/amp`."""
    plain = _resolved(_SESSION.sub("", _even_escapes(path, _PATH_SAFE))).rstrip("/")
    page, _, last = plain.rpartition("/")
    if last == "amp" and _is_slug(page.rpartition("/")[2]):
        return page
    return plain or "/"


def _is_slug(segment: str) -> bool:
    """Whether a path segment names one article ("isil-takes-tikrit", "48213"), not a section.

    So `/story-1/amp` is `/story-1`, but `/guitar/amp` may be about amplifiers.
    """
    return "-" in segment or any(letter.isdigit() for letter in segment)


def _resolved(path: str) -> str:
    """Path without `.` and `..` segments (RFC 3986, 5.2.4)."""
    kept: list[str] = []
    for segment in path.split("/")[1:]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    return "/" + "/".join(kept)


def _query_key(query: str) -> str:
    """Parameters in order of name (equal names as they stand), trackers gone; `+` is a space."""
    even = _even_escapes(query.replace("+", "%20"), _QUERY_SAFE)
    kept = [one for one in even.split("&") if one and not _is_noise(one)]
    return "&".join(sorted(kept, key=_parameter_name))


def _is_noise(parameter: str) -> bool:
    """Whether a parameter tells of the reader's way or of the page's dress."""
    name = _parameter_name(parameter).lower()
    return name in TRACKERS or name.startswith(TRACKER_PREFIXES) or parameter in _AMP_PARAMETERS


def _parameter_name(parameter: str) -> str:
    return parameter.partition("=")[0]


def _fragment_key(fragment: str) -> str:
    """Nothing: a fragment is a place in a page. But `#!/story/1` is an address of old web apps."""
    return "#" + _even_escapes(fragment, _QUERY_SAFE) if fragment.startswith("!") else ""


def _even_escapes(text: str, safe: str) -> str:
    """Text with one spelling of each escape: upper-case hex, none for letters, digits and `-._~`.

    Reserved characters stay as given: `%2F` is not a slash. A lone `%` becomes `%25`.
    """
    return quote(_PERCENT.sub(_even_escape, text), safe=safe, errors="replace")


def _even_escape(escape: re.Match[str]) -> str:
    if not escape[1]:
        return "%25"
    letter = chr(int(escape[1], 16))
    return letter if letter in _UNRESERVED else f"%{escape[1].upper()}"
