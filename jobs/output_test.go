package jobs

import (
	"context"
	"io"
	"path/filepath"
	"testing"

	"attune/internal/vault"
)

func newOutputs(ctx context.Context, v *vault.Vault) *outputs {
	return &outputs{
		ctx: ctx, vault: v, names: analysisFiles, keys: map[string]string{}, open: map[*output]struct{}{},
		key: func(name string) string { return vault.ResultKey("f", "a", name) },
	}
}

// What is dropped is not kept, and can be made anew.
func TestOutputAbort(t *testing.T) {
	t.Parallel()
	v, err := vault.Open(t.Context(), "file://"+filepath.Join(t.TempDir(), "vault"))
	must(t, err)
	defer v.Close()
	out := newOutputs(t.Context(), v)
	write := func(text string) io.WriteCloser {
		t.Helper()
		w, err := out.Create("analysis.json")
		must(t, err)
		_, err = w.Write([]byte(text))
		must(t, err)
		return w
	}
	broken := write("{")
	broken.(interface{ Abort() }).Abort() // as the sandbox looks for it
	must(t, broken.Close())               // does nothing any more
	for e, err := range v.Keys(t.Context(), "") {
		t.Errorf("in the vault is %s, %v", e.Key, err)
	}
	if len(out.keys) > 0 {
		t.Errorf("kept are %v", out.keys)
	}
	whole := write("{}")
	must(t, whole.Close())
	whole.(interface{ Abort() }).Abort() // nor does this
	if there, err := v.Exists(t.Context(), vault.ResultKey("f", "a", "analysis.json")); err != nil || !there || out.analysis.String() != "{}" {
		t.Errorf("%v, %v: %q", there, err, out.analysis.String())
	}
}
