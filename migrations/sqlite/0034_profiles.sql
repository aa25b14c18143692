-- What columns of measurements hold, as somebody said when a file came in: the next file that has them is offered it.
CREATE TABLE profiles (
  name TEXT PRIMARY KEY NOT NULL CONSTRAINT profile_has_a_name CHECK (length(name) > 0),
  -- TOML, as its file.
  text TEXT NOT NULL,
  -- The import that used it last.
  import_id INTEGER NOT NULL REFERENCES imports (id)
) WITHOUT ROWID;
