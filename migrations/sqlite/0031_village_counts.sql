-- What a village had declared before a count of a later day took its place: a quarter that is over is told by the counts
-- of its own days. A count without a day corrects what was known, and leaves nothing here.
CREATE TABLE village_count (
  id INTEGER PRIMARY KEY NOT NULL,
  village TEXT NOT NULL CONSTRAINT count_has_a_village REFERENCES village_register (code),
  households INTEGER NOT NULL,
  -- The first day on which it no longer held.
  until DATE NOT NULL
);

CREATE TRIGGER village_count_is_kept AFTER UPDATE OF households ON village_register
WHEN old.households <> new.households AND new.households_date > coalesce(old.households_date, '')
BEGIN
  INSERT INTO village_count (village, households, until) VALUES (old.code, old.households, new.households_date);
END;
