"""What loads, and should be said all the same: likely slips, each with its fix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from urllib.parse import urlsplit

from monitor.model import Source, Watch
from monitor.settings.problems import Problems, did_you_mean
from monitor.settings.tables import MONITOR

FILES = (
    "monitor.toml",
    "feeds.toml",
    "watchlist.toml",
    "channels.toml",
    "actors.toml",
    "places.toml",
    "themes.toml",
)
OTHER_VARIABLES = ("WIREWATCH_DATA",)


def remark_on(
    remarks: Problems,
    *,
    config: Path,
    environment: Mapping[str, str],
    seeds: Iterable[Path],
    sources: tuple[Source, ...],
    watches: tuple[Watch, ...],
    allow: tuple[IPv4Network | IPv6Network, ...],
) -> None:
    """Gather what is likely a slip."""
    for path in sorted(config.glob("*.toml")):
        if path.name not in FILES:
            fix = did_you_mean(path.name, FILES)
            remarks.add(path.name, "", "", found="a file nobody reads", wanted="", fix=fix)
    for variable in sorted(environment):
        table = variable.removeprefix("WIREWATCH_").lower().partition("_")[0]
        known = table in MONITOR or variable in OTHER_VARIABLES
        if variable.startswith("WIREWATCH_") and not known:
            tables = ", ".join(f"WIREWATCH_{name}_…".upper() for name in MONITOR)
            remarks.add("environment", "", variable, found="a variable nobody reads", wanted=tables)
    for path in seeds:
        if not path.exists():
            wanted = "a file or folder that is there"
            remarks.add("monitor.toml", "seeds", "paths", found=f"{str(path)!r}", wanted=wanted)
    _remark_on_sources(remarks, sources, allow)
    for watch in watches:
        _remark_on_watch(remarks, watch)


def _remark_on_watch(remarks: Problems, watch: Watch) -> None:
    if watch.expect is not None and not watch.notify:
        remarks.add(
            "watchlist.toml",
            f"watch.{watch.id}",
            "expect",
            found="a silence of which nobody is told",
            wanted="",
            fix="Name a channel in `notify`, or leave `expect` out",
        )


def _remark_on_sources(
    remarks: Problems,
    sources: tuple[Source, ...],
    allow: tuple[IPv4Network | IPv6Network, ...],
) -> None:
    times = Counter(source.url for source in sources)
    for source in sources:
        where = f"source.{source.id}"
        if times[source.url] > 1:
            fix = "One of them is enough: its articles are told once in any case"
            remarks.add("feeds.toml", where, "url", found="a url listed twice", wanted="", fix=fix)
        host = urlsplit(source.url).hostname or ""
        if _is_loopback(host) and not any(_holds(network, host) for network in allow):
            remarks.add(
                "feeds.toml",
                where,
                "url",
                found="an address of this machine, which is refused as private",
                wanted="",
                fix='Allow it: [net] allow = ["127.0.0.0/8"] in monitor.toml',
            )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _holds(network: IPv4Network | IPv6Network, host: str) -> bool:
    address = ip_address("127.0.0.1" if host == "localhost" else host)
    return address.version == network.version and address in network
