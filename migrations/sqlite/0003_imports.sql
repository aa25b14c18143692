-- Where every row came from, and what was refused at the door.

CREATE TABLE imports (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  -- What the file holds: it decides how the file is read.
  kind TEXT NOT NULL CONSTRAINT import_has_a_kind
    CHECK (kind IN ('boundaries', 'mergers', 'villages', 'visits', 'samples')),
  -- Base name, so that a person finds the file again; a path would tell where they keep things.
  file TEXT NOT NULL,
  -- SHA-256 of bytes and options: how a second import of the same file is recognised.
  hash TEXT NOT NULL,
  -- The reader that recognised the file, to explain how columns were understood.
  profile TEXT NOT NULL,
  -- Made for the demo: every output says so.
  synthetic BOOLEAN NOT NULL CONSTRAINT import_is_synthetic_or_not CHECK (synthetic IN (0, 1)),
  -- What became of the rows, for the summary and the list of imports.
  inserted INTEGER NOT NULL DEFAULT 0,
  updated INTEGER NOT NULL DEFAULT 0,
  unchanged INTEGER NOT NULL DEFAULT 0,
  refused INTEGER NOT NULL DEFAULT 0,
  -- JSON list of columns dropped at the door because they may name a person.
  dropped_fields TEXT NOT NULL DEFAULT '[]',
  -- When, in UTC.
  at DATETIME NOT NULL
);

-- Not unique: rows refused for want of a unit are welcome once the unit is there.
CREATE INDEX imports_by_hash ON imports (hash, kind);

-- Registered as a table without geometry for two reasons: a person who opens the file should see its
-- sources, and GDAL hides the tables that are not registered (visits, samples) as soon as one is.
INSERT INTO gpkg_contents (table_name, data_type, identifier, description)
VALUES ('imports', 'attributes', 'imports', 'Files that were read, and what became of their rows');

CREATE TABLE refused_row (
  -- The import that refused it.
  import_id INTEGER NOT NULL CONSTRAINT refused_row_has_an_import REFERENCES imports (id),
  -- Line or feature number in the file, so that a person can mend it.
  line INTEGER NOT NULL,
  -- Column as the file spells it; empty for the whole row.
  field TEXT NOT NULL,
  -- The offending text, cut short by the reader.
  found TEXT NOT NULL,
  -- Stable name of the reason.
  reason TEXT NOT NULL,
  -- What would have been right, in English; the reader's language is made from the reason.
  expected TEXT NOT NULL,
  -- What to try, where we have an idea.
  hint TEXT
);
CREATE INDEX refused_row_by_import ON refused_row (import_id);
