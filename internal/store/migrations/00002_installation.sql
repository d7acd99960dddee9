-- Which installation these records are of: one row, made when it is first asked
-- for. The vault has the same id, so that neither is used with another's.

-- +goose Up
CREATE TABLE installation (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    id  TEXT    NOT NULL
);
