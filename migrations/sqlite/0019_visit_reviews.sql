-- What was decided about visits that were held back. The visit itself stays as it was reported.

CREATE TABLE private_visit_review (
  -- The order of the log.
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  -- The visit, by its id at the source: a later import of the same visit changes no decision.
  source_id TEXT NOT NULL,
  decision TEXT NOT NULL CONSTRAINT visit_review_decides CHECK (decision IN ('accepted', 'rejected', 'reopened')),
  -- A role or an organisation, never a person.
  who TEXT NOT NULL CONSTRAINT visit_review_has_an_author CHECK (length(who) BETWEEN 1 AND 60),
  why TEXT NOT NULL CONSTRAINT visit_review_is_short CHECK (length(why) <= 1000),
  -- When, in UTC.
  at DATETIME NOT NULL
);
CREATE INDEX private_visit_review_by_visit ON private_visit_review (source_id, id);

-- The log only grows.
CREATE TRIGGER visit_review_is_not_changed BEFORE UPDATE ON private_visit_review
BEGIN SELECT RAISE(ABORT, 'a decision about a visit is not changed'); END;
CREATE TRIGGER visit_review_is_not_deleted BEFORE DELETE ON private_visit_review
BEGIN SELECT RAISE(ABORT, 'a decision about a visit is not deleted'); END;
