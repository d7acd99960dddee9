package page

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sources are all files that may name a text: templates, view models, scripts.
func sources(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == "dist"):
			return fs.SkipDir
		case entry.IsDir() || strings.HasSuffix(path, "_test.go") || filepath.Base(path) == "doc.go":
			return nil
		case slices.Contains([]string{".go", ".html", ".ts"}, filepath.Ext(path)):
			text, err := os.ReadFile(path)
			found[path] = string(text)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

var (
	// named is a text that is asked for: {{t "home.title"}}, t("home.title"),
	// s.say("home.title").
	named = regexp.MustCompile("(?:\\bt|\\.say)[ (]+[\"`']([a-z0-9_]+(?:\\.[a-z0-9_]+)+)[\"`']")
	// putTogether is a key whose end is a value: (printf "film.state.%s" …), or in a
	// script t(`film.state.${…}`).
	putTogether = regexp.MustCompile("[\"`']([a-z0-9_]+\\.[a-z0-9_.]*)(?:%[sd]|\\$\\{|[\"`'] *\\+)")
	// quoted is any key as a value, as view models hold them.
	quoted = regexp.MustCompile("[\"`']([a-z0-9_]+(?:\\.[a-z0-9_]+)+)[\"`']")
)

// Every text that is asked for is there, and every one that is there is asked
// for.
func TestTextsAreUsed(t *testing.T) {
	t.Parallel()
	known, err := readMessages()
	if err != nil {
		t.Fatal(err)
	}
	texts := known.texts[source]
	used := map[string]bool{}
	for path, text := range sources(t) {
		for _, found := range named.FindAllStringSubmatch(text, -1) {
			if texts[found[1]] == nil && !strings.HasSuffix(found[1], "_") {
				t.Errorf("%s asks for %q, which there is not", path, found[1])
			}
		}
		for _, found := range quoted.FindAllStringSubmatch(text, -1) {
			used[found[1]] = true
		}
		for _, found := range putTogether.FindAllStringSubmatch(text, -1) {
			n := 0
			for key := range texts {
				if strings.HasPrefix(key, found[1]) {
					used[key] = true
					n++
				}
			}
			if n == 0 && strings.HasSuffix(path, ".html") {
				t.Errorf("%s puts together %q…, and no text begins so", path, found[1])
			}
		}
	}
	for key := range texts {
		if !used[key] {
			t.Errorf("%q is used nowhere", key)
		}
	}
}

// The key of a text begins with the name of its file, so that it is known where
// it stands.
func TestTextsAreWhereTheyBelong(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("messages/*.toml")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	known, err := readMessages()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		read, err := known.bundle.ParseMessageFileBytes(text, filepath.Base(file))
		if err != nil {
			t.Fatal(err)
		}
		name, _, _ := strings.Cut(filepath.Base(file), ".")
		for _, one := range read.Messages {
			if !strings.HasPrefix(one.ID, name+".") {
				t.Errorf("%s has %q", file, one.ID)
			}
		}
	}
}

// unwanted are words that people do not read here, each with its reason.
var unwanted = map[string]string{
	`\b(video|asset|project|iteration|highlight|playlist|segment|job)s?\b`:                                                     "the words of the design",
	`\b(user|operator|dashboard|login|log in|log out|logout|username)s?\b`:                                                     "plain words",
	`\b(color|center|organize|recognize|analyze|analyzing|gray|favorite|behavior)\w*`:                                          "British English",
	`\b(fail(ed|ure)? parent|deficit|weakness|problem child|bad|poor|wrongly|score|rating|emotion|feeling|happy|sad|angry)\w*`: "strengths only, and no feelings",
	`\b(please|sorry|oops|simply|just|invalid)\b`:                                                                              "calm, and no filler",
	`(\d|}}) %`: "British English: 93%",
	`!(\s|$)`:   "nobody is shouted at",
}

func TestWords(t *testing.T) {
	t.Parallel()
	known, err := readMessages()
	if err != nil {
		t.Fatal(err)
	}
	for pattern, reason := range unwanted {
		match := regexp.MustCompile("(?i)" + pattern)
		for key, text := range known.texts[source] {
			for _, form := range []string{text.One, text.Other} {
				if found := match.FindString(form); found != "" {
					t.Errorf("%s: %q in %q (%s)", key, found, form, reason)
				}
			}
		}
	}
}
