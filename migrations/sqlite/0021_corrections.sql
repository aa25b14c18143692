-- What was read otherwise than a file has it, because a person who saw the refusal said so.

-- How many cells, for the list of imports.
ALTER TABLE imports ADD COLUMN corrected INTEGER NOT NULL DEFAULT 0;

CREATE TABLE import_correction (
  -- The import that read it so.
  import_id INTEGER NOT NULL CONSTRAINT import_correction_has_an_import REFERENCES imports (id),
  -- Line or feature number in the file.
  line INTEGER NOT NULL,
  -- Column as the file spells it; never one that may name a person.
  field TEXT NOT NULL,
  -- What the file has and what was read; `…` for what may tell a home.
  was TEXT NOT NULL,
  became TEXT NOT NULL
);
CREATE INDEX import_correction_by_import ON import_correction (import_id);
