-- Crashes are counted for each kind of work by itself: a viewing copy that
-- cannot be made says nothing of the analysis. What was counted before, without
-- its kind, is taken for the analysis, which comes first.

-- +goose Up
CREATE TABLE crashes_by_kind (
    sha256      TEXT    NOT NULL,
    kind        TEXT    NOT NULL, -- of work, as the queue names it
    count       INTEGER NOT NULL,
    quarantined BOOLEAN NOT NULL DEFAULT FALSE,
    reason      TEXT    NOT NULL,
    changed     BIGINT  NOT NULL,
    PRIMARY KEY (sha256, kind)
);
INSERT INTO crashes_by_kind (sha256, kind, count, quarantined, reason, changed)
    SELECT sha256, 'film', count, quarantined, reason, changed FROM crashes;
DROP TABLE crashes;
ALTER TABLE crashes_by_kind RENAME TO crashes;
