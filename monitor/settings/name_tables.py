"""What may stand in places.toml and themes.toml; actors.toml stands in tables.py."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from monitor.model import PlaceKind
from monitor.settings.tables import Country, Table, Text


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
