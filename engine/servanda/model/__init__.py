"""The nouns of the semantics: frozen, typed and hashable; they know no files, engines or screens."""
