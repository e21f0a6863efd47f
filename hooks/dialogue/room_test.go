package dialogue_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/channels"
	"recado/hooks/recadotest"
)

// line is a channel whose messages the test reads.
type line struct {
	buttons int
	sent    chan channels.Outgoing
}

func (l *line) Start(context.Context) error         { return nil }
func (l *line) Stop(context.Context) error          { return nil }
func (l *line) Capabilities() channels.Capabilities { return channels.Capabilities{Options: l.buttons} }

func (l *line) Send(_ context.Context, out channels.Outgoing) (string, error) {
	l.sent <- out

	return out.ExternalID, nil
}

// shop is a company in São Paulo with one agenda, open from 9 to 12 on weekdays,
// and one service.
type shop struct {
	*recadotest.App
	company         *recadotest.Company
	channel         *core.Record
	agenda, service *core.Record
	line            *line
	messages        int
	last            channels.Outgoing
}

func newShop(t *testing.T, app *recadotest.App, buttons int) *shop {
	t.Helper()
	s := &shop{App: app, company: app.Company(), line: &line{buttons: buttons, sent: make(chan channels.Outgoing, 100)}}
	app.Channels.Add("whatsapp", s.line)
	queue := s.company.Create(collections.Queues, map[string]any{"name": "Desk", "hours": map[string]any{
		"weekly": []map[string]any{{"weekday": 4, "start": 540, "end": 1080}},
	}})
	s.channel = s.company.Create(collections.Channels, map[string]any{
		"kind": "whatsapp", "name": "Phone", "answerer": "bot", "active": true, "queue": queue.Id,
	})
	s.agenda = s.openAgenda("Ana")
	s.service = s.company.Create(collections.Services, map[string]any{
		"name": "Corte", "agendas": []string{s.agenda.Id}, "duration": 60, "step": 60, "horizon_days": 60, "capacity": 1,
		"price": 5000, "currency": "BRL", "active": true,
	})

	return s
}

// change saves one field of a record as it stands now.
func (s *shop) change(record *core.Record, field string, value any) {
	s.T.Helper()
	fresh := s.Reload(record)
	fresh.Set(field, value)
	if err := s.Save(fresh); err != nil {
		s.T.Fatal(err)
	}
}

func (s *shop) openAgenda(name string) *core.Record {
	agenda := s.company.Create(collections.Agendas, map[string]any{"name": name, "kind": "room", "timezone": "America/Sao_Paulo", "active": true})
	for weekday := 1; weekday <= 5; weekday++ {
		s.company.Create(collections.Availabilities, map[string]any{"agenda": agenda.Id, "weekday": weekday, "start": 540, "end": 720})
	}

	return agenda
}

// write sends a customer's message and waits for the answer.
func (s *shop) write(text string) *shop { s.T.Helper(); return s.send("Maria Silva", text, "") }

func (s *shop) send(name, text, payload string) *shop {
	s.T.Helper()
	s.messages++
	_, err := s.Inbox.Ingest(context.Background(), channels.Inbound{
		Company: s.company.Id, Channel: s.channel.Id, IdentityKind: "visitor", IdentityValue: "customer" + name, Name: name,
		Locale: "pt-BR", ExternalID: fmt.Sprint("m", s.messages), Kind: "text", Text: text, Payload: payload,
	})
	if err != nil {
		s.T.Fatal(err)
	}
	select {
	case s.last = <-s.line.sent:
	case <-time.After(20 * time.Second):
		s.T.Fatalf("no answer to %q", text)
	}

	return s
}

func (s *shop) tap(label string) *shop {
	s.T.Helper()
	for _, option := range s.last.Options {
		if strings.HasPrefix(option.Label, label) {
			return s.send("Maria Silva", option.Label, option.ID)
		}
	}
	s.T.Fatalf("no button %q in %q %v", label, s.last.Text, s.last.Options)

	return s
}

func (s *shop) sees(wanted ...string) *shop {
	s.T.Helper()
	for _, text := range wanted {
		if !strings.Contains(s.last.Text, text) {
			s.T.Fatalf("%q is not in %q", text, s.last.Text)
		}
	}

	return s
}

func (s *shop) appointments(want ...string) []*core.Record {
	s.T.Helper()
	var records []*core.Record
	if err := s.RecordQuery(collections.Appointments).OrderBy("start").All(&records); err != nil {
		s.T.Fatal(err)
	}
	got := []string{}
	for _, record := range records {
		got = append(got, record.GetString("status")+" "+record.GetDateTime("start").Time().Format("01-02 15:04"))
	}
	if strings.Join(got, "; ") != strings.Join(want, "; ") {
		s.T.Fatalf("appointments: got %v, want %v", got, want)
	}

	return records
}

func TestBookMoveAndCancelInTheApp(t *testing.T) {
	s := newShop(t, recadotest.New(t, clock(t)), 20)

	s.write("Oi").sees("Olá, Maria!", s.company.GetString("name"), "Como posso ajudar?")
	s.tap("Agendar").sees("Corte: qual dia")
	s.tap("Amanhã, 11/03").sees("Horários livres para amanhã").tap("10:00").sees("Tudo certo, Maria!", "Corte, amanhã às 10:00")
	booked := s.appointments("confirmed 03-11 13:00")[0]
	if booked.GetString("source") != "bot" || booked.GetString("conversation") != s.last.Conversation || booked.GetString("contact") != s.last.Contact {
		t.Errorf("booked as %v", booked)
	}

	s.write("quero remarcar para sexta às 9h").sees("Sexta-feira, 12 de março, às 09:00 está livre").write("sim").sees("Seu novo horário")
	s.appointments("confirmed 03-12 12:00")
	s.write("cancelar").sees("quer mesmo cancelar").tap("Sim, cancelar").sees("está cancelado")
	if a := s.appointments("cancelled 03-12 12:00")[0]; a.GetString("cancelled_by") != "contact" || a.GetString("cancel_reason") != "" {
		t.Errorf("cancelled by %q: %q", a.GetString("cancelled_by"), a.GetString("cancel_reason"))
	}
	s.write("Surgiu uma viagem").sees("Obrigado por avisar")
	if a := s.appointments("cancelled 03-12 12:00")[0]; a.GetString("cancel_reason") != "Surgiu uma viagem" {
		t.Errorf("the reason is %q", a.GetString("cancel_reason"))
	}

	s.write("que horas abre?").sees("Segunda-feira a sexta-feira: 09:00–12:00")
	s.write("quero falar com uma pessoa").sees("Avisei a equipe", "a equipe volta amanhã às 09:00")
	conversation, err := s.FindRecordById(collections.Conversations, s.last.Conversation)
	if err != nil || conversation.GetString("answerer") != "waiting" || conversation.GetString("status") != "open" {
		t.Errorf("after the hand-over: %v %v", conversation, err)
	}
}

// Where a dialogue stands is on the row alone: another process goes on with it.
func TestRestartInTheMiddle(t *testing.T) {
	before := newShop(t, recadotest.New(t, clock(t)), 20)
	before.write("quero um corte amanhã").sees("Horários livres para amanhã")

	before.Inbox.Stop()

	after := *before
	later := clock(t)().Add(time.Minute)
	after.App = recadotest.Open(t, before.DataDir(), func() time.Time { return later })
	after.line = &line{buttons: 20, sent: make(chan channels.Outgoing, 100)}
	after.Channels.Add("whatsapp", after.line)
	after.tap("09:00").sees("Tudo certo").appointments("confirmed 03-11 12:00")
	after.write("meus agendamentos").sees("Seu agendamento: Corte, amanhã às 09:00")
}

func TestLostSlotKeepsTheAnswer(t *testing.T) {
	s := newShop(t, recadotest.New(t, clock(t)), 20)
	s.write("corte amanhã").sees("Horários livres")
	s.company.Create(collections.Appointments, map[string]any{
		"agenda": s.agenda.Id, "service": s.service.Id, "contact": s.company.Contact().Id, "start": "2027-03-11 13:00:00.000Z", "status": "confirmed", "source": "member",
	})
	s.tap("10:00").sees("Sinto muito, esse horário acabou de ser ocupado")
	s.appointments("confirmed 03-11 13:00")
	s.tap("Amanhã, 11/03 · 11:00").sees("Tudo certo")
	s.appointments("confirmed 03-11 13:00", "confirmed 03-11 14:00")
}

// A service of two agendas is free while either of them is.
func TestTwoAgendas(t *testing.T) {
	s := newShop(t, recadotest.New(t, clock(t)), 20)
	bia := s.openAgenda("Bia")
	s.change(s.service, "agendas", []string{s.agenda.Id, bia.Id})
	s.write("corte amanhã 10h").tap("Sim").sees("Com Ana.")
	s.write("corte amanhã 10h").tap("Sim").sees("Com Bia.")
	s.write("corte amanhã 10h").sees("Esse horário não está livre")
	s.appointments("confirmed 03-11 13:00", "confirmed 03-11 13:00")
}

// A channel without buttons gets numbers, and understands them.
func TestWithoutButtons(t *testing.T) {
	s := newShop(t, recadotest.New(t, clock(t)), 0)
	s.send("", "oi", "").sees("Olá! Você", "1. Agendar um horário", "Responda com o número")
	if len(s.last.Options) > 0 {
		t.Errorf("options %v", s.last.Options)
	}
	s.send("", "1", "").sees("2. Sexta, 12/03")
	s.send("", "2", "").sees("3. 11:00")
	s.send("", "3", "").sees("qual é o seu nome?")
	s.send("", "Joana", "").sees("Tudo certo, Joana!")
	s.appointments("confirmed 03-12 14:00")
	contact, err := s.FindRecordById(collections.Contacts, s.last.Contact)
	if err != nil || contact.GetString("name") != "Joana" {
		t.Errorf("contact %v %v", contact, err)
	}
}

// What a company wrote itself is what its customers read; another customer's
// appointments are nobody's business.
func TestOwnWordsAndOwnAppointments(t *testing.T) {
	s := newShop(t, recadotest.New(t, clock(t)), 20)
	s.change(s.company.Record, "settings", map[string]any{
		"address": "Rua A, 1", "pages": []map[string]any{{"id": "p", "title": "Convênios", "text": "Todos."}},
		"texts": map[string]any{"pt-BR": map[string]any{"menu.book": "Marcar consulta"}},
	})
	s.change(s.channel, "settings", map[string]any{"greeting": "Bem-vindo!"})
	s.write("oi").sees("Bem-vindo!").tap("Marcar consulta").tap("Amanhã").tap("09:00").sees("Endereço: Rua A, 1")
	s.write("informações").tap("Convênios").sees("Todos.")
	s.send("Pedro", "cancelar meu horário", "").sees("Você não tem agendamentos futuros")
	s.appointments("confirmed 03-11 12:00")
}

// A burst is answered once, and a button tapped twice does one thing.
func TestBurst(t *testing.T) {
	s := newShop(t, recadotest.New(t, clock(t)), 20)
	s.write("corte amanhã").sees("Horários livres")
	var ten string
	for _, option := range s.last.Options {
		if option.Label == "10:00" {
			ten = option.ID
		}
	}
	s.send("Maria Silva", "10:00", ten).sees("Tudo certo")
	s.send("Maria Silva", "10:00", ten).sees("Essa opção não vale mais")
	s.appointments("confirmed 03-11 13:00")
}

// When a person moves what the customer booked, the customer reads it in the
// conversation, in their language and as a moment, and the dialogue goes on.
func TestCustomerIsToldOfAMove(t *testing.T) {
	s := newShop(t, recadotest.New(t, clock(t)), 20)
	s.write("corte amanhã 10h").tap("Sim").sees("Tudo certo")
	booked := s.appointments("confirmed 03-11 13:00")[0]

	member := s.company.Member("owner")
	s.Do("POST", s.company.URL("/api/recado/appointments/"+booked.Id+"/reschedule"), member.Token, map[string]any{"start": "2027-03-12T12:00:00Z"}).Must(t, 200)
	select {
	case s.last = <-s.line.sent:
	case <-time.After(20 * time.Second):
		t.Fatal("the customer was not told")
	}
	s.sees("Seu agendamento mudou de horário: Corte, sexta-feira, 12 de março, às 09:00.")
	s.write("meus agendamentos").sees("Seu agendamento: Corte, sexta-feira, 12 de março, às 09:00")
}
