-- What a guider plans and writes down of a case and its cycles. Days are stored
-- as the midnight, in UTC, with which they begin.

-- +goose Up
ALTER TABLE cases ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE cases ADD COLUMN archived BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cycles ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE cycles ADD COLUMN filmed_on BIGINT NOT NULL DEFAULT 0; -- or is to be
ALTER TABLE cycles ADD COLUMN review_on BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cycles ADD COLUMN words TEXT NOT NULL DEFAULT '';      -- what the client said in the shared review
ALTER TABLE cycles ADD COLUMN done BIGINT NOT NULL DEFAULT 0;
