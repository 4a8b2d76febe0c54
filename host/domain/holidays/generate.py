"""Makes the tables of national holidays in this folder, by hand, when a new version of its source is out:

    pip install holidays==0.109
    python generate.py

The source is the package `holidays` (https://pypi.org/project/holidays/, MIT, see LICENSE-holidays). The same version
gives the same bytes. What stands in a table and how it is read is told in ../src/holidays.rs.
"""

import inspect
import json
import re
from datetime import date, timedelta
from pathlib import Path

import holidays

YEARS = range(2020, 2031)
# With the time zone of the capital; a desk elsewhere in the country says its own.
COUNTRIES = {
    "AE": ("United Arab Emirates", "Asia/Dubai"),
    "CZ": ("Czechia", "Europe/Prague"),
    "DE": ("Germany", "Europe/Berlin"),
    "FR": ("France", "Europe/Paris"),
    "GB": ("United Kingdom", "Europe/London"),
    "HU": ("Hungary", "Europe/Budapest"),
    "IN": ("India", "Asia/Kolkata"),
    "IR": ("Iran", "Asia/Tehran"),
    "JP": ("Japan", "Asia/Tokyo"),
    "PL": ("Poland", "Europe/Warsaw"),
    "RU": ("Russia", "Europe/Moscow"),
    "TR": ("Türkiye", "Europe/Istanbul"),
    "UA": ("Ukraine", "Europe/Kyiv"),
    "US": ("United States", "America/New_York"),
}
# Where the law leaves general holidays to regions that only add to those of the whole country.
WITH_REGIONS = {"DE", "FR", "GB"}
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
MOVED_FROM = re.compile(r"substituted from (\d\d)/(\d\d)/(\d{4})")
PACKAGE = f"PyPI holidays {holidays.__version__} (MIT)"


def days_off(found, english):
    """The days with their names; the English one where it is another."""
    days = {}
    for day in sorted(found):
        days[day.isoformat()] = {"name": found[day]}
        if english[day] != found[day]:
            days[day.isoformat()]["english"] = english[day]
    return days


def exchanged(code):
    """Days of the weekend that are worked, each with the day of the week whose place it takes."""
    # A day of December may be worked for one of January, which is told in the January's year.
    years = range(YEARS.start - 1, YEARS.stop + 1)
    found = holidays.country_holidays(code, years=years, language="en_US")
    free_for = {}
    for day, name in found.items():
        for month, of_month, year in MOVED_FROM.findall(name):
            free_for[date(int(year), int(month), int(of_month))] = day
    worked = {}
    for day in sorted(found.weekend_workdays):
        # Where the source does not say for which day it is worked: as the working day before it.
        as_day = free_for.get(day) or next(
            before for before in (day - timedelta(n) for n in range(1, 8)) if not found.is_weekend(before)
        )
        worked[day.isoformat()] = DAYS[as_day.weekday()]
    return worked


def references(country):
    """The sources that the package names for a country: of some years, and of all."""
    module = inspect.getmodule(type(country))
    of_years, of_all = {}, []
    for _, found in inspect.getmembers(module, inspect.isclass):
        if inspect.getmodule(found) is not module:
            continue
        for line in (found.__dict__.get("__doc__") or "").splitlines():
            told = re.match(r"\s*\* (?:\[(?P<label>[^\]]+)\]\((?P<url>\S+)\)|<(?P<plain>\S+)>)\s*$", line)
            if not told:
                continue
            url = told["url"] or told["plain"]
            span = re.match(r"(\d{4})(?:\s*[-–]\s*(\d{4}|\d{2})?)?", told["label"] or "")
            if not span:
                if url not in of_all:
                    of_all.append(url)
                continue
            first, last = int(span[1]), span[2] or span[1]
            last = int(str(first)[: 4 - len(last)] + last)
            for year in range(first, last + 1):
                of_years.setdefault(year, []).append(url)
    return of_years, of_all


def table(code):
    """The whole table of a country."""
    name, zone = COUNTRIES[code]
    own = holidays.country_holidays(code)
    # Without it the package speaks the language of the machine.
    local = {"language": own.default_language}
    of_years, of_all = references(own)
    worked = exchanged(code)
    years = {}
    for year in YEARS:
        found = holidays.country_holidays(code, years=year, **local)
        english = holidays.country_holidays(code, years=year, language="en_US")
        week = [date(year, 6, 1) + timedelta(n) for n in range(7)]
        of_year = {
            "sources": [PACKAGE, *of_years.get(year, [])],
            "weekend": [DAYS[day] for day in sorted(day.weekday() for day in week if found.is_weekend(day))],
            "holidays": days_off(found, english),
        }
        worked_then = {day: as_day for day, as_day in worked.items() if day.startswith(str(year))}
        if worked_then:
            of_year["exchanged"] = worked_then
        estimated = [day.isoformat() for day in sorted(english) if "estimated)" in english[day]]
        if estimated:
            of_year["estimated"] = estimated
        if code in WITH_REGIONS:
            regions = {}
            for region in sorted(found.subdivisions):
                there = holidays.country_holidays(code, subdiv=region, years=year, **local)
                told = holidays.country_holidays(code, subdiv=region, years=year, language="en_US")
                assert set(found) <= set(there), f"{code}-{region} works on a holiday of the whole country"
                more = {day: what for day, what in days_off(there, told).items() if date.fromisoformat(day) not in found}
                if more:
                    regions[region] = more
            of_year["regions"] = regions
        years[str(year)] = of_year
    return {"country": code, "name": name, "time_zone": zone, "references": of_all, "years": years}


if __name__ == "__main__":
    for code in COUNTRIES:
        text = json.dumps(table(code), ensure_ascii=False, indent=1)
        Path(__file__).with_name(f"{code.lower()}.json").write_text(text + "\n", encoding="utf-8")
