package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"time"

	"attune/internal/vig"
)

// Token is what a program shows to act for an account. Its secret is known to
// whoever asked for it and to nobody else.
type Token struct {
	ID      TokenID
	Account AccountID
	Label   string // what it is for, in the words of its owner
	Created time.Time
}

// tokenPrefix lets a person, and a scanner for leaked secrets, see what a
// secret is for.
const tokenPrefix = "attune_"

// tokenBytes is the randomness of a secret: as much as its hash has, so that
// the hash needs no salt and no slowness.
const tokenBytes = sha256.Size

func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// CreateToken makes a token and returns its secret, which cannot be had again:
// only its SHA-256 is stored.
func (s *Store) CreateToken(ctx context.Context, account AccountID, label string) (secret string, err error) {
	const op = "create token"
	if err := checkText("the label", label, maxName); err != nil {
		return "", failure(ctx, op, err)
	}
	random := make([]byte, tokenBytes)
	if _, err := rand.Read(random); err != nil {
		return "", failure(ctx, op, err)
	}
	secret = tokenPrefix + base64.RawURLEncoding.EncodeToString(random)
	t := Token{ID: TokenID(newID()), Account: account, Label: label, Created: s.moment()}
	err = s.change(ctx, op, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO tokens (id, account_id, hash, label, created) VALUES ($1, $2, $3, $4, $5)`,
			t.ID, t.Account, hashOf(secret), t.Label, stamp{&t.Created})
		return err
	})
	if err != nil {
		return "", err
	}
	return secret, nil
}

// AccountByToken returns the account that a secret belongs to. One that is not
// known is not found, one of a disabled account is forbidden.
func (s *Store) AccountByToken(ctx context.Context, secret string) (Account, error) {
	const op = "find account by token"
	a, err := scanAccount(s.reading.QueryRowContext(ctx,
		selectAccount+`JOIN tokens t ON t.account_id = a.id WHERE t.hash = $1`, hashOf(secret)))
	if err != nil {
		return Account{}, failure(ctx, op, err)
	}
	if a.Disabled {
		return Account{}, vig.Errorf(vig.CodeForbidden, op, "the account is disabled")
	}
	return a, nil
}

// Tokens returns the tokens of an account, the oldest first.
func (s *Store) Tokens(ctx context.Context, account AccountID) ([]Token, error) {
	return rows(ctx, s, "list tokens", func(row scanner) (Token, error) {
		var t Token
		err := row.Scan(&t.ID, &t.Account, &t.Label, stamp{&t.Created})
		return t, err
	}, `SELECT id, account_id, label, created FROM tokens WHERE account_id = $1 ORDER BY id`, account)
}

// WithTokens says which of these accounts have a token. They are as many as are on
// one page.
func (s *Store) WithTokens(ctx context.Context, of []AccountID) (map[AccountID]bool, error) {
	var l listing
	if !among(&l, "account_id", of) {
		return map[AccountID]bool{}, nil
	}
	found, err := rows(ctx, s, "find accounts with tokens", func(row scanner) (id AccountID, err error) {
		return id, row.Scan(&id)
	}, `SELECT DISTINCT account_id FROM tokens`+l.conditions(), l.args...)
	have := make(map[AccountID]bool, len(found))
	for _, id := range found {
		have[id] = true
	}
	return have, err
}

// DeleteToken makes a token of the account worthless.
func (s *Store) DeleteToken(ctx context.Context, account AccountID, id TokenID) error {
	const op = "delete token"
	return s.change(ctx, op, func(tx *sql.Tx) error {
		return one(tx.ExecContext(ctx, `DELETE FROM tokens WHERE id = $1 AND account_id = $2`, id, account))
	})
}
