"""Choices come in; a small agreement, as YAML would give it, goes out.

Each agreement has one or a few plain clauses and a theme: the part of the clause language that is laid
over them, so that every form meets every kind of uncertainty and the worlds stay few.
"""

from .choices import ACTORS, PLACES, SOURCES, Agreement, Choices, Written, day, days
from .generate_clauses import clause, consequence
from .generate_language import THEMES, Language


def agreement(c: Choices) -> Agreement:
    theme = c.one(["plain", "plain", "plain", *THEMES])
    draft = Language(c, {}, {}, {"from": day(c.one([0, 0, 2])), "until": c.one(["open", day(9), day(13), "P11D"])})
    for number in range(c.int(1, 4) if theme == "plain" else c.one([1, 1, 1, 2])):
        draft.clauses[f"c{number + 1}"] = clause(c, draft.clauses)
    if theme != "plain":
        getattr(draft, theme)()
        if c.chance(45):
            getattr(draft, c.one(THEMES))()
        if c.chance(30) and draft.duties():
            draft.add("follow", consequence(c, draft.duties()))
    clauses: Written = draft.clauses
    if c.chance(30):  # a clause may refer to one written after it
        clauses = dict(reversed(clauses.items()))
    made: Agreement = {
        "servanda": 1,
        "agreement": "generated",
        "timezone": "UTC",
        "term": draft.term,
        "actors": ACTORS,
        "sources": SOURCES,
        "places": PLACES,
        "evidence": {"corroboration": c.one([1, 1, 2]), "grace": days(c.one([0, 0, 1, 3]))},
        "views": {"press first": {"ranking": [["kind:media"], ["rest"]], "corroboration": c.int(1, 2)}},
        "clauses": clauses,
    }
    if draft.states:
        made["states"] = draft.states
    return made
