-- What of a reel was played before it was confirmed: [[start, end], …] in
-- nanoseconds, in order and apart.

-- +goose Up
ALTER TABLE reels ADD COLUMN played TEXT NOT NULL DEFAULT '[]';
