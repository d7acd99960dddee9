package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The token of the data folder goes to its own service alone, and no token goes
// to another machine where the network can read it.
func TestFindService(t *testing.T) {
	data := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	write(t, filepath.Join(data, dataToken), "home\n")
	write(t, filepath.Join(data, dataAddress), "http://192.0.2.1:8080\n")
	for _, tc := range []struct {
		server, token string
		insecure      bool
		want, says    string // the token that is shown, or what is said
	}{
		{"", "", false, "home", ""},
		{"http://192.0.2.1:8080/", "", false, "home", ""},
		{"http://127.0.0.1:9000", "", false, "home", ""},
		{"http://[::1]:9000", "", false, "home", ""},
		{"https://localhost:9000", "", false, "home", ""},
		{"https://attune.example", "", false, "", "ATTUNE_TOKEN"},
		{"http://attune.example", "", true, "", "ATTUNE_TOKEN"},
		{"http://192.0.2.1:9000", "", true, "", "ATTUNE_TOKEN"},
		{"https://127.0.0.1.example", "", false, "", "ATTUNE_TOKEN"},
		{"https://attune.example", "other", false, "other", ""},
		{"http://attune.example", "other", false, "", "--insecure"},
		{"http://attune.example", "other", true, "other", ""},
		{"http://127.0.0.1@attune.example", "", false, "", "looks like"},
		{"attune.example:8080", "other", false, "", "looks like"},
	} {
		t.Setenv("ATTUNE_TOKEN", tc.token)
		if tc.token == "" {
			os.Unsetenv("ATTUNE_TOKEN") // until the test ends
		}
		c := newUpload()
		flags := []string{"--data", data}
		if tc.server != "" {
			flags = append(flags, "--server", tc.server)
		}
		if err := c.ParseFlags(flags); err != nil {
			t.Fatal(err)
		}
		got, err := findService(c, tc.insecure)
		switch {
		case tc.says == "" && (err != nil || got.Token != tc.want):
			t.Errorf("%s: %+v, %v", tc.server, got, err)
		case tc.says != "" && (err == nil || !strings.Contains(err.Error(), tc.says) || exitCode(err) != exitUsage):
			t.Errorf("%s: %+v, %v", tc.server, got, err)
		}
	}
}
