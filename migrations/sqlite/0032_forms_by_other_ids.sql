-- Other ids of the forms that visits came from: a server gives a form a new id when somebody edits it, and says which one
-- it had before, or leaves its own number and the moment at which it came in as they were.
CREATE TABLE private_visit_alias (
  -- A keyed hash of that id.
  alias INTEGER PRIMARY KEY NOT NULL,
  -- The id under which the visit is kept.
  source_id TEXT NOT NULL
);
CREATE INDEX private_visit_alias_by_visit ON private_visit_alias (source_id);

-- What leaves leaves nothing behind.
CREATE TRIGGER visit_alias_goes_with_its_visit AFTER DELETE ON private_visit
BEGIN DELETE FROM private_visit_alias WHERE source_id = old.source_id; END;
CREATE TRIGGER visit_alias_ends_with_the_id AFTER UPDATE OF source_id ON private_visit
WHEN old.source_id <> new.source_id
BEGIN DELETE FROM private_visit_alias WHERE source_id = old.source_id; END;
