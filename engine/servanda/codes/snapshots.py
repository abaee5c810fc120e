"""Codes S001 to S010: the snapshot of a tracker, or the state that a watch keeps, that cannot be used."""

from __future__ import annotations

from servanda.codes.info import info

_HEADER = '{"sum":"...","snapshot":1,"agreement":"istanbul-2025",...}'

CODES = (
    info(
        "S001",
        "snapshot cannot be opened",
        "The file does not exist, is a directory, may not be read or written, or another program is adding to it.",
        "Check the path and the permissions, and whether another watch keeps its state there.",
        "servanda watch istanbul.yaml -r reports.jsonl --state /root/state.jsonl",
        "servanda watch istanbul.yaml -r reports.jsonl --state state.jsonl",
    ),
    info(
        "S002",
        "not a snapshot",
        "A snapshot begins with a line that says what it is of. This file begins otherwise: it is empty, of another kind, or was cut "
        "within its first line.",
        "Give the path of a snapshot; or that of a new file, and the reports are read from their beginning.",
        "servanda watch istanbul.yaml -r reports.jsonl --state reports.jsonl",
        "servanda watch istanbul.yaml -r reports.jsonl --state state.jsonl",
    ),
    info(
        "S003",
        "another format version",
        "The snapshot was written by a version of Servanda that keeps them in another form.",
        "Use that version; or begin a new snapshot from the reports.",
        '{"sum":"...","snapshot":3,"agreement":"istanbul-2025",...}',
        _HEADER,
    ),
    info(
        "S004",
        "altered line",
        "Each line carries a checksum of all lines up to it, and here it does not fit: the line was altered, or one before it was "
        "altered, lost or moved. What follows cannot be relied on.",
        "Restore the file from a copy; or begin a new snapshot from the reports.",
        '{"sum":"5d41402a","report":{"id":"r1",...(edited)...}}',
        '{"sum":"5d41402a","report":{"id":"r1",...}}',
    ),
    info(
        "S005",
        "events are missing",
        "The header says how many events there were when the snapshot was written, and the file holds fewer: it was cut.",
        "Restore the file from a copy; or begin a new snapshot from the reports.",
        '{...,"events":3,...} followed by 2 lines',
        '{...,"events":3,...} followed by 3 lines or more',
    ),
    info(
        "S006",
        "snapshot of another agreement",
        "The snapshot is of an agreement with another id.",
        "Give the agreement that it is of; or the path of a new file, and the reports are read from their beginning.",
        "servanda watch minsk.yaml -r reports.jsonl --state istanbul.state",
        "servanda watch minsk.yaml -r reports.jsonl --state minsk.state",
    ),
    info(
        "S007",
        "the agreement has changed",
        "Since the snapshot was begun the agreement was changed in what it means: verdicts and findings may be others than those "
        "that were given. Comments, titles, texts and the order of keys make no difference.",
        "Bring back the agreement as it was; or begin a new snapshot from the reports.",
        "talks: {..., on: 2025-11-07}   # the snapshot is of 2025-11-06",
        "talks: {..., on: 2025-11-06}",
    ),
    info(
        "S008",
        "snapshot under another view",
        "Findings are changes under one view, and the snapshot was kept under another than is asked for.",
        "Ask for the view that it was kept under; or keep a snapshot for each view.",
        'servanda watch ... --state neutral.state --view "account of PAK"',
        'servanda watch ... --state pak.state --view "account of PAK"',
    ),
    info(
        "S009",
        "snapshot with another retention",
        "How long a tracker remembers decides what it can still find, and the snapshot was kept by one that remembers for another time.",
        "Ask for the retention that it was kept with; or begin a new snapshot from the reports.",
        'Tracker(agreement, retention="P1M")   # the snapshot says {...,"retention":"P1Y",...}',
        'Tracker(agreement, retention="P1Y")',
    ),
    info(
        "S010",
        "not an event",
        "The line is as it was written, but holds neither a report that can be read, nor a time: another program wrote it, or a later "
        "version.",
        "Use the program that wrote it; or begin a new snapshot from the reports.",
        '{"sum":"...","report":{"id":"r1"},"line":1}',
        '{"sum":"...","report":{"id":"r1","reported":"2025-11-06","source":"ary"},"line":1}',
    ),
)
