package pieces_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"recado/hooks/knowledge/pieces"
)

func TestPiecesKnowTheirHeadings(t *testing.T) {
	got := pieces.Cut("Before.\n\n# Prices\nA cut is 50.\n\n## Children\n\nUp to 12 years: 30.\n\nNo appointment needed.\n# Parking\nBehind the house.\n####### no heading\n#none")
	want := []pieces.Piece{
		{"", "Before."},
		{"Prices", "A cut is 50."},
		{"Prices › Children", "Up to 12 years: 30.\n\nNo appointment needed."},
		{"Parking", "Behind the house.\n####### no heading\n#none"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestLongTextsAreCutBetweenSentences(t *testing.T) {
	sentence := "This is a sentence of some length that says little. "
	got := pieces.Cut(strings.Repeat(sentence, 100) + "\n\n" + strings.Repeat("x", 5_000))
	if len(got) < 7 {
		t.Fatalf("%d pieces", len(got))
	}
	for _, piece := range got[:3] {
		if !strings.HasSuffix(piece.Text, ".") || !strings.HasPrefix(piece.Text, "This") {
			t.Errorf("cut within a sentence: %q", piece.Text)
		}
	}
}

func FuzzCut(f *testing.F) {
	f.Add("# a\n\nb\n\n" + strings.Repeat("ç ", 3_000))
	f.Add("\n\n#\n# \n###### x\n\n\n")
	f.Add(strings.Repeat("\xff", 3_000))
	f.Fuzz(func(t *testing.T, text string) {
		letters := func(s string) int {
			n := 0
			for _, r := range s {
				if unicode.IsLetter(r) {
					n++
				}
			}

			return n
		}
		kept := 0
		for _, piece := range pieces.Cut(text) {
			if n := utf8.RuneCountInString(piece.Text); n == 0 || n > pieces.Most+2 {
				t.Fatalf("a piece of %d", n)
			}
			kept += letters(piece.Text)
		}
		said := 0
		for line := range strings.SplitSeq(text, "\n") {
			if !strings.HasPrefix(line, "#") {
				said += letters(line)
			}
		}
		if kept < said {
			t.Fatalf("%d letters of %d", kept, said)
		}
	})
}
