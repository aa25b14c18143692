-- What may leave the store, and what says afterwards that it left.

-- Homes that were erased, and forms that were made coarse when their term had ended: neither comes in again.
CREATE TABLE private_gone (
  -- SHA-256 of the salt and of the key or the id, of which nothing can be read.
  digest BLOB NOT NULL PRIMARY KEY CONSTRAINT gone_digest_is_sha256 CHECK (length(digest) = 32),
  -- Visits of an erased home that were made before this stay out, milliseconds since 1970: a home may be visited again.
  before_ms INTEGER NOT NULL
) WITHOUT ROWID;
ALTER TABLE phusong_store ADD COLUMN gone_salt BLOB CONSTRAINT gone_salt_has_32_bytes CHECK (length(gone_salt) = 32);
UPDATE phusong_store SET gone_salt = randomblob(32);

-- 1: position, day and id are gone. 2: so is the key of the home.
ALTER TABLE private_visit ADD COLUMN coarse INTEGER NOT NULL DEFAULT 0 CONSTRAINT visit_coarse_is_a_step CHECK (coarse BETWEEN 0 AND 2);

-- A row here, within one transaction, is the only way to take anything out of a log.
CREATE TABLE private_removal (id INTEGER NOT NULL PRIMARY KEY CONSTRAINT removal_is_one CHECK (id = 1));

DROP TRIGGER visit_review_is_not_changed;
CREATE TRIGGER visit_review_is_not_changed BEFORE UPDATE ON private_visit_review
WHEN NOT EXISTS (SELECT 1 FROM private_removal)
BEGIN SELECT RAISE(ABORT, 'a decision about a visit is not changed'); END;
DROP TRIGGER visit_review_is_not_deleted;
CREATE TRIGGER visit_review_is_not_deleted BEFORE DELETE ON private_visit_review
WHEN NOT EXISTS (SELECT 1 FROM private_removal)
BEGIN SELECT RAISE(ABORT, 'a decision about a visit is not deleted'); END;
DROP TRIGGER audit_event_is_not_deleted;
CREATE TRIGGER audit_event_is_not_deleted BEFORE DELETE ON audit_events
WHEN NOT EXISTS (SELECT 1 FROM private_removal)
BEGIN SELECT RAISE(ABORT, 'an event of the audit is not deleted'); END;
