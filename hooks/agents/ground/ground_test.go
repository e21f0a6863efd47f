package ground

import (
	"strings"
	"testing"
	"time"
)

// Wednesday, 10 March 2027.
var now = time.Date(2027, 3, 10, 10, 0, 0, 0, time.UTC)

const facts = `{"slots":[{"label":"amanhã às 09:00"},{"label":"sexta-feira, 12 de março, às 15:00"},{"label":"Friday, March 12 at 3:00 PM"}],"price":"R$ 50,00","name":"Corte"} Today is Wednesday, March 10.`

func TestWhatIsGrounded(t *testing.T) {
	for _, text := range []string{
		"Olá! Como posso ajudar?",
		"Tenho amanhã às 9h ou sexta às 15h.",
		"Tomorrow at 9 or Friday at 3 pm?",
		"Friday, March 12 at 3:00 PM is free.",
		"O corte custa R$ 50.",
		"Custa 50 reais.",
		"El viernes 12 de marzo a las 15:00.",
		"12/03 às 15:00",
		"11/03, 9:00",
		"Um momento, são 2 perguntas.",
		"A segunda opção é melhor?",
		"Pode ser pela manhã? Em la mañana?",
		"What day suits you?",
		"You may come. Thanks for your patience in this matter.",
	} {
		if wrong := Check(text, []string{facts}, []string{"Corte", "Barba"}, now); len(wrong) > 0 {
			t.Errorf("%q: %v", text, wrong)
		}
	}
}

func TestWhatIsNot(t *testing.T) {
	for text, want := range map[string]string{
		"Amanhã às 15h30.":        "time",
		"Tomorrow at 10?":         "time",
		"Às 21:00 está livre.":    "time",
		"a las 11":                "time",
		"at noon":                 "time",
		"No dia 25 às 9h.":        "date",
		"20/03 às 9:00":           "date",
		"On March 15 at 9:00":     "date",
		"15 de abril":             "date",
		"2027-05-01":              "date",
		"depois de amanhã? 13/03": "date",
		"Na segunda-feira às 9h.": "day",
		"Monday at 9:00":          "day",
		"el domingo":              "day",
		"Custa R$ 45,00.":         "price",
		"It is $50.50":            "price",
		"80 reais":                "price",
		"Fazemos Barba também.":   "service",
	} {
		wrong := strings.Join(Check(text, []string{facts}, []string{"Corte", "Barba"}, now), "; ")
		if !strings.Contains(wrong, "the "+want) {
			t.Errorf("%q: %q, want a %s", text, wrong, want)
		}
	}
}

// No text makes it fail, and what stands in the facts is grounded.
func FuzzCheck(f *testing.F) {
	for _, seed := range []string{facts, "às 25:99 R$ 1.2.3,4 32/13 99/99/9999", "mañana por la mañana", "\x00\xff €", "12 12 12 march march"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if wrong := Check(text, []string{text}, []string{text}, now); len(wrong) > 0 {
			t.Errorf("%q against itself: %v", text, wrong)
		}
	})
}
