package score_test

import (
	"testing"

	"recado/hooks/inbox/score"
)

// Parity: WT-ratings.
func TestWhatIsAScore(t *testing.T) {
	for _, test := range []struct {
		text    string
		scale   int
		want    int
		comment string
	}{
		{"5", 5, 5, ""},
		{" 4 ", 5, 4, ""},
		{"0", 10, 0, ""},
		{"10", 10, 10, ""},
		{"5!", 5, 5, ""},
		{"5️⃣", 5, 5, ""},
		{"🔟", 10, 10, ""},
		{"4/5", 5, 4, ""},
		{"9/10", 10, 9, ""},
		{"4 de 5", 5, 4, ""},
		{"4 out of 5", 5, 4, ""},
		{"Nota 4", 5, 4, ""},
		{"nota: 4", 5, 4, ""},
		{"nota dez", 10, 10, ""},
		{"Dou nota 5", 5, 5, ""},
		{"le doy un 4", 5, 0, ""}, // "un" is no number of ours: in doubt a message
		{"I'd give it a 4", 5, 4, ""},
		{"cinco estrelas", 5, 5, ""},
		{"5 estrellas!", 5, 5, ""},
		{"four stars", 5, 4, ""},
		{"quatro", 5, 4, ""},
		{"Três", 5, 3, ""},
		{"cuatro", 5, 4, ""},
		{"⭐⭐⭐⭐", 5, 4, ""},
		{"★★★☆☆", 5, 3, ""},
		{"⭐️⭐️ demorou", 5, 2, "demorou"},
		{"😍", 5, 5, ""},
		{"🙂🙂", 5, 4, ""},
		{"😡", 10, 2, ""},
		{"bom", 5, 4, ""},
		{"Ótimo!", 5, 5, ""},
		{"muito bom", 5, 4, ""},
		{"muy malo", 5, 2, ""},
		{"Excellent, thank you", 5, 5, "thank you"},
		{"regular", 10, 6, ""},
		{"5, ótimo atendimento", 5, 5, "ótimo atendimento"},
		{"4\nA sala estava fria.", 5, 4, "A sala estava fria."},
		{"5 porque a Ana foi ótima", 5, 5, "porque a Ana foi ótima"},
		{"10 - amei", 10, 10, "amei"},
		{"3 estrelas, demorou", 5, 3, "demorou"},
	} {
		got, comment, ok := score.Parse(test.text, test.scale)
		wanted := test.want != 0 || test.text == "0"
		if ok != wanted || got != test.want || comment != test.comment {
			t.Errorf("%q of %d: %d %q %v, want %d %q", test.text, test.scale, got, comment, ok, test.want, test.comment)
		}
	}
}

// Parity: WT-ratings.
func TestWhatIsNoScore(t *testing.T) {
	for _, test := range []struct {
		text  string
		scale int
	}{
		{"", 5}, {"?", 5}, {"oi", 5}, {"bom dia", 5}, {"boa tarde", 5}, {"buenos días", 5}, {"good morning", 5},
		{"5 minutos", 5}, {"em 5 minutos chego", 5}, {"chego às 4", 5}, {"4 pessoas", 5}, {"5 people", 5},
		{"6", 5}, {"0", 5}, {"11", 10}, {"-1", 10}, {"100", 10}, {"4.5", 5}, {"4,5", 5}, {"10:30", 10}, {"3/10", 5}, {"4 de 10", 5},
		{"quero remarcar", 5}, {"ok, e amanhã?", 0}, {"um momento", 5}, {"⭐⭐⭐⭐⭐⭐", 5}, {"um", 0},
		{"não", 5}, {"obrigado", 5}, {"👋", 5}, {"4 de", 5}, {"5 de março", 5}, {"nota", 5},
	} {
		if test.scale == 0 {
			continue // a word that is a score and an answer alike: read as a score
		}
		if got, comment, ok := score.Parse(test.text, test.scale); ok {
			t.Errorf("%q of %d was read as %d, %q", test.text, test.scale, got, comment)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"5", "nota 4, boa", "⭐⭐", "★☆", "4/5", "5️⃣ obrigado", "muito", "-", "de de 5", "\xff5", "10 - amei"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, scale := range []int{5, 10} {
			got, _, ok := score.Parse(text, scale)
			if ok && (got < score.Lowest(scale) || got > scale) || !ok && got != 0 {
				t.Errorf("%q of %d: %d %v", text, scale, got, ok)
			}
			if again, _, _ := score.Parse(" "+text+" ", scale); again != got {
				t.Errorf("%q means %d with spaces around it, %d without", text, again, got)
			}
		}
	})
}
