package jobs

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"attune/internal/vault"
)

// A worker that is told to stop does not wait for a storage that is away.
func TestDiscardWhenStopping(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodDelete {
			<-r.Context().Done()
			return
		}
		_, _ = io.WriteString(w, "<ListBucketResult></ListBucketResult>")
	}))
	defer server.Close()
	v, err := vault.Open(t.Context(), "s3://films?region=us-east-1&use_path_style=true&endpoint="+url.QueryEscape(server.URL))
	must(t, err)
	defer v.Close()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errStopping)
	out := newOutputs(ctx, v)
	out.keys["report.html"] = vault.ResultKey("f", "a", "report.html")
	begun := time.Now()
	if err := out.discard(); err == nil {
		t.Error("what cannot be deleted was")
	}
	if took := time.Since(begun); took > clearTime/2 {
		t.Errorf("it took %v", took)
	}
}
