package page

import "strings"

// KeyGroup is commands that belong together, with their keys.
type KeyGroup struct {
	Name string // "play": its heading is the text keys.group_play
	Keys []Key
}

// Key is a command of the review and the keys that give it, the first of which
// is shown on its button.
type Key struct {
	Command string   // "keep": what it does is the text keys.keep
	Keys    []string // as KeyboardEvent.key has them, "Control+" and "Shift+" before it
}

// ReviewKeys are all commands of the review that have keys. The scripts get them
// from here, as the sheet of keys does, so that both say the same.
var ReviewKeys = []KeyGroup{
	{"choose", []Key{
		{"next", []string{"n"}},
		{"previous", []string{"p"}},
		{"keep", []string{"k"}},
		{"aside", []string{"x"}},
		{"undo", []string{"z", "Control+z"}},
		{"redo", []string{"Z", "Control+Z", "Control+y"}},
	}},
	{"play", []Key{
		{"play", []string{" "}},
		{"again", []string{"r"}},
		{"loop", []string{"l"}},
		{"back_frame", []string{","}},
		{"on_frame", []string{"."}},
		{"back", []string{"ArrowLeft"}},
		{"on", []string{"ArrowRight"}},
		{"rate_1", []string{"1"}},
		{"rate_2", []string{"2"}},
		{"rate_4", []string{"4"}},
		{"closer", []string{"+"}},
		{"farther", []string{"-"}},
		{"whole", []string{"0"}},
	}},
	{"cut", []Key{
		{"start_here", []string{"["}},
		{"end_here", []string{"]"}},
		{"start_earlier", []string{"a"}},
		{"start_later", []string{"s"}},
		{"end_earlier", []string{"d"}},
		{"end_later", []string{"f"}},
		{"longer", []string{"e"}},
		{"shorter", []string{"E"}},
		{"split", []string{"c"}},
	}},
	{"add", []Key{
		{"mark_in", []string{"i"}},
		{"mark_out", []string{"o"}},
		{"delete", []string{"Delete"}},
	}},
	{"say", []Key{
		{"tags", []string{"t"}},
		{"note", []string{"w"}},
		{"leave", []string{"Escape"}},
	}},
	{"reel", []Key{
		{"earlier", []string{"<"}},
		{"later", []string{">"}},
	}},
	{"help", []Key{
		{"sheet", []string{"?"}},
	}},
}

// Cap is one key of a keyboard: what stands on it, or the text that names it.
type Cap struct {
	Sign string
	Name string // a key of messages; "" where the sign says it
}

// keyNames are the keys that have no sign of their own.
var keyNames = map[string]Cap{
	" ": {Name: "keys.name_space"}, "Control": {Name: "keys.name_control"}, "Shift": {Name: "keys.name_shift"},
	"Delete": {Name: "keys.name_delete"}, "Escape": {Name: "keys.name_escape"},
	"ArrowLeft": {Sign: "←"}, "ArrowRight": {Sign: "→"},
}

// Caps returns what is to be pressed for the command: each of the ways, and of
// each the keys together.
func (k Key) Caps() [][]Cap {
	ways := make([][]Cap, len(k.Keys))
	for i, key := range k.Keys {
		if rest, held := strings.CutPrefix(key, "Control+"); held {
			ways[i], key = append(ways[i], keyNames["Control"]), rest
		}
		if upper := strings.ToUpper(key); len(key) == 1 && key == upper && key != strings.ToLower(key) {
			ways[i] = append(ways[i], keyNames["Shift"])
		}
		named, known := keyNames[key]
		if !known {
			named = Cap{Sign: strings.ToUpper(key)}
		}
		ways[i] = append(ways[i], named)
	}
	return ways
}

// Keys is the page of all keys.
type Keys struct{}

func (Keys) template() string { return "keys" }

// Groups are all commands with keys.
func (Keys) Groups() []KeyGroup { return ReviewKeys }
