package main

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"attune/internal/store"
	"attune/internal/vig"
)

// firstAccount is what the account is called that the first start makes.
const firstAccount = "guider"

// openDoor makes the first account and its token, where there is none yet, or
// where a start was killed before it had kept the token.
func (p *parts) openDoor(ctx context.Context) error {
	account, err := p.firstGuider(ctx)
	if err != nil || account.ID == "" || !account.Reset.IsZero() { // who resets it takes its tokens away
		return err
	}
	tokens, err := p.records.Tokens(ctx, account.ID)
	if err != nil {
		return err
	}
	begun, err := p.data.beganToken()
	if err != nil || len(tokens) > 0 && !begun {
		return err
	}
	// Empty first: who is killed before the token is in it knows at the next
	// start that nobody has that token, and makes another.
	if err := p.data.write(dataToken, ""); err != nil {
		return err
	}
	secret, err := p.records.CreateToken(ctx, account.ID, "made at the first start")
	if err != nil {
		return err
	}
	return p.data.write(dataToken, secret)
}

// firstGuider returns the account that first starts make, which it makes where
// there is no account. It returns none where people have made their own.
func (p *parts) firstGuider(ctx context.Context) (store.Account, error) {
	accounts, err := p.records.Accounts(ctx)
	if err != nil {
		return store.Account{}, err
	}
	if len(accounts) == 0 {
		account, err := p.records.CreateAccount(ctx, firstAccount, store.RoleGuider)
		if vig.CodeOf(err) == vig.CodeConflict {
			return store.Account{}, nil // another start on these records made it meanwhile, and its token
		}
		return account, err
	}
	for _, a := range accounts {
		if a.Name == firstAccount && !a.Disabled {
			return a, nil
		}
	}
	return store.Account{}, nil
}

// firstLink returns the line that says where people sign in: a link that works
// once as long as nobody has signed in with the first account. One that was reset
// was somebody's: the link of the reset is not replaced.
func (p *parts) firstLink(ctx context.Context, address string) (string, error) {
	account, err := p.records.AccountByName(ctx, firstAccount)
	there := vig.CodeOf(err) != vig.CodeNotFound
	if err != nil && there {
		return "", err
	}
	signIn := "Sign in at " + p.public(address) + "/sign-in"
	if !there {
		return signIn, nil
	}
	secret, link, err := p.records.CreateLink(ctx, account.ID, store.PurposeFirst)
	if vig.CodeOf(err) == vig.CodeConflict { // it is somebody's, or shut out
		return signIn, nil
	}
	if err != nil {
		return "", err
	}
	return "Make your account at " + p.welcome(address, secret) + " (works once, until " + until(link) + ")", nil
}

// beganToken says whether the file of the token is there, and the token is not:
// who took the token out took the file.
func (d dataFolder) beganToken() (bool, error) {
	if _, err := os.Stat(d.path(dataToken)); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		return false, err
	}
	token, err := d.read(dataToken)
	return token == "", err
}
