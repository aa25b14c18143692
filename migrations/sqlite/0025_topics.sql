-- What was taught at the door, and what came of it.

-- Codes with a space between two, `vneid safe`; empty when nobody wrote it down.
ALTER TABLE private_visit ADD COLUMN topics TEXT;
-- New VNeID accounts of level 2, applications for public services, new payment accounts. Empty is not nought.
ALTER TABLE private_visit ADD COLUMN vneid INTEGER CONSTRAINT visit_vneid_is_a_count CHECK (vneid >= 0);
ALTER TABLE private_visit ADD COLUMN services INTEGER CONSTRAINT visit_services_is_a_count CHECK (services >= 0);
ALTER TABLE private_visit ADD COLUMN payments INTEGER CONSTRAINT visit_payments_is_a_count CHECK (payments >= 0);
