package page

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/language"
)

// messageFiles are PAGE.LANGUAGE.toml: everything that people read.
//
//go:embed messages
var messageFiles embed.FS

// source is the language that the messages are written in first. What another
// does not have is said in it.
var source = language.BritishEnglish

// messages are the texts of all pages in all languages.
type messages struct {
	bundle *i18n.Bundle
	texts  map[language.Tag]map[string]*i18n.Message
}

func readMessages() (*messages, error) {
	m := &messages{bundle: i18n.NewBundle(source), texts: map[language.Tag]map[string]*i18n.Message{}}
	m.bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	files, err := fs.Glob(messageFiles, "messages/*.toml")
	if err != nil {
		return nil, fmt.Errorf("list messages: %w", err)
	}
	for _, file := range files {
		read, err := m.bundle.LoadMessageFileFS(messageFiles, file)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", path.Base(file), err)
		}
		if m.texts[read.Tag] == nil {
			m.texts[read.Tag] = map[string]*i18n.Message{}
		}
		for _, one := range read.Messages {
			if m.texts[read.Tag][one.ID] != nil {
				return nil, fmt.Errorf("read %s: %q is there twice", path.Base(file), one.ID)
			}
			m.texts[read.Tag][one.ID] = one
		}
	}
	return m, nil
}

// languages are all that there are messages in, the source first.
func (m *messages) languages() []language.Tag {
	tags := []language.Tag{source}
	for tag := range m.texts {
		if tag != source {
			tags = append(tags, tag)
		}
	}
	slices.SortFunc(tags[1:], func(a, b language.Tag) int { return strings.Compare(a.String(), b.String()) })
	return tags
}

// speech says the messages in one language.
type speech struct {
	localizer *i18n.Localizer
	texts     []map[string]*i18n.Message // the source's, and over them its own
}

func (m *messages) speak(tag language.Tag) speech {
	return speech{i18n.NewLocalizer(m.bundle, tag.String()), []map[string]*i18n.Message{m.texts[source], m.texts[tag]}}
}

// say returns the text of a key. The values are pairs of a name and what stands
// for it in the text; a number called Count chooses between one and many.
func (s speech) say(key string, values ...any) (string, error) {
	config := i18n.LocalizeConfig{MessageID: key}
	if len(values) > 0 {
		data := map[string]any{}
		for i := 0; i+1 < len(values); i += 2 {
			name, ok := values[i].(string)
			if !ok {
				return "", fmt.Errorf("text %q: the name of a value is a %T", key, values[i])
			}
			data[name] = values[i+1]
		}
		if len(values)%2 != 0 {
			return "", fmt.Errorf("text %q: a name has no value", key)
		}
		config.TemplateData = data
		config.PluralCount = data["Count"]
	}
	text, err := s.localizer.Localize(&config)
	if text == "" && err != nil {
		return "", fmt.Errorf("text %q: %w", key, err)
	}
	return text, nil
}

// these returns the texts whose keys begin with one of the words before a dot,
// as assets/src/messages.ts takes them.
func (s speech) these(beginnings ...string) (map[string]any, error) {
	found := map[string]any{}
	for _, beginning := range beginnings {
		n := len(found)
		for _, texts := range s.texts {
			for key, text := range texts {
				if key != beginning && !strings.HasPrefix(key, beginning+".") {
					continue
				}
				if text.One == "" {
					found[key] = text.Other
					continue
				}
				forms := map[string]string{}
				for form, said := range map[string]string{
					"zero": text.Zero, "one": text.One, "two": text.Two, "few": text.Few, "many": text.Many, "other": text.Other,
				} {
					if said != "" {
						forms[form] = said
					}
				}
				found[key] = forms
			}
		}
		if len(found) == n {
			return nil, fmt.Errorf("no text begins with %q", beginning)
		}
	}
	return found, nil
}
