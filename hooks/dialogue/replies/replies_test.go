package replies

import (
	"strings"
	"testing"
	"time"

	"recado/hooks/texts"
)

// start of the appointments in these tests: a Thursday at three.
var start = time.Date(2040, 3, 15, 15, 0, 0, 0, time.UTC)

func TestRead(t *testing.T) {
	for _, c := range []struct {
		locale, text string
		want         Verdict
	}{
		{"pt-BR", "👍", Maybe}, {"pt-BR", "👍🏽", Maybe}, {"en", "ok", Maybe}, {"es", "Sí", Maybe}, {"pt-BR", "Sim!", Maybe}, {"pt-BR", "ok, obrigada 🙏", Maybe},
		{"pt-BR", "Confirmo", Confirm}, {"pt-BR", "confirmado, doutora!", Confirm}, {"pt-BR", "Sim, estarei lá", Confirm}, {"en", "I'll be there", Confirm},
		{"en", "Confirmed. My son comes along too", Confirm}, {"es", "Confirmo mi cita, gracias", Confirm}, {"es", "allí estaré", Confirm}, {"en", "confirmo", Confirm},

		{"pt-BR", "sim, mas 16h?", Ask}, {"pt-BR", "ok mas pode ser mais cedo", Move}, {"en", "yes but at 4 pm", Ask}, {"es", "sí, pero a las 16?", Ask},
		{"pt-BR", "sim?", Ask}, {"en", "can it be Friday?", Ask}, {"pt-BR", "às 16h", Ask}, {"es", "mejor el viernes", Ask},
		{"pt-BR", "confirmo às 15h", Confirm}, {"en", "yes, Thursday at 3 pm", Maybe}, {"es", "sí, el jueves a las 15:00", Maybe},

		{"pt-BR", "Cancelar", Stop}, {"en", "cancel", Stop}, {"es", "cancela por favor", Stop},
		{"pt-BR", "não vou poder ir", Cancel}, {"pt-BR", "preciso desmarcar", Cancel}, {"en", "sorry, I can't make it", Cancel}, {"en", "please cancel my appointment", Cancel},
		{"es", "no puedo ir", Cancel}, {"es", "quiero cancelar mi cita por favor", Cancel},
		{"pt-BR", "não vou poder ir, pode ser sexta?", Ask}, {"pt-BR", "posso cancelar?", No}, {"en", "can I cancel it?", No}, {"en", "maybe I can't come", No},

		{"pt-BR", "não", No}, {"en", "no", No}, {"es", "no", No}, {"en", "👎", No}, {"en", "not sure", No},
		{"pt-BR", "quero remarcar", Move}, {"en", "another time please", Move}, {"es", "¿puedo cambiar la hora?", Move}, {"pt-BR", "não posso, quero outro dia", Move},
		{"en", "please don't cancel", Maybe}, {"pt-BR", "não quero cancelar", Maybe},

		{"pt-BR", "", Unknown}, {"pt-BR", "qual o endereço?", Unknown}, {"en", "how much is it?", Unknown}, {"es", "hola", Unknown}, {"en", "ok let me check with my wife", Unknown},
		{"pt-BR", "quero cancelar", Cancel}, {"pt-BR", "cancelar a assinatura da revista", Unknown}, {"pt-BR", "sim quero saber o preço", Unknown},
		{"pt-BR", strings.Repeat("sim ", 40), Unknown},
	} {
		if got := Read(c.locale, c.text, start); got != c.want {
			t.Errorf("%s %q: %d, want %d", c.locale, c.text, got, c.want)
		}
	}
}

// Every phrase of a table says what its list says, in its own language, in
// capitals and with a full stop; and there are at least thirty that confirm or
// cancel in each.
func TestEveryPhraseIsUnderstood(t *testing.T) {
	for locale, table := range tables() {
		count := map[Verdict]int{}
		for phrase, want := range table.phrases {
			count[want]++
			if got := Read(locale, strings.ToUpper(phrase)+".", start); got != want {
				t.Errorf("%s %q: %d, want %d", locale, phrase, got, want)
			}
		}
		if yes, no := count[Confirm]+count[Maybe], count[Cancel]+count[Stop]; yes < 30 || no < 30 {
			t.Errorf("%s: %d phrases confirm, %d cancel", locale, yes, no)
		}
	}
	if len(tables()) != len(texts.Locales()) {
		t.Error("a language has no table")
	}
}

func TestClear(t *testing.T) {
	for verdict, want := range map[Verdict]Verdict{Confirm: Confirm, Cancel: Cancel, Maybe: Unknown, Stop: Unknown, No: Unknown, Ask: Unknown, Move: Unknown} {
		if verdict.Clear() != want {
			t.Errorf("%d", verdict)
		}
	}
}

// Nothing anybody writes makes it fail, and nothing cancels that does not say so.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{"sim, mas 16h?", "👍🏽", "no puedo ir", "I can't\u200d make it", "\xff\xfe", "ﬁm"} {
		f.Add(seed, 0)
	}
	f.Fuzz(func(t *testing.T, text string, n int) {
		locale := texts.Locales()[int(uint(n)%3)]
		verdict := Read(locale, text, start)
		if verdict < Unknown || verdict > Move {
			t.Fatalf("%q: %d", text, verdict)
		}
		if again := Read(locale, text, start); again != verdict {
			t.Fatalf("%q: %d and then %d", text, verdict, again)
		}
		Thanks(locale, text)
	})
}
