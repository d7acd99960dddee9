package store_test

import (
	"os"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"attune/internal/store"
	"attune/internal/store/storetest"
	"attune/internal/vig"
)

func TestMain(m *testing.M) {
	if url := os.Getenv(writerURL); url != "" {
		write(url) // until it is killed
	}
	goleak.VerifyTestMain(m)
}

func TestSQLite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, storetest.SQLite)
}

func TestPostgres(t *testing.T) {
	t.Parallel()
	server := storetest.StartPostgres(t)
	storetest.Run(t, server.Database)
	t.Run("Cut", func(t *testing.T) {
		t.Parallel()
		testPostgresCut(t, server.Database(t))
	})
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]vig.Code{
		"":                           vig.CodeInvalid,
		"attune.db":                  vig.CodeInvalid,
		"mysql://localhost/attune":   vig.CodeInvalid,
		"sqlite:":                    vig.CodeInvalid,
		"sqlite::memory:":            vig.CodeInvalid,
		"sqlite:/dev/null/attune.db": vig.CodeInternal,
		"postgres://attune@/attune?host=/nowhere&sslmode=disable": vig.CodeInternal,
		"postgres://attune:pa55word@/attune?port=none":            vig.CodeInternal,
	} {
		s, err := store.Open(t.Context(), url)
		if got := vig.CodeOf(err); got != want {
			t.Errorf("%q: %v, want %s", url, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "pa55word") {
			t.Errorf("the password is told: %v", err)
		}
		if err == nil {
			s.Close()
		}
	}
}
