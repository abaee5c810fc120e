"""An instance comes in; the short phrases that tables and documents show of it go out.

Nothing a report or an agreement says can reach a terminal as a control sequence: `clean` sees to it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from servanda.lifecycle.wording import progress_words, span
from servanda.model.moments import BEGINNING, END, Interval, local_clock
from servanda.model.verdict import Evidence, Instance, TriggerRef, Verdict

# Control characters, line separators, and what reverses or hides the text that follows.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb]"
)
_ONGOING = ("dormant", "pending", "holding", "overdue", "undetermined")
_SHOWN = 6
_CHANGES = frozenset(("extension", "amendment", "suspension"))  # what says nothing of a breach
_TICK = dt.timedelta(microseconds=1)
DAY_LAST = dt.time(23, 59, 59, 999_999)


def clean(text: str) -> str:
    r"""The text on one line, with what could disturb a terminal replaced.

    >>> clean("a\nb\x1b[31m")
    'a b\ufffd[31m'
    """
    return _UNSAFE.sub("\ufffd", re.sub(r"[\t\r\n]+", " ", text))


def people(bearer: Iterable[str]) -> str:
    """Who is bound, as `A+B` where several bear it jointly."""
    return "+".join(bearer)


def trigger_words(trigger: TriggerRef | None) -> str:
    """What created an instance.

    >>> trigger_words(TriggerRef("violated", "chaman", "ceasefire", ("PAK",)))
    'violated ceasefire/PAK (chaman)'
    """
    if trigger is None:
        return ""
    if trigger.kind == "event":
        return trigger.incident or ""
    cause = f"{trigger.kind} {trigger.clause}/{people(trigger.bearer)}"
    return f"{cause} ({trigger.incident})" if trigger.incident else cause


def cause_words(instance: Instance, zone: ZoneInfo) -> str:
    """What created an instance, or which period it is of."""
    if instance.period is None:
        return trigger_words(instance.trigger)
    return f"{span(Interval(instance.period.start, instance.period.until - 1), zone)}"


def verdict_words(instance: Instance) -> str:
    """The verdict, with the outcomes left or the cure."""
    if instance.possible:
        return f"undetermined: {' or '.join(instance.possible)}"
    return f"{instance.status}, cured" if instance.cured else instance.status


def why_words(instance: Instance) -> list[str]:
    """Why: each reason with its incidents, then the evidence, then how much was reported at all."""
    reasons: dict[str, list[str]] = {}
    for one in instance.because:
        reasons.setdefault(one.reason.replace("_", " "), []).append(one.incident)
    lines = [f"{reason}: {_some(incidents)}" for reason, incidents in reasons.items()]
    effects: dict[str, list[str]] = {}
    for proof in instance.evidence:
        if proof.effect != "trigger" and proof.text is None:
            effects.setdefault(proof.effect, []).append(_proof(proof))
    lines += [f"{effect}: {_some(proofs)}" for effect, proofs in effects.items()]
    if instance.progress is not None:
        lines.append(progress_words(instance.progress))
    if instance.approximate:
        lines.append("approximate: may hold an outcome too many")
    lines += [proof.text for proof in instance.evidence if proof.text is not None]
    nothing_yet = not instance.because and effects.keys() <= _CHANGES
    if nothing_yet and instance.coverage is not None and instance.status in ("holding", "fulfilled"):
        covered = instance.coverage
        told = f"in {plural(covered.reports, 'report')} by {plural(covered.claimants, 'claimant')}"
        lines.append(f"no breach {told}" if covered.reports else "no breach, but nothing reported either")
    return lines


def when_words(instance: Instance, zone: ZoneInfo) -> list[str]:
    """When it is due, since when the verdict holds, and when it was cured; on the agreement's clock."""
    due, since, cured = instance.due, instance.since, instance.cured
    lines = []
    if due is not None and _known(due) and instance.status in (*_ONGOING, "violated"):
        lines.append(f"due {span(due, zone)}")
    begun = instance.status not in ("dormant", "pending")
    if since is not None and _known(since) and begun and (since != due or not lines):
        lines.append(f"since {day_words(since, zone)}")
    if cured is not None:
        lines.append(f"cured {day_words(cured.at, zone)} ({cured.delay})")
    return lines


def day_words(time: Interval, zone: ZoneInfo) -> str:
    """An interval on the local clock, to the minute, and by days where it begins and ends with days.

    >>> day_words(Interval(0, 86_400_000_000), ZoneInfo("UTC"))
    '1970-01-01'
    """
    if time.earliest <= BEGINNING or time.latest >= END:
        return span(time, zone)
    first, last = local_clock(time.earliest, zone), local_clock(time.latest, zone)
    midnight = last.time() == dt.time(0)
    shown = _minute(first, dt.time(0)), _minute(last - _TICK if midnight and last > first else last, DAY_LAST)
    if time.earliest == time.latest:
        return _minute(first, DAY_LAST if first.time() == DAY_LAST else dt.time(0))
    return shown[0] if shown[0] == shown[1] else f"{shown[0]} to {shown[1]}"


def _minute(local: dt.datetime, whole: dt.time) -> str:
    same = local.time().replace(second=0, microsecond=0) == whole.replace(second=0, microsecond=0)
    return local.date().isoformat() if same else f"{local:%Y-%m-%d %H:%M}"


def counts_words(summary: dict[str, int]) -> str:
    """The counts, the gravest first.

    >>> counts_words({"fulfilled": 2, "violated": 1})
    '1 violated, 2 fulfilled'
    """
    shown = sorted(summary.items(), key=lambda item: GRAVITY.index(item[0]))
    return ", ".join(f"{count} {status}" for status, count in shown) or "no instance"


def plural(count: int, noun: str) -> str:
    """A count with its noun.

    >>> plural(1, "report"), plural(2, "report")
    ('1 report', '2 reports')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


GRAVITY: tuple[Verdict, ...] = (
    "violated",
    "overdue",
    "undetermined",
    "unenforceable",
    "suspended",
    "pending",
    "holding",
    "fulfilled",
    "waived",
    "ended",
    "dormant",
)


def _proof(proof: Evidence) -> str:
    kind = "" if proof.standing in (None, "established") else f"{proof.standing}: "
    if not kind and proof.reports == (proof.incident,):
        return proof.reports[0]
    return f"{proof.incident} ({kind}{_some(list(proof.reports), 3)})"


def _some(items: list[str], most: int = _SHOWN) -> str:
    """The first few of a list, and how many more there are."""
    more = len(items) - most
    return ", ".join(items[:most]) + (f" and {more} more" if more > 0 else "")


def _known(time: Interval) -> bool:
    return time.earliest > BEGINNING or time.latest < END
