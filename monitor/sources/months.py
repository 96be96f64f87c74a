"""The months as news writes them: a line for each, in two dozen languages, long and short."""

from __future__ import annotations

from typing import Final

_NAMES: Final = tuple(
    names.split()
    for names in (
        "jan ιαν ιανουαρίου january januari januar janv janvier janeiro enero ene gennaio gen "
        "styczeń stycznia sty ocak oca январь января янв січня يناير ianuarie",
        "feb φεβ φεβρουαρίου february februari februar fév févr février fevereiro fev febrero "
        "febbraio luty lutego lut şubat şub февраль февраля фев лютого فبراير februarie",
        "mar μαρ μάρ μαρτίου march mars märz maerz mär maart mrt março marzo marzec marca "
        "mart март марта мар березня مارس martie",
        "apr απρ απριλίου april avr avril abril abr aprile kwiecień kwietnia kwi nisan nis "
        "апрель апреля апр квітня أبريل ابريل aprilie",
        "may μάι μαι μαΐου mai maj mei maio mayo maggio mag maja mayıs май мая травня مايو",
        "jun ιουν ιούν ιουνίου june juni juin junho junio giugno giu czerwiec czerwca cze "
        "haziran haz июнь июня июн червня يونيو iunie",
        "jul ιουλ ιούλ ιουλίου july juli juil juillet julho julio luglio lug lipiec lipca lip "
        "temmuz tem июль июля июл липня يوليو iulie",
        "aug αυγ αύγ αυγούστου august augusti août aout agosto ago sierpień sierpnia sie "
        "ağustos ağu август августа авг серпня أغسطس اغسطس",
        "sep σεπ σεπτεμβρίου sept september septembre setembro septiembre settembre set "
        "wrzesień września wrz eylül eyl сентябрь сентября сен сент вересня سبتمبر septembrie",
        "oct οκτ οκτωβρίου okt october oktober octobre outubro out octubre ottobre ott "
        "październik października paź ekim eki октябрь октября окт жовтня أكتوبر اكتوبر "
        "octombrie",
        "nov νοε νοέ νοεμβρίου november novembre novembro noviembre listopad listopada lis "
        "kasım kas ноябрь ноября ноя листопада نوفمبر noiembrie",
        "dec δεκ δεκεμβρίου dez déc dic december dezember décembre decembre dezembro "
        "diciembre dicembre grudzień grudnia gru aralık ara декабрь декабря дек грудня ديسمبر "
        "decembrie",
    )
)
MONTHS: Final = {name: number for number, names in enumerate(_NAMES, start=1) for name in names}
