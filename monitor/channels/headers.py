"""How headers of a mail are written on the wire, where the standard library's way does harm.

It decodes encoded words in what it is given: a headline that spells a line break in them
("=?utf-8?q?=0D=0ABcc:…?=") would add a header of its own. Its folding turns an id longer than a
line into encoded words, which no program that looks for an id decodes; and behind an address longer
than a line it encodes the comma, too, so that the list is one no more (all of it in Python 3.11.7).
"""

from __future__ import annotations

from email.header import Header
from email.headerregistry import HeaderRegistry, UniqueAddressHeader, UnstructuredHeader
from email.policy import SMTP
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from email.headerregistry import Address
    from email.policy import Policy

_ADDRESSES: Final = ("From", "To", "Reply-To")
_TEXTS: Final = ("Subject",)
_IDS: Final = (
    "In-Reply-To",
    "References",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "X-Wirewatch-Alert",
    "X-Wirewatch-Delivery",
    "X-Wirewatch-Digest",
    "X-Wirewatch-Story",
    "X-Wirewatch-Watch",
)


class _Addresses(UniqueAddressHeader):
    """Addresses, one a line; names in another script encoded."""

    def fold(self, *, policy: Policy) -> str:
        """The header in lines that end as the policy says."""
        written = (_written(address, policy.linesep) for address in self.addresses)
        return _line(self, f",{policy.linesep} ".join(written), policy)


class _Literal(UnstructuredHeader):
    """Text that means itself: nothing in it is decoded."""

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        """Take the text as it is; the tree is what the standard library wants to be given."""
        kwds["parse_tree"] = cls.value_parser("")
        kwds["decoded"] = value


class _Text(_Literal):
    """Words for people, encoded where they are no plain ASCII or look encoded already."""

    def fold(self, *, policy: Policy) -> str:
        """The header in lines that end as the policy says."""
        text = str(self)
        return _line(self, _encoded(text, policy.linesep) if not _is_plain(text) else text, policy)


class _Ids(_Literal):
    """Ids and URLs as they are, one a line."""

    def fold(self, *, policy: Policy) -> str:
        """The header in lines that end as the policy says."""
        return _line(self, f"{policy.linesep} ".join(str(self).split()), policy)


def _line(header: object, value: str, policy: Policy) -> str:
    return f"{getattr(header, 'name', '')}: {value}{policy.linesep}"


def _written(address: Address, linesep: str) -> str:
    name = address.display_name
    return str(address) if _is_plain(name) else f"{_encoded(name, linesep)} <{address.addr_spec}>"


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and "=?" not in text


def _encoded(text: str, linesep: str) -> str:
    """The text as encoded words (RFC 2047), so many on a line as it holds."""
    return Header(text, "utf-8", header_name="Subject").encode(linesep=linesep)


def _registry() -> HeaderRegistry:
    registry = HeaderRegistry()
    for names, kind in ((_ADDRESSES, _Addresses), (_TEXTS, _Text), (_IDS, _Ids)):
        for name in names:
            registry.map_to_type(name, kind)  # type: ignore[arg-type]  # it makes BaseHeaders of them
    return registry


WIRE: Final = SMTP.clone(cte_type="7bit", header_factory=_registry())
"""Seven bits only: every server takes it, whatever it says of 8BITMIME or SMTPUTF8."""
