-- What a guider makes of the clips of a film: clips of their own beside the
-- suggested ones, in which order they are in the reel, what they show and why.
-- A clip that was deleted stays, so that this can be undone.

-- +goose Up
ALTER TABLE clips ADD COLUMN by_hand BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE clips ADD COLUMN position INTEGER NOT NULL DEFAULT 0; -- in the reel, from 1; 0 where the guider gave it none
ALTER TABLE clips ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';     -- JSON: groups of principles
ALTER TABLE clips ADD COLUMN goal TEXT NOT NULL DEFAULT '';       -- the client's words that the note is about
ALTER TABLE clips ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE clips ADD COLUMN made_by TEXT NOT NULL DEFAULT '';    -- key of the request that made it
ALTER TABLE clips ADD COLUMN deleted BIGINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX clips_by_request ON clips (film_id, made_by) WHERE made_by <> '';

-- One row from the first time that a film was played.
CREATE TABLE reviews (
    film_id       TEXT    NOT NULL PRIMARY KEY REFERENCES films (id) ON DELETE CASCADE,
    played        TEXT    NOT NULL DEFAULT '[]', -- JSON: [[start, end], …], in order and apart
    order_version INTEGER NOT NULL DEFAULT 1
);
