package vault

import (
	"context"
	"io"
	"strings"

	"attune/internal/vig"
)

// InstallationKey is where the vault says which installation it is of.
const InstallationKey = "installation"

// maxInstallation is how long an installation's id can be, in bytes: it is a
// UUID, and somebody may have written it there by hand.
const maxInstallation = 100

// Claim makes sure that the vault is that of the installation. One in which
// nothing lies becomes it. One of another installation, or in which there is
// something and nothing says whose, is refused ([vig.CodeConflict]): whoever
// deletes there what the records do not know would delete what is others'.
func (v *Vault) Claim(ctx context.Context, installation string) error {
	const op = "claim vault"
	owner, err := v.owner(ctx)
	if vig.CodeOf(err) == vig.CodeNotFound {
		empty, listErr := v.empty(ctx)
		if listErr != nil {
			return listErr
		}
		if empty {
			if err := v.mark(ctx, installation); err != nil {
				return err
			}
		}
		// Another may have been quicker, and have put films there already.
		owner, err = v.owner(ctx)
	}
	switch {
	case vig.CodeOf(err) == vig.CodeNotFound:
		return vig.Errorf(vig.CodeConflict, op, "something lies in it, and nothing says that it belongs to these records: "+
			"name an empty one; or, if these are its records, put a file named %q there with the text %s", InstallationKey, installation)
	case err != nil:
		return err
	case owner != installation:
		return vig.Errorf(vig.CodeConflict, op, "it belongs to the records of installation %.*q, and these are of %s: "+
			"name the database and the vault that belong together", maxInstallation, owner, installation)
	}
	return nil
}

// owner returns the installation that the vault says it is of.
func (v *Vault) owner(ctx context.Context) (string, error) {
	r, err := v.Open(ctx, InstallationKey)
	if err != nil {
		return "", err
	}
	defer r.Close()
	text, err := io.ReadAll(io.NewSectionReader(r, 0, min(r.Size(), maxInstallation)))
	return strings.TrimSpace(string(text)), err
}

func (v *Vault) empty(ctx context.Context) (bool, error) {
	for _, err := range v.Keys(ctx, "") {
		return false, err
	}
	return true, nil
}

func (v *Vault) mark(ctx context.Context, installation string) error {
	w, err := v.Create(ctx, InstallationKey)
	if err != nil {
		return err
	}
	defer w.Abort()
	if _, err := w.Write([]byte(installation + "\n")); err != nil {
		return err
	}
	return w.Commit()
}
