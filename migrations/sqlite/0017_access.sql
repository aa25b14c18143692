-- Who may read more than everybody may, and what was read and done. Neither table has a column for a person.

CREATE TABLE tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  -- SHA-256 of the secret, which is kept nowhere: whoever has this file has no token.
  digest BLOB NOT NULL CONSTRAINT token_is_one_of_its_kind UNIQUE CONSTRAINT token_digest_is_sha256 CHECK (length(digest) = 32),
  role TEXT NOT NULL CONSTRAINT token_has_a_role
    CHECK (role IN ('public', 'telecom', 'team', 'commune', 'department', 'auditor', 'admin')),
  -- The network, village or commune of those roles that have one.
  scope TEXT CONSTRAINT token_has_the_scope_of_its_role
    CHECK ((scope IS NOT NULL) = (role IN ('telecom', 'team', 'commune'))),
  -- What it is for.
  note TEXT NOT NULL CONSTRAINT token_note_is_short CHECK (length(note) <= 100),
  created DATETIME NOT NULL,
  expires DATETIME NOT NULL,
  -- When it was taken back.
  revoked DATETIME
);

-- A token is taken back, and nothing else about it changes.
CREATE TRIGGER token_is_not_changed BEFORE UPDATE ON tokens
WHEN OLD.revoked IS NOT NULL OR NEW.revoked IS NULL OR NEW.digest <> OLD.digest OR NEW.role <> OLD.role
  OR NEW.scope IS NOT OLD.scope OR NEW.expires <> OLD.expires OR NEW.created <> OLD.created
BEGIN SELECT RAISE(ABORT, 'a token is revoked, and not changed otherwise'); END;
CREATE TRIGGER token_is_not_deleted BEFORE DELETE ON tokens
BEGIN SELECT RAISE(ABORT, 'a token is revoked, not deleted'); END;

CREATE TABLE audit_events (
  -- The order of the log.
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  -- When, in UTC, as long as text that sorts.
  at DATETIME NOT NULL,
  role TEXT NOT NULL,
  scope TEXT,
  -- None at the terminal, and where a server gives a role to its own machine.
  token_id INTEGER CONSTRAINT audit_event_has_a_token REFERENCES tokens (id),
  action TEXT NOT NULL CONSTRAINT audit_event_has_an_action CHECK (action <> ''),
  -- What it was done to.
  subject TEXT NOT NULL,
  -- What for, where it was said.
  purpose TEXT NOT NULL CONSTRAINT audit_event_purpose_is_short CHECK (length(purpose) <= 100)
);
CREATE INDEX audit_events_by_time ON audit_events (at);

-- The log only grows.
CREATE TRIGGER audit_event_is_not_changed BEFORE UPDATE ON audit_events
BEGIN SELECT RAISE(ABORT, 'an event of the audit is not changed'); END;
CREATE TRIGGER audit_event_is_not_deleted BEFORE DELETE ON audit_events
BEGIN SELECT RAISE(ABORT, 'an event of the audit is not deleted'); END;
