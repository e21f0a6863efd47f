package dialogue_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"recado/hooks/dialogue"
	"recado/hooks/texts"
)

// said is what a random customer writes: sense, nonsense, and everything that
// once broke somebody's bot.
var said = []string{
	"oi", "1", "2", "3", "4", "7", "9", "0", "menu", "voltar", "mais", "sim", "não", "cancelar", "obrigado", "tchau", "quero marcar", "corte", "coloração amanhã 15h",
	"amanhã", "sexta que vem", "dia 31", "às 9", "15h", "de manhã", "ontem", "meio-dia", "depois das 15h", "semana que vem", "o quanto antes", "em abril", "quero remarcar",
	"remarcar para segunda às 10h", "desmarcar", "meus agendamentos", "onde fica?", "quanto custa?", "informações", "João da Silva", "xyzzy", "???", "👍", "\x00", "{name}",
	"ok\n2", strings.Repeat("á", 3000), "31/02", "quinta ou sexta às 3",
}

// Whatever a customer does, the dialogue answers; it only books what it listed
// as free and the customer then chose; and it hands over at the third
// misunderstanding and not before.
func TestWhateverHappens(t *testing.T) {
	done := map[string]int{}
	for seed := range uint64(40) {
		random := rand.New(rand.NewPCG(seed, 7))
		start := clock(t)()
		now := start
		w := newWorld(func() time.Time { return now })
		w.agendas = []string{"ana", "bia"}[:1+random.IntN(2)]
		w.services = w.services[:1+random.IntN(2)]
		w.people = dialogue.People{Back: start.AddDate(0, 0, 1), Here: random.IntN(2) == 0}
		w.asks, w.limit = random.IntN(2) == 0, random.IntN(10) == 0
		locale := texts.Locales()[random.IntN(3)]

		state := dialogue.State{}
		misses := 0
		var options []string         // every id ever shown
		var history []string         // to tell what went wrong
		shown := map[string]string{} // id → label, of the last question
		name := ""

		for range 60 {
			in := dialogue.Input{Now: now, Company: "Sol", Name: name, Greet: random.IntN(20) == 0}
			switch random.IntN(10) {
			case 0:
				in.Media = true
			case 1:
				if len(options) > 0 {
					in.Payload = options[random.IntN(len(options))]
				} else {
					in.Payload = "1.1"
				}
			case 2:
				in.Payload = fmt.Sprintf("%d.%d", random.IntN(80), random.IntN(12))
			case 3, 4, 5:
				ids := make([]string, 0, len(shown))
				for id := range shown {
					ids = append(ids, id)
				}
				slices.Sort(ids)
				if len(ids) > 0 {
					in.Payload = ids[random.IntN(len(ids))]
				}
			}
			if in.Payload == "" && !in.Media {
				in.Text = said[random.IntN(len(said))]
			}
			w.steal = random.IntN(15) == 0
			if random.IntN(10) == 0 {
				now = now.Add(time.Duration(random.IntN(72)) * time.Hour)
			}
			before := len(w.writes)
			history = append(history, fmt.Sprintf("%q/%s", in.Text, in.Payload))

			raw, err := state.JSON()
			if err != nil {
				t.Fatal(err)
			}
			if len(raw) > 40_000 {
				t.Fatalf("seed %d: the state has %d bytes", seed, len(raw))
			}
			out, err := dialogue.Step(dialogue.ParseState(raw), in, w, texts.For(locale, nil))
			fail := func(what string, args ...any) {
				t.Helper()
				t.Fatalf("seed %d, %s: %s\n%v\n%+v", seed, locale, fmt.Sprintf(what, args...), history, out)
			}
			if err != nil {
				fail("%v", err)
			}
			if len(out.Replies) != 1 || strings.TrimSpace(out.Replies[0].Text) == "" {
				fail("no answer")
			}

			// Writes: at most one a turn, and only to what was listed before.
			writes := w.writes[before:]
			if len(writes) > 1 {
				fail("wrote %v", writes)
			}
			for _, write := range writes {
				verb, key, _ := strings.Cut(write, " ")
				done[verb]++
				if verb != "cancel" && !w.offered[key] {
					fail("%s was never offered", write)
				}
				if in.Media || in.Payload != "" && shown[in.Payload] == "" {
					fail("%s by an option that was not on screen", write)
				}
			}

			// Misunderstandings.
			switch {
			case out.Handoff && out.Reason == dialogue.ReasonMisses:
				if misses != 2 {
					fail("handed over after %d misses", misses)
				}
				misses = 0
			case out.State.Misses == misses+1:
				if in.Media || in.Payload != "" {
					fail("a button or a picture counted as a miss")
				}
				misses++
			case out.State.Misses == 0:
				misses = 0
			case out.State.Misses != misses:
				fail("%d misses became %d", misses, out.State.Misses)
			}
			if misses > 2 {
				fail("%d misses and no person", misses)
			}

			clear(shown)
			seen := map[string]bool{}
			for _, option := range out.Replies[0].Options {
				if option.ID == "" || option.Label == "" || seen[option.ID] {
					fail("bad option %+v", option)
				}
				seen[option.ID] = true
				shown[option.ID] = option.Label
				options = append(options, option.ID)
			}
			if len(out.Replies[0].Options) > 10 {
				fail("%d options", len(out.Replies[0].Options))
			}
			for placeholder := range strings.FieldsSeq(out.Replies[0].Text) {
				if strings.HasPrefix(placeholder, "{") && !strings.Contains(in.Text, "{") {
					fail("a parameter is missing")
				}
			}
			if out.Name != "" {
				name = out.Name
			}
			state = out.State
		}
	}
	if done["book"] < 25 || done["move"] < 2 || done["cancel"] < 2 {
		t.Errorf("the random customers hardly did anything: %v", done)
	}
}
