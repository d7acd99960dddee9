package main

import (
	"path/filepath"
	"strings"
	"testing"

	"attune/internal/store"
	"attune/internal/store/storetest"
)

func TestRelease(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	records := storetest.Open(t, "sqlite:"+filepath.Join(data, dataDatabase))
	film := storetest.Uploading(t, records)
	hash := storetest.Hash("a")
	if err := records.ReceiveFilm(t.Context(), film.ID, hash, 1, 0); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{string(film.ID), strings.ToUpper(hash)} {
		if err := records.Quarantine(t.Context(), hash, store.KindFilm, "It crashed twice."); err != nil {
			t.Fatal(err)
		}
		if got := attune("film", "release", name, "--data", data); got.code != exitOK || !strings.Contains(got.stdout, "Released") {
			t.Errorf("release %s: %d, %s", name, got.code, got.stderr)
		}
		if _, yes, err := records.Quarantined(t.Context(), hash, store.KindFilm); yes || err != nil {
			t.Errorf("after release %s: %v, %v", name, yes, err)
		}
	}
	for name, want := range map[string]string{hash: "not set aside", "nobody": "no film nobody"} {
		if got := attune("film", "release", name, "--data", data); got.code != exitFailed || !strings.Contains(got.stderr, want) {
			t.Errorf("release %s: %d, %s", name, got.code, got.stderr)
		}
	}
	if got := attune("film", "release", "--data", data); got.code != exitUsage {
		t.Errorf("release nothing: %d, %s", got.code, got.stderr)
	}
}
