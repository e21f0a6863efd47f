package dialogue_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"recado/hooks/dialogue"
	"recado/hooks/texts"
)

// Everything happens on Wednesday, 10 March 2027, at 14:00 in São Paulo.
func clock(t testing.TB) func() time.Time {
	t.Helper()
	zone, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		t.Fatal(err)
	}

	return func() time.Time { return time.Date(2027, 3, 10, 14, 0, 0, 0, zone) }
}

// talk drives a dialogue. The state goes through JSON between turns, as it does
// through the database.
type talk struct {
	t      *testing.T
	w      *fakeWorld
	now    func() time.Time
	locale string
	name   string
	greet  bool
	raw    json.RawMessage
	last   dialogue.Outcome
	text   string
}

func newTalk(t *testing.T) *talk {
	now := clock(t)

	return &talk{t: t, w: newWorld(now), now: now, locale: "pt-BR", name: "Maria Silva"}
}

func (k *talk) step(in dialogue.Input) *talk {
	k.t.Helper()
	in.Now, in.Company, in.Name, in.Greet = k.now(), "Salão Sol", k.name, k.greet
	out, err := dialogue.Step(dialogue.ParseState(k.raw), in, k.w, texts.For(k.locale, nil))
	if err != nil {
		k.t.Fatal(err)
	}
	if k.raw, err = out.State.JSON(); err != nil {
		k.t.Fatal(err)
	}
	if out.Name != "" {
		k.name = out.Name
	}
	if len(out.Replies) == 0 {
		k.t.Fatalf("no reply to %+v", in)
	}
	k.greet = false
	k.last = out
	k.text = dialogue.Numbered(out.Replies[len(out.Replies)-1], texts.For(k.locale, nil))

	return k
}

func (k *talk) write(text string) *talk { k.t.Helper(); return k.step(dialogue.Input{Text: text}) }

// tap presses the button whose label starts with label.
func (k *talk) tap(label string) *talk {
	k.t.Helper()

	return k.step(dialogue.Input{Payload: k.button(label), Text: label})
}

func (k *talk) button(label string) string {
	k.t.Helper()
	for _, reply := range k.last.Replies {
		for _, option := range reply.Options {
			if strings.HasPrefix(option.Label, label) {
				return option.ID
			}
		}
	}
	k.t.Fatalf("no button %q in:\n%s", label, k.text)

	return ""
}

// sees fails unless the last reply contains all of the texts.
func (k *talk) sees(wanted ...string) *talk {
	k.t.Helper()
	for _, text := range wanted {
		if !strings.Contains(k.text, text) {
			k.t.Fatalf("%q is not in:\n%s", text, k.text)
		}
	}

	return k
}

func (k *talk) seesNot(text string) *talk {
	k.t.Helper()
	if strings.Contains(k.text, text) {
		k.t.Fatalf("%q is in:\n%s", text, k.text)
	}

	return k
}

func (k *talk) appointments(want ...string) *talk {
	k.t.Helper()
	all, _ := k.w.Appointments()
	got := []string{}
	for _, a := range all {
		got = append(got, a.Service+" "+a.Start.Format("01-02 15:04"))
	}
	if strings.Join(got, "; ") != strings.Join(want, "; ") {
		k.t.Fatalf("appointments: got %v, want %v", got, want)
	}

	return k
}

func TestBookByButtons(t *testing.T) {
	k := newTalk(t)
	k.greet = true
	k.write("oi").sees("Olá, Maria!", "Salão Sol", "Como posso ajudar?", "1. Agendar um horário", "2. Meus agendamentos", "3. Informações", "4. Falar com uma pessoa")
	k.tap("Agendar").sees("O que você gostaria de agendar?", "1. Corte · 30 min · R$ 50,00", "2. Coloração · 1 h").seesNot("Olá")
	k.tap("Corte").sees("Corte: qual dia", "1. Hoje, 10/03", "2. Amanhã, 11/03", "3. Sexta, 12/03", "Mais dias…")
	k.tap("Mais dias").sees("Quinta, 18/03").seesNot("Hoje")
	k.tap("Quinta, 18/03").sees("Horários livres para quinta-feira, 18 de março", "1. 09:00", "Mais horários…")
	k.tap("Mais horários").sees("1. 15:00", "Outro dia")
	k.tap("15:00").sees("Tudo certo, Maria!", "Corte, quinta-feira, 18 de março, às 15:00", "Com ana.", "Rua das Flores", "Remarcar", "Cancelar")
	k.appointments("cut 03-18 15:00")
}

func TestBookByNumbersAndWords(t *testing.T) {
	k := newTalk(t)
	k.write("quero marcar").write("2").sees("Coloração: qual dia")
	k.write("o segundo").sees("amanhã, 11 de março")
	k.write("9").sees("Tudo certo", "amanhã às 09:00") // nine o'clock, though it is also the place of a button
	k.appointments("color 03-11 09:00")

	k = newTalk(t)
	k.write("menu").write("agendar um horário").write("corte").write("amanhã").write("09:00")
	k.appointments("cut 03-11 09:00")
}

// Where there is only one of something, nobody is asked to choose it.
func TestSingleServiceIsSkipped(t *testing.T) {
	k := newTalk(t)
	k.w.services = k.w.services[:1]
	k.write("1").sees("Como posso ajudar?")
	k.write("1").sees("Corte: qual dia")
	k.write("voltar").sees("Como posso ajudar?")
}

func TestShortcutFromMenu(t *testing.T) {
	k := newTalk(t)
	k.greet = true
	k.write("Bom dia! Quero marcar amanhã 15h").sees("Olá, Maria!", "O que você gostaria de agendar?")
	k.tap("Corte").sees("Corte, amanhã às 15:00: está livre. Posso marcar?").appointments()
	k.write("sim, por favor").sees("Tudo certo").appointments("cut 03-11 15:00")

	k = newTalk(t)
	k.write("queria um corte sexta às 10").sees("Corte, sexta-feira, 12 de março, às 10:00: está livre")
	k.write("não").sees("Horários livres para sexta-feira").appointments()
	k.write("às 4 da tarde").sees("sexta-feira, 12 de março, às 16:00").write("pode marcar").appointments("cut 03-12 16:00")
}

func TestBurstIsOneTurn(t *testing.T) {
	k := newTalk(t)
	k.write("oi\nquero marcar um corte\namanhã 15h").sees("Corte, amanhã às 15:00")
	k = newTalk(t)
	k.write("oi").write("hmm\ndeixa eu ver\n1").sees("O que você gostaria de agendar?")
}

func TestTwoReadingsAreOffered(t *testing.T) {
	k := newTalk(t)
	k.write("corte sexta que vem").sees("Qual destas opções", "1. Sexta, 12/03", "2. Sexta, 19/03")
	k.tap("Sexta, 19/03").sees("Horários livres para sexta-feira, 19 de março")

	k = newTalk(t)
	k.write("corte sexta que vem às 15h").sees("1. Sexta, 12/03 · 15:00", "2. Sexta, 19/03 · 15:00").appointments()
	k.write("2").appointments("cut 03-19 15:00")

	// Only one reading can be had: it is taken, and its date said.
	k = newTalk(t)
	k.write("corte amanhã às 3").sees("amanhã às 15:00")

	k = newTalk(t)
	k.write("corte quinta ou sexta").sees("Amanhã, 11/03", "Sexta, 12/03").seesNot("15/03")
}

func TestPastAndMissingDaysAreSaid(t *testing.T) {
	k := newTalk(t)
	k.write("corte dia 5").sees("Essa data já passou, então procurei em segunda-feira, 5 de abril", "Horários livres")
	k = newTalk(t)
	k.write("corte hoje às 9h").sees("Esse horário de hoje já passou, então procurei em amanhã, 11 de março", "amanhã às 09:00")
	k = newTalk(t)
	k.write("corte 31 de abril").sees("Esse dia não existe nesse mês, então procurei em sexta-feira, 30 de abril")
}

func TestNearestWhenNotFree(t *testing.T) {
	k := newTalk(t)
	k.w.put("x", dialogue.Slot{Service: "cut", Agenda: "ana", Start: time.Date(2027, 3, 11, 15, 0, 0, 0, k.now().Location())})
	k.write("corte amanhã 15h").sees("Esse horário não está livre", "Amanhã, 11/03 · 14:00", "Amanhã, 11/03 · 16:00")
	k.tap("Amanhã, 11/03 · 16:00").appointments("cut 03-11 15:00", "cut 03-11 16:00")

	k = newTalk(t)
	k.write("corte sábado").sees("Não há horário livre para sábado, 13 de março", "Segunda, 15/03")
	k = newTalk(t)
	k.write("corte amanhã à noite").sees("Esse horário não está livre", "Horários livres para amanhã")
	k = newTalk(t)
	k.write("corte amanhã entre 14h e 16h").sees("1. Amanhã, 11/03 · 14:00", "2. Amanhã, 11/03 · 15:00").seesNot("16:00")
	k = newTalk(t)
	k.write("corte amanhã depois das 4").sees("1. Amanhã, 11/03 · 16:00", "17:00").seesNot("15:00")
	k = newTalk(t)
	k.write("corte semana que vem de manhã").sees("Segunda, 15/03", "Sexta, 19/03").seesNot("22/03")
	k.write("1").sees("09:00", "11:00").seesNot("12:00")
}

func TestSlotTakenMeanwhile(t *testing.T) {
	k := newTalk(t)
	k.w.steal = true
	k.write("corte amanhã").tap("10:00").sees("Sinto muito, esse horário acabou de ser ocupado", "Amanhã, 11/03 · 09:00", "Amanhã, 11/03 · 11:00").seesNot("· 10:00")
	k.appointments()
	k.tap("Amanhã, 11/03 · 11:00").appointments("cut 03-11 11:00")
}

func TestForWhom(t *testing.T) {
	k := newTalk(t)
	k.w.asks = true
	k.write("corte amanhã").tap("10:00").sees("Para quem é o horário?", "Para mim", "Outra pessoa").appointments()
	k.tap("Para mim").sees("Tudo certo, Maria!").seesNot("Para Maria").appointments("cut 03-11 10:00")

	k.write("corte amanhã").tap("11:00").tap("Outra pessoa").sees("Qual é o nome de quem vem?")
	k.write("123").sees("escreva só o seu nome").sees("Qual é o nome de quem vem?")
	k.write("léo lima").sees("Tudo certo, Maria!", "Para Léo Lima.").appointments("cut 03-11 10:00", "cut 03-11 11:00")

	// The name is a button the next time.
	k.write("corte amanhã").tap("12:00").sees("Para mim", "Léo Lima", "Outra pessoa").write("voltar").sees("Horários livres")
	k.tap("12:00").tap("Léo Lima").sees("Para Léo Lima.")
	if got := fmt.Sprint(k.w.attendees); got != "[ Léo Lima Léo Lima]" {
		t.Errorf("booked for %s", got)
	}

	// An old button asks again before it books.
	k.write("corte amanhã").tap("13:00")
	old := k.button("Léo Lima")
	k.write("menu").step(dialogue.Input{Payload: old}).sees("está livre").appointments("cut 03-11 10:00", "cut 03-11 11:00", "cut 03-11 12:00")

	k.w.limit = true
	k.write("menu").write("corte amanhã").tap("14:00").tap("Para mim").sees("quantos uma pessoa pode ter", "Meus agendamentos")

	// Whose name is not known is asked first.
	k = newTalk(t)
	k.name, k.w.asks = "", true
	k.write("corte amanhã").tap("10:00").sees("qual é o seu nome?").write("joana").sees("Para quem é o horário?").tap("Para mim").sees("Tudo certo, Joana!")
}

func TestNameIsAskedOnce(t *testing.T) {
	k := newTalk(t)
	k.name = ""
	k.write("corte amanhã").tap("10:00").sees("Corte, amanhã às 10:00. Para finalizar, qual é o seu nome?").appointments()
	k.write("123").sees("escreva só o seu nome, por exemplo “Maria Silva”", "qual é o seu nome?")
	k.write("oi").sees("qual é o seu nome?")
	k.write("me chamo joana de souza").sees("Tudo certo, Joana!").appointments("cut 03-11 10:00")
	if k.name != "Joana de Souza" {
		t.Errorf("name: %q", k.name)
	}
	k.write("corte sexta 10h").write("sim").sees("Tudo certo, Joana!")

	// Another time may be asked for instead.
	k = newTalk(t)
	k.name = ""
	k.write("corte amanhã").tap("10:00").write("melhor às 11h").sees("amanhã às 11:00")
	k.tap("Sim").write("Ana").appointments("cut 03-11 11:00")
}

func TestMoveAndCancel(t *testing.T) {
	k := newTalk(t)
	k.write("meus agendamentos").sees("Você não tem agendamentos futuros", "Agendar um horário")
	k.write("corte amanhã 15h").write("sim")
	k.tap("Remarcar").sees("Corte: qual dia").tap("Sexta, 12/03").tap("10:00").sees("Pronto! Seu novo horário: Corte, sexta-feira, 12 de março, às 10:00").appointments("cut 03-12 10:00")
	k.write("preciso remarcar para segunda às 9h").sees("Segunda-feira, 15 de março, às 09:00 está livre. Posso remarcar seu horário (Corte)?").appointments("cut 03-12 10:00")
	k.write("sim").appointments("cut 03-15 09:00")
	k.write("quero cancelar meu horário").sees("Você quer mesmo cancelar Corte").write("não").sees("continua como está").appointments("cut 03-15 09:00")
	k.write("2").sees("Seu agendamento: Corte").tap("Cancelar").tap("Sim, cancelar").sees("está cancelado", "Quer contar o motivo?").appointments()
	k.tap("Prefiro não dizer").sees("Como posso ajudar?")
}

// A no with more to it: what was asked is off, and the rest is the next wish.
func TestANoWithAnotherWish(t *testing.T) {
	for text, want := range map[string]string{
		"não, pode ser às 16h?":       "amanhã às 16:00: está livre",
		"Não, melhor sexta às 10h":    "sexta-feira, 12 de março, às 10:00: está livre",
		"não. coloração":              "Coloração",
		"não, quanto custa?":          "R$ 50,00",
		"não, quero ver outro dia aí": "Horários livres",
	} {
		k := newTalk(t)
		k.write("corte amanhã 15h").sees("está livre").write(text).sees(want).appointments()
	}

	for text, want := range map[string]string{
		"não, muda para sexta às 10h":  "10:00",
		"não, prefiro remarcar":        "dia",
		"não, sexta às 10h":            "às 10:00 está livre. Posso remarcar",
		"não, foi engano meu":          "continua como está",
		"não, deixa pra lá":            "continua como está",
		"não, onde fica?":              "Rua das Flores, 10",
		"não! cancela":                 "continua como está",
		"não, obrigada, tinha errado.": "continua como está",
	} {
		k := newTalk(t)
		k.write("corte amanhã 15h").write("sim").write("desmarcar").sees("quer mesmo cancelar").write(text).sees(want).appointments("cut 03-11 15:00")
	}
}

// It is cancelled whatever is answered; a wish or a question is not a reason.
func TestReasonOfACancellation(t *testing.T) {
	for said, want := range map[string]string{
		"Vou viajar na sexta":      "Vou viajar na sexta",
		"não posso mais às 15h":    "não posso mais às 15h",
		"1":                        "Tive um imprevisto",
		"não":                      "",
		"3":                        "",
		"menu":                     "",
		"qual é o endereço?":       "",
		"quero marcar para sexta":  "",
		"quero falar com alguém":   "",
		"remarcar":                 "",
		"obrigada!":                "",
		"posso levar meu filho?":   "",
		"🤒":                        "🤒",
		strings.Repeat("é", 2_000): strings.Repeat("é", 2_000),
	} {
		k := newTalk(t)
		k.write("corte amanhã 15h").write("sim").write("desmarcar").write("sim").sees("está cancelado", "Quer contar o motivo?").appointments()
		k.write(said)
		if got := k.w.reasons["a1"]; got != want {
			t.Errorf("%.40q was taken as the reason %.40q", said, got)
		}
		if want != "" {
			k.sees("Obrigado por avisar", "Como posso ajudar?")
		}
	}
}

func TestSeveralAppointments(t *testing.T) {
	k := newTalk(t)
	k.write("corte amanhã 15h").write("sim").write("coloração sexta 11h").write("sim").appointments("cut 03-11 15:00", "color 03-12 11:00")
	k.write("menu").tap("Meus").sees("Você tem 2 agendamentos. Qual deles?", "1. Corte, Amanhã, 11/03 15:00", "2. Coloração, Sexta, 12/03 11:00")
	k.write("coloração").sees("Seu agendamento: Coloração").write("segunda às 10h").sees("Segunda-feira, 15 de março, às 10:00 está livre")
	k.write("sim").appointments("cut 03-11 15:00", "color 03-15 10:00")
	k.write("desmarcar").tap("Corte").sees("quer mesmo cancelar Corte").write("cancelar").appointments("color 03-15 10:00")
}

func TestInformation(t *testing.T) {
	k := newTalk(t)
	k.write("menu").tap("Informações").sees("1. Endereço", "2. Horário de atendimento", "3. Serviços e preços", "4. Estacionamento")
	k.tap("Horário").sees("Segunda-feira a terça-feira: 09:00–18:00\nSábado: 09:00–12:00", "Como posso ajudar?")
	k.write("onde fica?").sees("Rua das Flores, 10\nTelefone: +55 11 5555-0100")
	k.write("quanto custa?").sees("Corte · 30 min · R$ 50,00\nColoração · 1 h")
	k.write("quanto custa a consulta?").sees("R$ 50,00")
	k.write("quero marcar minha consulta").sees("O que você gostaria de agendar?")
	k.write("informações").write("estacionamento").sees("Temos vagas na frente.")
	// A question in the middle of a booking leads back to it.
	k.write("corte").sees("qual dia").write("que horas vocês abrem?").sees("Sábado: 09:00–12:00", "Corte: qual dia")
}

func TestHandOver(t *testing.T) {
	for _, text := range []string{"quero falar com um atendente", "4", "Falar com uma pessoa", "can I talk to a human"} {
		k := newTalk(t)
		k.write("menu").write(text).sees("Uma pessoa da equipe já vai responder")
		if !k.last.Handoff || k.last.Reason != dialogue.ReasonAsked {
			t.Errorf("%q: %+v", text, k.last)
		}
	}
	k := newTalk(t)
	k.w.people = dialogue.People{Back: time.Date(2027, 3, 11, 9, 0, 0, 0, k.now().Location())}
	k.write("atendente").sees("Avisei a equipe", "a equipe volta amanhã às 09:00")
	k = newTalk(t)
	k.w.people = dialogue.People{}
	k.write("atendente").sees("Avisei a equipe").seesNot("volta")
	k = newTalk(t)
	k.w.people = dialogue.People{Here: true, Greeting: "Aqui é a recepção.", Away: "Voltamos logo."}
	k.write("atendente").sees("já vai responder por aqui.\n\nAqui é a recepção.").seesNot("Voltamos")
	k.w.people.Here = false
	k.write("atendente").sees("Voltamos logo.").seesNot("Avisei")
	k = newTalk(t)
	k.w.people = dialogue.People{Away: "Fechado. Voltamos {when}.", Back: time.Date(2027, 3, 11, 9, 0, 0, 0, k.now().Location())}
	k.write("atendente").sees("Fechado. Voltamos amanhã às 09:00.")
	k = newTalk(t)
	k.w.people = dialogue.People{Away: "Fechado. Voltamos {when}."}
	k.write("atendente").sees("Fechado. Voltamos em breve.")
}

func TestThreeMissesHandOver(t *testing.T) {
	k := newTalk(t)
	k.write("blá blá").sees("Como posso ajudar?") // the first words are not a miss
	k.write("xyzzy").sees("Desculpe, não entendi")
	k.step(dialogue.Input{Media: true}).sees("Recebi, obrigado!", "Como posso ajudar?")
	k.write("plugh").sees("Ainda não entendi")
	k.step(dialogue.Input{Media: true})
	k.write("foo").sees("ainda não consegui entender")
	if !k.last.Handoff || k.last.Reason != dialogue.ReasonMisses {
		t.Errorf("%+v", k.last)
	}

	// Whatever is understood in between starts the count anew.
	k = newTalk(t)
	k.write("oi").write("xyzzy").write("plugh").write("1").write("xyzzy").write("plugh")
	if k.last.Handoff || k.last.State.Misses != 2 {
		t.Errorf("%+v", k.last)
	}
}

func TestOldAndForgedButtons(t *testing.T) {
	k := newTalk(t)
	k.write("corte amanhã")
	old, forged := k.button("10:00"), "99.1"
	k.write("menu").write("coloração sexta")
	k.step(dialogue.Input{Payload: forged, Text: "x"}).sees("Essa opção não vale mais", "Horários livres para sexta-feira").appointments()
	k.step(dialogue.Input{Payload: old}).sees("Corte, amanhã às 10:00: está livre. Posso marcar?").appointments()
	k.tap("Sim").appointments("cut 03-11 10:00")
	k.step(dialogue.Input{Payload: old}).sees("Essa opção não vale mais").appointments("cut 03-11 10:00")

	cancelling := newTalk(t)
	cancelling.write("corte amanhã 10h").write("sim").write("desmarcar")
	yes := cancelling.button("Sim, cancelar")
	cancelling.write("menu").step(dialogue.Input{Payload: yes}).sees("quer mesmo cancelar").appointments("cut 03-11 10:00")
}

func TestSteering(t *testing.T) {
	k := newTalk(t)
	k.write("corte amanhã").write("voltar").sees("Corte: qual dia").write("voltar").sees("O que você gostaria").write("voltar").sees("Como posso ajudar?")
	k.write("corte amanhã").write("mais").sees("1. 15:00").write("0").sees("Como posso ajudar?")
	k.write("corte amanhã").write("cancelar").sees("Tudo bem, nada foi alterado", "Como posso ajudar?")
	k.write("obrigada!").sees("De nada!").write("tchau").sees("Até logo!")
	k.write("até amanhã").sees("Até logo!")
	k.write("corte amanhã 10h").write("ótimo").sees("Tudo certo").write("ok, obrigado").sees("De nada!")
	k.write("oi").sees("Como posso ajudar?")
}

func TestNothingToBook(t *testing.T) {
	k := newTalk(t)
	k.w.services = nil
	k.write("menu").seesNot("Agendar").write("quero marcar amanhã").sees("Ainda não é possível agendar por aqui", "Falar com uma pessoa")
	k = newTalk(t)
	k.w.agendas = nil
	k.write("corte").sees("No momento não há horários livres para Corte")
	k.tap("Falar").sees("Uma pessoa")
	k = newTalk(t)
	k.w.info, k.w.services = dialogue.Info{}, nil
	k.write("menu").seesNot("Informações").write("informações").sees("Uma pessoa da equipe pode informar")
}

// Two agendas that are free at one time are one time to the customer; when one
// of them is lost, the other still is.
func TestSeveralAgendas(t *testing.T) {
	k := newTalk(t)
	k.w.agendas = []string{"ana", "bia"}
	k.w.steal = true
	k.write("corte amanhã").sees("1. 09:00", "2. 10:00").tap("10:00").sees("acabou de ser ocupado", "11/03 · 10:00")
	k.tap("Amanhã, 11/03 · 10:00").sees("Com bia.").appointments("cut 03-11 10:00")
}

func TestOtherZoneIsNamed(t *testing.T) {
	k := newTalk(t)
	k.w.zone = time.FixedZone("", -5*3600)
	k.write("corte amanhã 15h").sees("amanhã às 15:00 (GMT-5)")
}

func TestUnreadableStateIsTheMenu(t *testing.T) {
	for _, raw := range []string{"", "null", "{", "[]", `"x"`, `{"v":99,"step":"time"}`, `{"v":1,"step":"nowhere"}`, `{"v":1,"step":"time"}`, `{"v":1,"step":"confirm"}`,
		`{"v":1,"step":"cancel","appointment":"other"}`, `{"v":1,"step":"choice"}`} {
		k := newTalk(t)
		k.raw = json.RawMessage(raw)
		k.write("sim")
		k.raw = json.RawMessage(raw)
		k.write("???")
	}
}

func TestEnglishAndSpanish(t *testing.T) {
	k := newTalk(t)
	k.locale, k.greet = "en", true
	k.write("hi").sees("Hello, Maria! You are talking to Salão Sol.", "1. Book an appointment")
	k.write("I'd like a corte next friday at 3pm").sees("Which one do you mean?", "1. Fri, Mar 12 · 3:00 PM", "2. Fri, Mar 19 · 3:00 PM")
	k.write("the first one").sees("All set, Maria!", "Friday, March 12 at 3:00 PM").appointments("cut 03-12 15:00")

	k = newTalk(t)
	k.locale, k.greet = "es", true
	k.write("buenas tardes").sees("¡Hola, Maria!", "1. Reservar una cita")
	k.write("corte el jueves a las 4 de la tarde").sees("Corte, mañana a las 16:00: está libre")
	k.write("sí").sees("¡Listo, Maria!").appointments("cut 03-11 16:00")
	k.write("necesito cancelar mi cita").write("sí").sees("queda cancelada").appointments()
}

// The world's own failures are the caller's to handle: the turn did not happen.
func TestWorldFails(t *testing.T) {
	broken := errors.New("disk on fire")
	for _, text := range []string{"oi", "corte amanhã", "atendente", "meus agendamentos"} {
		w := newWorld(clock(t))
		w.fail = broken
		_, err := dialogue.Step(dialogue.State{}, dialogue.Input{Text: text, Now: clock(t)()}, w, texts.For("pt-BR", nil))
		if !errors.Is(err, broken) {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

func TestCompanyGreeting(t *testing.T) {
	now := clock(t)
	out, err := dialogue.Step(dialogue.State{}, dialogue.Input{Text: "oi", Now: now(), Greet: true, Greeting: " Bem-vindo ao Sol! "}, newWorld(now), texts.For("pt-BR", nil))
	if err != nil || !strings.HasPrefix(out.Replies[0].Text, "Bem-vindo ao Sol!\n\nComo posso ajudar?") {
		t.Errorf("%v %q", err, out.Replies)
	}
}

// Labels fit the narrowest buttons where they are ours to choose.
func ExampleNumbered() {
	reply := dialogue.Reply{Text: "Como posso ajudar?", Options: []dialogue.Option{{ID: "1.1", Label: "Agendar"}, {ID: "1.2", Label: "Falar com uma pessoa"}}}
	fmt.Println(dialogue.Numbered(reply, texts.For("pt-BR", nil)))
	// Output:
	// Como posso ajudar?
	//
	// 1. Agendar
	// 2. Falar com uma pessoa
	//
	// Responda com o número da opção.
}
