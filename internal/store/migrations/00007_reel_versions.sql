-- A film's reels have versions, from 1 in the order of making; the draft has
-- none. Each is bound to what it shows by a manifest, and one of them is what
-- the guider confirmed. Reels from before have no manifest.

-- +goose Up
ALTER TABLE reels ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE reels ADD COLUMN title TEXT NOT NULL DEFAULT '';   -- on the card before the first clip; '' is no card
ALTER TABLE reels ADD COLUMN card BIGINT NOT NULL DEFAULT 0;   -- how long the card is shown
ALTER TABLE reels ADD COLUMN manifest TEXT NOT NULL DEFAULT ''; -- JSON
ALTER TABLE reels ADD COLUMN confirmed_by TEXT NOT NULL DEFAULT '';
ALTER TABLE reels ADD COLUMN confirmed BIGINT NOT NULL DEFAULT 0;
UPDATE reels SET version = (SELECT COUNT(*) FROM reels b WHERE b.film_id = reels.film_id AND NOT b.draft AND b.id <= reels.id)
    WHERE NOT draft;
CREATE UNIQUE INDEX reel_versions ON reels (film_id, version) WHERE version > 0;
