-- The records of the service. The same text runs on SQLite and PostgreSQL.
--
-- Ids are opaque text (UUID version 7, so that their order is that of making).
-- Times are microseconds since 1970 in UTC, 0 for never. Lengths of film are
-- nanoseconds, as time.Duration is. Roles and states are checked by the program,
-- which alone writes here: a CHECK of words could be changed in SQLite only by
-- copying the table, and words will be added.

-- +goose Up
CREATE TABLE accounts (
    id       TEXT    NOT NULL PRIMARY KEY,
    name     TEXT    NOT NULL UNIQUE,
    role     TEXT    NOT NULL,
    disabled BOOLEAN NOT NULL DEFAULT FALSE,
    created  BIGINT  NOT NULL
);

CREATE TABLE tokens (
    id         TEXT   NOT NULL PRIMARY KEY,
    account_id TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    hash       TEXT   NOT NULL UNIQUE, -- SHA-256 of the secret, in hex
    label      TEXT   NOT NULL,
    created    BIGINT NOT NULL
);
CREATE INDEX tokens_of_account ON tokens (account_id, id);

CREATE TABLE cases (
    id        TEXT   NOT NULL PRIMARY KEY,
    guider_id TEXT   NOT NULL REFERENCES accounts (id),
    code      TEXT   NOT NULL,
    goals     TEXT   NOT NULL DEFAULT '',
    created   BIGINT NOT NULL,
    UNIQUE (guider_id, code)
);
CREATE INDEX cases_of_guider ON cases (guider_id, id);

CREATE TABLE cycles (
    id      TEXT    NOT NULL PRIMARY KEY,
    case_id TEXT    NOT NULL REFERENCES cases (id),
    number  INTEGER NOT NULL CHECK (number > 0),
    goal    TEXT    NOT NULL DEFAULT '',
    created BIGINT  NOT NULL,
    UNIQUE (case_id, number)
);

CREATE TABLE films (
    id       TEXT    NOT NULL PRIMARY KEY,
    cycle_id TEXT    NOT NULL REFERENCES cycles (id),
    name     TEXT    NOT NULL,
    size     BIGINT  NOT NULL,
    sha256   TEXT    NOT NULL DEFAULT '',
    state    TEXT    NOT NULL,
    reason   TEXT    NOT NULL DEFAULT '',
    duration BIGINT  NOT NULL DEFAULT 0,
    run      INTEGER NOT NULL DEFAULT 0,
    attempt  TEXT    NOT NULL DEFAULT '',
    worker   TEXT    NOT NULL DEFAULT '',
    created  BIGINT  NOT NULL,
    changed  BIGINT  NOT NULL,
    queued   BIGINT  NOT NULL DEFAULT 0
);
CREATE INDEX films_of_cycle ON films (cycle_id, id);
CREATE INDEX films_by_state ON films (state, queued, id);
CREATE INDEX films_by_hash ON films (sha256);

-- A film has one analysis at most, whatever was run twice.
CREATE TABLE analyses (
    id      TEXT   NOT NULL PRIMARY KEY,
    film_id TEXT   NOT NULL UNIQUE REFERENCES films (id) ON DELETE CASCADE,
    attempt TEXT   NOT NULL,
    format  TEXT   NOT NULL,
    json    TEXT   NOT NULL,
    created BIGINT NOT NULL
);

CREATE TABLE analysis_files (
    analysis_id TEXT NOT NULL REFERENCES analyses (id) ON DELETE CASCADE,
    name        TEXT NOT NULL,
    vault_key   TEXT NOT NULL,
    PRIMARY KEY (analysis_id, name)
);

CREATE TABLE clips (
    id      TEXT    NOT NULL PRIMARY KEY,
    film_id TEXT    NOT NULL REFERENCES films (id) ON DELETE CASCADE,
    moment  TEXT    NOT NULL,
    rank    INTEGER NOT NULL,
    starts  BIGINT  NOT NULL,
    ends    BIGINT  NOT NULL,
    state   TEXT    NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    CHECK (0 <= starts AND starts < ends)
);
CREATE INDEX clips_of_film ON clips (film_id, rank, id);

CREATE TABLE reels (
    id        TEXT    NOT NULL PRIMARY KEY,
    film_id   TEXT    NOT NULL REFERENCES films (id) ON DELETE CASCADE,
    draft     BOOLEAN NOT NULL,
    spans     TEXT    NOT NULL, -- JSON: [[start, end], …]
    state     TEXT    NOT NULL,
    reason    TEXT    NOT NULL DEFAULT '',
    vault_key TEXT    NOT NULL DEFAULT '',
    duration  BIGINT  NOT NULL DEFAULT 0,
    run       INTEGER NOT NULL DEFAULT 0,
    attempt   TEXT    NOT NULL DEFAULT '',
    worker    TEXT    NOT NULL DEFAULT '',
    created   BIGINT  NOT NULL,
    changed   BIGINT  NOT NULL,
    queued    BIGINT  NOT NULL
);
CREATE INDEX reels_of_film ON reels (film_id, id);
CREATE INDEX reels_by_state ON reels (state, queued, id);
CREATE UNIQUE INDEX one_draft_reel ON reels (film_id) WHERE draft;

-- Only of films that a browser could not play.
CREATE TABLE viewing_copies (
    film_id   TEXT    NOT NULL PRIMARY KEY REFERENCES films (id) ON DELETE CASCADE,
    state     TEXT    NOT NULL,
    reason    TEXT    NOT NULL DEFAULT '',
    vault_key TEXT    NOT NULL DEFAULT '',
    duration  BIGINT  NOT NULL DEFAULT 0,
    run       INTEGER NOT NULL DEFAULT 0,
    attempt   TEXT    NOT NULL DEFAULT '',
    worker    TEXT    NOT NULL DEFAULT '',
    created   BIGINT  NOT NULL,
    changed   BIGINT  NOT NULL,
    queued    BIGINT  NOT NULL
);
CREATE INDEX viewing_copies_by_state ON viewing_copies (state, queued, film_id);

-- What ended the process that worked on it, by the hash of the film.
CREATE TABLE crashes (
    sha256      TEXT    NOT NULL PRIMARY KEY,
    count       INTEGER NOT NULL,
    quarantined BOOLEAN NOT NULL DEFAULT FALSE,
    reason      TEXT    NOT NULL,
    changed     BIGINT  NOT NULL
);
