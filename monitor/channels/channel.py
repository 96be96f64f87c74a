"""What every channel is: its settings, how it is opened, what it can do."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING, Annotated, ClassVar, Protocol, TypeVar, runtime_checkable
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from monitor.channels.zone import UTC_ZONE, parse_zone
from monitor.errors import Bug
from monitor.model import Rate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from monitor.model import Alert, Delivery, Message, Receipt

IPNetwork = IPv4Network | IPv6Network


class Channel(Protocol):
    """A place where alerts go. What the other side does is answered by a receipt, never raised.

    It may send several alerts at once, all from one event loop, and may keep connections open.
    """

    async def send(self, delivery: Delivery, message: Message) -> Receipt:
        """Take the alert or digest there. Every attempt bears the delivery's id: repeats show."""
        ...

    def draft(self, delivery: Delivery, message: Message) -> str:
        """What `send` takes where, as lines for a person; no secret is among them."""
        ...

    async def close(self) -> None:
        """Give back connections; the channel is not used again."""
        ...


@runtime_checkable
class Keeper(Channel, Protocol):
    """A channel that is a record: of a digest it gets every alert, page by page, before the digest
    itself, which then counts them only.
    """

    async def keep(self, delivery: Delivery, alerts: tuple[Alert, ...]) -> Receipt:
        """Take a page there; of those it has already nothing is doubled."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """An attempt with what was said both ways, as lines for a person; no secret is among them."""

    receipt: Receipt
    sent: Callable[[], Iterable[str]]
    came: Callable[[], Iterable[str]] = tuple


@runtime_checkable
class Conversing(Channel, Protocol):
    """A channel that can tell what was said both ways."""

    async def exchange(self, delivery: Delivery, message: Message) -> Exchange:
        """Take it there, as `send` does."""
        ...


class ChannelConfig(BaseModel):
    """One table of `channels.toml`: every kind of channel has its own subclass called `Config`.

    `allowance` is how often each watch may tell a channel of this kind if nothing else is said.
    """

    allowance: ClassVar[Rate | None] = None

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,  # a mistyped secret must not be printed with the complaint
    )

    zone: Annotated[ZoneInfo, BeforeValidator(parse_zone)] = Field(
        default=UTC_ZONE,
        description="Time zone that people are shown times in and whose clock digests and quiet "
        "hours go by, by its IANA name. What programs are given stays in UTC.",
    )


C_contra = TypeVar("C_contra", bound=ChannelConfig, contravariant=True)
C = TypeVar("C", bound=ChannelConfig)


class OpensChannel(Protocol[C_contra]):
    """The `open_channel` of one kind: makes a channel from its name and settings, touches nothing.

    `allow` and `contact` are those of `[net]`: private networks that may be called all the same,
    and whom the other side may write to.
    """

    def __call__(
        self, name: str, config: C_contra, *, allow: tuple[IPNetwork, ...], contact: str
    ) -> Channel: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of channel: the model its settings must satisfy, and how it is opened with them.

    `odd` says what will not work, a line each, `allow` being that of `[net]`; it may take its time,
    so `wirewatch check` asks.
    """

    config: type[ChannelConfig]
    open_channel: OpensChannel[ChannelConfig]
    odd: Callable[[ChannelConfig, tuple[IPNetwork, ...]], tuple[str, ...]]


def _nothing_odd(_: object, __: tuple[IPNetwork, ...]) -> tuple[str, ...]:
    return ()


def kind(
    model: type[C],
    opens: OpensChannel[C],
    *,
    odd: Callable[[C, tuple[IPNetwork, ...]], tuple[str, ...]] = _nothing_odd,
) -> Kind:
    """The kind of these settings; opening it with those of another kind is a Bug."""

    def ours(config: ChannelConfig, name: str = "") -> C:
        if not isinstance(config, model):
            raise Bug(
                f"the settings are of {type(config).__module__}, wanted {model.__module__}",
                channel=name,
            )
        return config

    def open_channel(
        name: str, config: ChannelConfig, *, allow: tuple[IPNetwork, ...], contact: str
    ) -> Channel:
        return opens(name, ours(config, name), allow=allow, contact=contact)

    return Kind(
        config=model, open_channel=open_channel, odd=lambda config, allow: odd(ours(config), allow)
    )
