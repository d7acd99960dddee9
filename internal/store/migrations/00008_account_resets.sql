-- When an account was last reset: it is not taken for one that nobody has signed
-- in with yet. Before this was kept, it is known only of those whose link is still
-- there.

-- +goose Up
ALTER TABLE accounts ADD COLUMN reset BIGINT NOT NULL DEFAULT 0; -- 0 is never
UPDATE accounts SET reset = COALESCE((SELECT MAX(l.created) FROM one_time_links l WHERE l.account_id = accounts.id AND l.purpose = 'reset'), 0);
