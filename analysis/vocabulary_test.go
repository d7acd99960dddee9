package analysis

import (
	"regexp"
	"strings"
	"testing"
)

// What no sentence may hold: feelings, judgements, lacks, scores, claims about
// what somebody is like or thinks.
var banned = regexp.MustCompile(`(?i)\b(` + strings.Join([]string{
	`happ\w*`, `sad\w*`, `ang(er|ry)\w*`, `afraid`, `fear\w*`, `joy\w*`, `delight\w*`, `enjoy\w*`, `love\w*`, `loving`,
	`affection\w*`, `warm\w*`, `bored\w*`, `upset`, `anxi\w*`, `stress\w*`, `distress\w*`, `emotion\w*`, `feel\w*`,
	`mood\w*`, `calm\w*`, `content`, `surpris\w*`, `disgust\w*`, `proud\w*`, `shy\w*`, `comfort\w*`,
	`good`, `bad`, `well`, `poor\w*`, `better`, `worse`, `best`, `worst`, `great`, `nice\w*`, `success\w*`, `fail\w*`,
	`wrong\w*`, `correct\w*`, `lack\w*`, `miss(es|ed|ing)`, `ignor\w*`, `deficit\w*`, `problem\w*`, `weak\w*`,
	`insensitiv\w*`, `sensitiv\w*`, `neglect\w*`, `reject\w*`, `negativ\w*`, `positiv\w*`, `abnormal\w*`, `normal\w*`,
	`disorder\w*`, `autis\w*`, `delay\w*`, `attach\w*`, `bond\w*`, `score\w*`, `rating\w*`, `quality`, `level\w*`,
	`percentile\w*`, `probab\w*`, `confiden\w*`, `interest\w*`, `engag\w*`, `attenti\w*`, `want\w*`, `try`, `tries`,
	`think\w*`, `know\w*`, `understand\w*`, `mother\w*`, `father\w*`, `mum`, `dad`, `boy`, `girl`, `he`, `she`, `his`, `her`,
	`user\w*`, `subject\w*`, `video\w*`, `highlight\w*`,
}, "|") + `)\b`)

type tester interface {
	Helper()
	Errorf(format string, args ...any)
}

func checkWords(t tester, sentence string) {
	t.Helper()
	if word := banned.FindString(sentence); word != "" {
		t.Errorf("%q in %q", word, sentence)
	}
}

func TestSentencesNameMovementsOnly(t *testing.T) {
	t.Parallel()
	for _, s := range append(append([]string{}, sentences...), notes...) {
		checkWords(t, s)
		if !strings.HasSuffix(s, ".") {
			t.Errorf("not a sentence: %q", s)
		}
	}
	for _, w := range actWords {
		checkWords(t, w)
	}
	for _, s := range []string{"Adult looks happy.", "Child ignored the adult.", "Score: 7."} {
		if !banned.MatchString(s) {
			t.Errorf("the list lets %q pass", s)
		}
	}
}
