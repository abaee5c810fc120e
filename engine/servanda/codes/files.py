"""Codes A001 to A017: a file that cannot be opened, or is not the YAML that is read here."""

from __future__ import annotations

from servanda.codes.info import info

CODES = (
    info(
        "A001",
        "file cannot be opened",
        "The file does not exist, is a directory, or may not be read. Nothing of it was checked.",
        "Check the path, and the permissions of the file.",
        "servanda lint istambul.yaml",
        "servanda lint istanbul.yaml",
    ),
    info(
        "A002",
        "not UTF-8",
        "An agreement file is text in UTF-8. A byte was found that cannot be part of it; the file was probably saved "
        "with another encoding.",
        "Save the file again with the encoding UTF-8.",
        "title: T\\xfcrkiye   # Latin-1",
        "title: Türkiye     # UTF-8",
    ),
    info(
        "A003",
        "character not allowed",
        "Control characters, unpaired surrogates and invisible line separators are not allowed: readers of YAML "
        "disagree about them, and they can hide what a file says. Tabs and line breaks are allowed.",
        "Remove the character, or retype the line.",
        "title: cease<U+0007>fire",
        "title: ceasefire",
    ),
    info(
        "A004",
        "file too large",
        "The file is larger than 8 MiB. An agreement is text written by people; reports belong in a report file.",
        "Keep reports in a file of their own, and split agreements into several files.",
        "# nine megabytes of clauses",
        "# one agreement in each file",
    ),
    info(
        "A005",
        "too many values",
        "The file holds more than 2,000,000 values. Reading stops there, so that no file can exhaust the machine.",
        "Split the agreement.",
        "x: [1, 1, 1, 1]   # and so on, millions of times",
        "x: [1, 1, 1, 1]",
    ),
    info(
        "A006",
        "nested too deep",
        "Lists and mappings lie in each other more than 64 levels deep. No agreement needs that, and a file made to "
        "crash its readers looks so.",
        "Write it flatter.",
        "must: {act: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[force]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}",
        "must: {act: force}",
    ),
    info(
        "A007",
        "value too long",
        "One text is longer than 64 KiB. The words of a clause are kept for the reader; a whole treaty is better cited.",
        "Shorten the text, and say in `cites` where the rest is found.",
        "text: ... 70,000 characters ...",
        "text: The first sentence.\ncites: {document: treaty, article: 4}",
    ),
    info(
        "A008",
        "empty file",
        "The file is empty, or holds only comments. There is nothing that could be checked.",
        "Begin with `servanda: 1`; `servanda init` writes an example.",
        "# to be written",
        "servanda: 1\nagreement: name",
    ),
    info(
        "A009",
        "not YAML",
        "The file is not well-formed YAML, and cannot be read further than this place. The mistake may lie a little "
        "before it: a bracket or quotation mark that is not closed, or an indentation that does not fit.",
        "Check indentation, quotation marks and brackets of this line and the one before.",
        "binds: [PAK, AFG",
        "binds: [PAK, AFG]",
    ),
    info(
        "A010",
        "anchor",
        "YAML anchors (`&name`) are not used in agreements: what holds for a clause is written in the clause, where "
        "every reader sees it.",
        "Remove the anchor, and write the value out where it is needed.",
        "must: &talk {act: talk}",
        "must: {act: talk}",
    ),
    info(
        "A011",
        "alias",
        "YAML aliases (`*name`) are not used in agreements. A few lines of them can unfold into gigabytes.",
        "Write the value out.",
        "must: *talk",
        "must: {act: talk}",
    ),
    info(
        "A012",
        "merge key",
        "The merge key `<<` is not part of YAML 1.2, and is not used in agreements.",
        "Write the keys out in each place.",
        "<<: {binds: [PAK]}",
        "binds: [PAK]",
    ),
    info(
        "A013",
        "tag",
        "YAML tags (`!name`, `!!str`) are not used in agreements: a value is what it looks like.",
        "Remove the tag; put a number that is meant as text in quotes.",
        "agreement: !!str 2025",
        'agreement: "2025"',
    ),
    info(
        "A014",
        "directive or second document",
        "A file holds one agreement, without YAML directives (`%YAML`) and without a second document after `---`.",
        "Remove the directive, or move the second agreement to its own file.",
        "servanda: 1\n---\nservanda: 1",
        "servanda: 1",
    ),
    info(
        "A015",
        "key is not text",
        "Every key is a name. A number, true, false, null, a list or a mapping cannot be one; YAML would read "
        "`1` and `0x1` as the same key.",
        "Put the key in quotes.",
        "clauses: {1: {binds: PAK}}",
        'clauses: {"1": {binds: PAK}}',
    ),
    info(
        "A016",
        "number out of range",
        "A number is infinite, no number at all (`.nan`), or too large to be computed with exactly.",
        "Write a finite number, or put it in quotes if it is text.",
        "quantity: {gte: .inf}",
        "quantity: {gte: 1000}",
    ),
    info(
        "A017",
        "more problems than are shown",
        "After 1,000 problems the rest is only counted.",
        "Correct the first ones, and check again.",
        "# a file of another kind",
        "servanda: 1",
    ),
)
