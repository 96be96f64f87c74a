"""The elements of an XML document of a stranger, one after the other.

For the small formats we read ourselves. Nothing is loaded from outside, and a document that
declares entities is refused: those are how some lines become gigabytes, and how local files leak.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from monitor.errors import ParseError
from monitor.sources.document import in_utf8, without_bad_references

if TYPE_CHECKING:
    from lxml.etree import _Element

_DECLARATIONS: Final = tuple(
    "<!ENTITY".encode(name) for name in ("utf-8", "utf-16-le", "utf-16-be")
)


def elements(body: bytes, name: str) -> Iterator[_Element]:
    """Each whole element of this local name, whatever its namespace, in order of its end tag.

    It is emptied when the next one is asked for: a long document takes no more room than a short
    one. What is misspelt or cut off is mended as well as can be. Raises ParseError for a document
    that declares entities.
    """
    from lxml import etree  # a text seed needs it not

    if any(declaration in body for declaration in _DECLARATIONS):
        raise ParseError("this XML document declares entities of its own, which we do not read")
    text = in_utf8(body)
    walk = etree.iterparse(
        io.BytesIO(without_bad_references(body if text is None else text)),
        encoding=None if text is None else "utf-8",  # whatever its first line says
        events=("end",),
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for _, element in walk:
            if local_name(element) == name:
                yield element
                element.clear(keep_tail=False)
    except etree.XMLSyntaxError:
        return  # not even recoverable: what came before it was read


def local_name(element: _Element) -> str:
    """The element's name in lower case without namespace; of an undeclared prefix, too."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def texts(element: _Element) -> dict[str, str]:
    """Local name -> text, of all elements inside this one; the first of a name counts."""
    found: dict[str, str] = {}
    for inner in element.iterdescendants():
        if name := local_name(inner):
            found.setdefault(name, " ".join((inner.text or "").split()))
    return found
