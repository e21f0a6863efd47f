package phrases_test

import (
	"testing"

	"recado/hooks/dialogue/phrases"
)

func TestSaid(t *testing.T) {
	tests := []struct {
		locale string
		word   phrases.Word
		yes    []string
		no     []string
	}{
		{"pt-BR", phrases.Yes, []string{"sim", "Sim!", "sim, por favor", "pode marcar", "ok 👍", "👍🏽", "claro, pode ser"}, []string{"", "não", "sim mas outro dia", "talvez"}},
		{"en", phrases.Yes, []string{"yes", "Yes please", "sure, go ahead", "OK"}, []string{"no", "yes but later", "maybe"}},
		{"es", phrases.Yes, []string{"sí", "Sí, por favor", "claro que sí", "dale"}, []string{"no", "quizás"}},
		{"pt-BR", phrases.No, []string{"não", "nao, obrigado", "agora não"}, []string{"sim", "não sei"}},
		{"en", phrases.No, []string{"no", "no thanks", "not now"}, []string{"no idea", "yes"}},
		{"es", phrases.No, []string{"no", "no, gracias", "mejor no"}, []string{"no sé", "sí"}},
		{"pt-BR", phrases.Stop, []string{"cancelar", "deixa pra lá", "sair"}, []string{"quero cancelar minha consulta"}},
		{"en", phrases.Stop, []string{"cancel", "never mind"}, []string{"cancel my appointment"}},
		{"es", phrases.Stop, []string{"cancelar", "olvídalo"}, []string{"cancelar mi cita"}},
		{"pt-BR", phrases.Menu, []string{"0", "menu", "Menu, por favor", "voltar ao início", "0️⃣"}, []string{"voltar", "10"}},
		{"en", phrases.Menu, []string{"0", "main menu", "start over"}, []string{"back"}},
		{"es", phrases.Menu, []string{"menú", "volver al inicio"}, []string{"volver"}},
		{"pt-BR", phrases.Back, []string{"voltar"}, []string{"voltar ao menu amanhã"}},
		{"pt-BR", phrases.Human, []string{"quero falar com um atendente", "atendente", "human please", "tem alguém da equipe aí?"}, []string{"quero marcar", "oi"}},
		{"en", phrases.Human, []string{"I want to talk to a person", "agent", "quiero hablar con alguien"}, []string{"book a table"}},
		{"es", phrases.Human, []string{"quiero hablar con una persona", "asesor"}, []string{"una cita"}},
		{"pt-BR", phrases.Hello, []string{"oi", "Olá, bom dia!", "oi, tudo bem?", "boa noite"}, []string{"oi, quero marcar", "bom"}},
		{"en", phrases.Hello, []string{"hi there", "Hello!", "good morning"}, []string{"hi, I need help"}},
		{"es", phrases.Hello, []string{"hola, buenas tardes", "¡Hola!"}, []string{"hola, una pregunta"}},
		{"pt-BR", phrases.Thanks, []string{"obrigada!", "valeu", "muito obrigado 🙏"}, []string{"não, obrigado"}},
		{"pt-BR", phrases.Bye, []string{"tchau", "até amanhã"}, []string{"amanhã"}},
		{"pt-BR", phrases.Book, []string{"quero marcar amanhã 15h", "tem horário sexta?", "agendar"}, []string{"desmarcar", "remarcar", "oi"}},
		{"en", phrases.Book, []string{"I'd like to book a haircut", "do you have any availability?"}, []string{"hello"}},
		{"es", phrases.Book, []string{"quisiera reservar", "necesito una cita"}, []string{"hola"}},
		{"pt-BR", phrases.Mine, []string{"qual é o meu horário?", "meus agendamentos"}, []string{"horários"}},
		{"pt-BR", phrases.Move, []string{"preciso remarcar", "quero mudar o horário"}, []string{"marcar"}},
		{"pt-BR", phrases.Drop, []string{"quero desmarcar", "não vou poder ir"}, []string{"cancelar"}},
		{"en", phrases.Drop, []string{"cancel my appointment", "I can't make it"}, []string{"cancel"}},
		{"es", phrases.Drop, []string{"necesito cancelar mi cita", "no puedo ir"}, []string{"cancelar"}},
		{"pt-BR", phrases.Hours, []string{"que horas vocês abrem?", "horário de funcionamento", "até que horas vai?"}, []string{"quero um horário"}},
		{"en", phrases.Address, []string{"where are you located?"}, []string{"book"}},
		{"es", phrases.Prices, []string{"¿cuánto cuesta el corte?"}, []string{"cita"}},
	}
	for _, test := range tests {
		for _, text := range test.yes {
			if !phrases.Said(test.locale, text, test.word) {
				t.Errorf("%s: %q should say %d", test.locale, text, test.word)
			}
		}
		for _, text := range test.no {
			if phrases.Said(test.locale, text, test.word) {
				t.Errorf("%s: %q should not say %d", test.locale, text, test.word)
			}
		}
	}
}

func TestOrdinal(t *testing.T) {
	for text, want := range map[string]int{
		"2": 2, " 2. ": 2, "#2": 2, "opção 2": 2, "2️⃣": 2, "dois": 2, "o segundo": 2, "número 3, por favor": 3, "a primeira": 1, "um": 1, "uma opção": 1, "12": 12,
		"": 0, "0": 0, "2 3": 0, "dois filhos": 0, "amanhã": 0, "1000000": 0,
	} {
		if got := phrases.Ordinal("pt-BR", text); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
	for text, want := range map[string]int{"the second one": 2, "number two": 2, "2nd": 2, "option 3": 3, "the first": 1} {
		if got := phrases.Ordinal("en", text); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
	if got := phrases.Ordinal("es", "la tercera"); got != 3 {
		t.Errorf("got %d", got)
	}
}

func TestRefused(t *testing.T) {
	for _, test := range []struct {
		locale, text, rest string
		refused            bool
	}{
		{"pt-BR", "não", "", true},
		{"pt-BR", "Não, obrigada!", "", true},
		{"pt-BR", "não, pode ser às 16h?", "pode ser às 16h?", true},
		{"pt-BR", "agora não: me liga amanhã", "me liga amanhã", true},
		{"pt-BR", "não, deixa pra lá", "", true},
		{"pt-BR", "não\nmelhor sexta", "melhor sexta", true},
		{"pt-BR", "não sei, pode ser", "", false},
		{"pt-BR", "sim, não", "", false},
		{"pt-BR", "", "", false},
		{"en", "no, better Friday", "better Friday", true},
		{"en", "nope – 4 pm", "4 pm", true},
		{"en", "no, thanks, bye", "", true},
		{"en", "no idea, sorry", "", false},
		{"es", "no, ¿puede ser el viernes?", "¿puede ser el viernes?", true},
		{"es", "No, gracias.", "", true},
		{"es", "mejor no; otro día", "otro día", true},
	} {
		if rest, refused := phrases.Refused(test.locale, test.text); rest != test.rest || refused != test.refused {
			t.Errorf("%s: %q: got %q, %v", test.locale, test.text, rest, refused)
		}
	}
}
