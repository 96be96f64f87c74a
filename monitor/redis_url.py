"""The address of Redis, and the password that goes into it. Standard library only: commands that
must be quick use it, too.
"""

from __future__ import annotations

import re
import ssl
from urllib.parse import parse_qsl, quote, urlsplit

_ONE = re.compile(r"(rediss?|unix)://")
_SENTINELS = re.compile(
    r"rediss?\+sentinel://([^@/]*@)?[^/:,@]+:\d{1,5}(,[^/:,@]+:\d{1,5})*/[^/?]+(/\d+)?(\?.*)?"
)

WANTED = (
    '"redis://[USER[:PASSWORD]@]HOST:PORT/DB", "rediss://…", "unix:///PATH" or'
    ' "redis+sentinel://HOST:PORT,HOST:PORT/SERVICE/DB"'
)


def is_address(url: str) -> bool:
    """Whether it has one of the forms that we know."""
    return bool(_SENTINELS.fullmatch(url) or _ONE.match(url))


def trouble_with_authority(url: str) -> str:
    """What is wrong with the file of an authority that the address names, "" for nothing."""
    path = dict(parse_qsl(urlsplit(url).query)).get("ssl_ca_certs", "")
    if not path:
        return ""
    try:
        ssl.create_default_context(cafile=path)
    except ssl.SSLError:
        return f"{path} holds no certificate"
    except OSError as error:
        return f"{path}: {error.strerror or error}"
    return ""


def with_password(url: str, password: str) -> str:
    """The address with this password in it; one that is there already goes before."""
    if not url or not password:
        return url
    scheme, _, rest = url.partition("://")
    login, _, place = rest.rpartition("@") if "@" in rest.partition("/")[0] else ("", "", rest)
    if ":" in login:
        return url
    return f"{scheme}://{login}:{quote(password, safe='')}@{place}"
