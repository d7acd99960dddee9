-- Signing in with a browser: passwords, accounts elsewhere, links that work
-- once, sessions; and cases that are shared with supervisors for a time.
-- Of every secret only a hash is here.

-- +goose Up
ALTER TABLE accounts ADD COLUMN password TEXT NOT NULL DEFAULT ''; -- argon2id in PHC form; '' is none
ALTER TABLE accounts ADD COLUMN issuer TEXT NOT NULL DEFAULT '';   -- of OpenID Connect, with the subject; '' is none
ALTER TABLE accounts ADD COLUMN subject TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX accounts_by_subject ON accounts (issuer, subject) WHERE subject <> '';

CREATE TABLE one_time_links (
    hash       TEXT   NOT NULL PRIMARY KEY, -- SHA-256 of the secret, in hex
    account_id TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    purpose    TEXT   NOT NULL,
    created    BIGINT NOT NULL,
    expires    BIGINT NOT NULL
);
CREATE INDEX links_of_account ON one_time_links (account_id);

CREATE TABLE sessions (
    hash       TEXT   NOT NULL PRIMARY KEY, -- SHA-256 of the secret, in hex
    account_id TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    data       TEXT   NOT NULL,
    created    BIGINT NOT NULL,
    expires    BIGINT NOT NULL, -- when it is idle for too long
    ends       BIGINT NOT NULL  -- in any case
);
CREATE INDEX sessions_of_account ON sessions (account_id);
CREATE INDEX sessions_by_expiry ON sessions (expires);

CREATE TABLE shares (
    case_id    TEXT   NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    account_id TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created    BIGINT NOT NULL,
    ends       BIGINT NOT NULL,
    PRIMARY KEY (case_id, account_id)
);
CREATE INDEX shares_of_account ON shares (account_id, ends);
