package store

import (
	"context"
	"database/sql"
	"embed"
	"io/fs"

	"github.com/pressly/goose/v3"

	"attune/internal/vig"
)

// A change of the tables is one more file in migrations, named by the next
// number; what is there is never edited. Its SQL must mean the same to both
// databases; where it cannot, goose also takes migrations written in Go.
//
//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the tables up to date. Tables that a newer program changed
// are left alone.
func migrate(ctx context.Context, dialect goose.Dialect, db *sql.DB, options ...goose.ProviderOption) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	options = append(options, goose.WithDisableGlobalRegistry(true))
	provider, err := goose.NewProvider(dialect, db, files, options...)
	if err != nil {
		return err
	}
	at, known, err := provider.GetVersions(ctx)
	if err != nil {
		return err
	}
	if at > known {
		return refuse(vig.CodeUnsupported, "the tables are of version %d, and this program knows them up to %d: use the newer program", at, known)
	}
	_, err = provider.Up(ctx)
	return err
}
