-- An import can be taken back: its rows go, its line stays and says so.

-- Who brought it, a role and its scope; empty before this was written down.
ALTER TABLE imports ADD COLUMN role TEXT;
ALTER TABLE imports ADD COLUMN scope TEXT;
-- Rows of others that it wrote over, and sites of earlier lists that it took out; empty where that was not written down.
ALTER TABLE imports ADD COLUMN replaced INTEGER CONSTRAINT import_replaced_is_a_count CHECK (replaced >= 0);
ALTER TABLE imports ADD COLUMN removed INTEGER CONSTRAINT import_removed_is_a_count CHECK (removed >= 0);
-- When it was taken back, in UTC; empty while it stands.
ALTER TABLE imports ADD COLUMN taken_back DATETIME;
-- Rows that went, and rows of it that stay because their term had ended and nothing tells them apart.
ALTER TABLE imports ADD COLUMN taken_back_rows INTEGER CONSTRAINT import_taken_back_is_a_count CHECK (taken_back_rows >= 0);
ALTER TABLE imports ADD COLUMN kept_rows INTEGER CONSTRAINT import_kept_is_a_count CHECK (kept_rows >= 0);

-- Measurements that an import found known, by the import that had brought them; 0 where they had lost their phone. It
-- tells whose file is to come in again when that one is taken back.
CREATE TABLE import_known (
  import_id INTEGER NOT NULL CONSTRAINT import_known_has_an_import REFERENCES imports (id),
  of_import INTEGER NOT NULL,
  rows INTEGER NOT NULL CONSTRAINT import_known_is_a_count CHECK (rows > 0),
  CONSTRAINT import_known_is_there_once PRIMARY KEY (import_id, of_import)
) WITHOUT ROWID;

-- Added to the number of the last measurement, so that what is known by it moves on when measurements are taken back.
ALTER TABLE phusong_store ADD COLUMN samples_taken_back INTEGER NOT NULL DEFAULT 0;
