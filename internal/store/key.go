package store

import (
	"context"
	"iter"
)

// VaultKeys lends every key in the vault that a record refers to, some of them
// perhaps twice. The store does not know how originals are called: original
// tells it. Every film that is not forgotten has one, also while it is
// uploading and after it was analysed and refused; but one that was refused
// before it was received is none of it. An error ends the keys, and is the last
// that is lent.
//
// Who deletes by this list must have listed the vault before: what is
// published meanwhile is then in the records already.
func (s *Store) VaultKeys(ctx context.Context, original func(FilmID) string) iter.Seq2[string, error] {
	const op = "list keys"
	return func(yield func(string, error) bool) {
		found, err := s.reading.QueryContext(ctx, `
			SELECT id, '' FROM films WHERE state <> 'forgotten' AND NOT (state = 'refused' AND sha256 = '')
			UNION ALL SELECT '', vault_key FROM analysis_files
			UNION ALL SELECT '', vault_key FROM reels WHERE vault_key <> ''
			UNION ALL SELECT '', vault_key FROM viewing_copies WHERE vault_key <> ''`)
		if err != nil {
			yield("", failure(ctx, op, err))
			return
		}
		defer found.Close()
		for found.Next() {
			var film FilmID
			var key string
			if err := found.Scan(&film, &key); err != nil {
				yield("", failure(ctx, op, err))
				return
			}
			if film != "" {
				key = original(film)
			}
			if !yield(key, nil) {
				return
			}
		}
		if err := found.Err(); err != nil {
			yield("", failure(ctx, op, err))
		}
	}
}
