"""What may stand in actors.toml, places.toml and themes.toml."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from monitor.model import ActorKind, PlaceKind
from monitor.settings.values import Country, Day, Table, Text


class RoleTable(Table):
    """One of `roles` of an actor in actors.toml."""

    country: Country = Field(description="ISO code of the country")
    office: Text = Field(description='"president", "prime minister", ...')
    held: tuple[Day, Day] = Field((None, None), description='first and last day, "" for open')


class ActorTable(Table):
    """[actor.ID] of actors.toml."""

    name: Text = Field(description="what it is called")
    kind: ActorKind = Field("organisation", description="what sort of actor")
    short: Text | None = Field(None, description="used in topic labels")
    aliases: tuple[Text, ...] = Field((), description="other names")
    exact: tuple[Text, ...] = Field((), description="names that match as written only")
    demonyms: tuple[Text, ...] = Field((), description='words such as "Iranian"')
    home: tuple[Country, ...] = Field((), description="ISO codes of its countries")
    active: tuple[Day, Day] = Field((None, None), description='from and to, "" for open')
    languages: dict[str, tuple[Text, ...]] = Field(
        default_factory=dict, description="names in other languages"
    )
    roles: tuple[RoleTable, ...] = Field((), description="offices a person holds or held")


class PlaceTable(Table):
    """[place.ID] of places.toml."""

    name: Text = Field(description="what it is called")
    kind: PlaceKind = Field("city", description="country, region or city")
    country: Country = Field(description="ISO code of the country it lies in")
    inside: Text | None = Field(None, description="id of the next larger place")
    short: Text | None = Field(None, description="used in topic labels")
    aliases: tuple[Text, ...] = Field((), description="other names")
    exact: tuple[Text, ...] = Field((), description="names that match as written only")
    demonyms: tuple[Text, ...] = Field((), description="words for what is of it")
    population: Annotated[int, Field(ge=0)] = Field(0, description="of two of one name the larger")


class ThemeTable(Table):
    """[theme.ID] of themes.toml."""

    label: Text = Field(description="what it is called in topics")
    terms: dict[Text, Annotated[float, Field(gt=0)]] = Field(description="term = weight")
    negative: dict[Text, Annotated[float, Field(gt=0)]] = Field(
        default_factory=dict, description="terms that speak against it"
    )
    iptc: tuple[Text, ...] = Field((), description="ids of IPTC Media Topics")
    composable: bool = Field(False, description='whether it joins places: "Iraq violence"')
    min_sentences: Annotated[int, Field(ge=1)] = Field(2, description="how many must speak of it")
