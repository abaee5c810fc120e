"""Business days: a country's code comes in; which days are worked there, and the nth after a day, go out.

Weekends and public holidays are those of the `holidays` package for the country (ISO 3166) or its
subdivision, such as `PK` or `DE-BY`.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase

_CODE = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?", re.ASCII)
_WEEKEND = frozenset((5, 6))  # Saturday and Sunday, where no calendar is said


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of a country or a part of it; of nowhere in particular where `code` is None.

    >>> Calendar("DE").after(dt.date(2026, 4, 30), 1)  # 1 May is a holiday, then comes a weekend
    datetime.date(2026, 5, 4)
    """

    code: str | None = None

    @staticmethod
    def parse(code: str) -> Calendar:
        """The calendar of that code; raises ValueError where none is known."""
        if not _CODE.fullmatch(code) or not _known(code):
            msg = f"no calendar is known by {code!r}"
            raise ValueError(msg)
        return Calendar(code)

    def works(self, day: dt.date) -> bool:
        """Whether it is a business day."""
        if self.code is None:
            return day.weekday() not in _WEEKEND
        off = _days_off(self.code)
        return day.weekday() not in off.weekend and day not in off

    def after(self, day: dt.date, number: int) -> dt.date:
        """The nth business day after a day; raises OverflowError beyond the calendar."""
        while number > 0:
            day += dt.timedelta(days=1)
            number -= self.works(day)
        return day


@lru_cache(maxsize=64)
def _days_off(code: str) -> HolidayBase:
    import holidays  # takes a tenth of a second, and few agreements need it

    country, _, part = code.partition("-")
    return holidays.country_holidays(country, subdiv=part or None)


def _known(code: str) -> bool:
    try:
        _days_off(code)
    except (NotImplementedError, KeyError, AttributeError):
        return False
    return True
