package whatsapp_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/channels/whatsapp/wasim"
)

func TestANewNumberAnswersNobody(t *testing.T) {
	d := linked(t)
	if got := d.Reload(d.channel).GetString("settings"); !strings.Contains(got, `"answer":"nobody"`) {
		t.Fatalf("settings begin as %s", got)
	}
	in := d.says(d.maria, "oi")
	d.eventually("it waits for a person", func() bool {
		return d.Reload(d.conversation()).GetString("answerer") == "waiting" && d.Reload(d.conversation()).GetString("triage_due") == ""
	})
	if n := d.maria.Received().Len(); n != 0 {
		t.Fatalf("%d answers to someone who was to get none", n)
	}

	preview := d.Do("GET", d.url("answering?answer=everyone"), d.owner.Token, nil).Must(t, http.StatusOK)
	if preview.JSON["total"] != 1.0 || !strings.Contains(string(preview.Raw), in.GetString("contact")) {
		t.Errorf("the preview is %s", preview.Raw)
	}

	// New contacts only: Maria is none.
	d.Do("PATCH", d.company.RecordURL(d.channel), d.owner.Token, map[string]any{"settings": map[string]any{"answer": "new"}}).Must(t, http.StatusOK)
	ana := d.sim.NewPhone("5511988880002", "Ana")
	got(ana.Say(d.shop, "olá"))(t)
	got(ana.Received().Wait(within(t), func(r wasim.Received) bool { return r.Text() != "" }))(t)
	d.says(d.maria, "e eu?")
	must(t, d.Inbox.Drain(t.Context()))
	if n := d.maria.Received().Len(); n != 0 {
		t.Errorf("%d answers to someone who was there before", n)
	}
}

// The preview names who would have been answered today: nobody a person answers, nobody
// who is not to be answered by machines, nobody of yesterday, and of new ones those alone.
func TestThePreviewNamesWhoWouldBeAnswered(t *testing.T) {
	d := linked(t)
	write := func(number, name string) *core.Record {
		t.Helper()

		return d.says(d.sim.NewPhone(number, name), "oi")
	}
	yesterday := write("5511988880010", "Ontem").GetString("conversation")
	_, err := d.NonconcurrentDB().Update(collections.Conversations, dbx.Params{"last_message_at": time.Now().UTC().Add(-25 * time.Hour).Format(types.DefaultDateLayout)}, dbx.HashExp{"id": yesterday}).Execute()
	must(t, err)
	d.says(d.maria, "oi")
	known := write("5511988880011", "Conhecida")
	_, err = d.NonconcurrentDB().Update(collections.Contacts, dbx.Params{"created": "2001-01-01 00:00:00.000Z"}, dbx.HashExp{"id": known.GetString("contact")}).Execute()
	must(t, err)
	off := got(d.FindRecordById(collections.Contacts, write("5511988880012", "Sem robô").GetString("contact")))(t)
	d.Do("PATCH", d.company.RecordURL(off), d.owner.Token, map[string]any{"bot_off": true}).Must(t, http.StatusOK)
	d.reply(write("5511988880013", "Com pessoa"), map[string]any{"text": "deixa comigo"})

	for mode, want := range map[string][]string{"everyone": {"Conhecida", "Maria"}, "new": {"Maria"}} {
		preview := d.Do("GET", d.url("answering?answer="+mode), d.owner.Token, nil).Must(t, http.StatusOK)
		var names []string
		for _, chat := range preview.JSON["chats"].([]any) {
			names = append(names, chat.(map[string]any)["name"].(string))
		}
		slices.Sort(names)
		if !slices.Equal(names, want) || preview.JSON["total"] != float64(len(want)) {
			t.Errorf("%s would be answered: %v of %v, want %v", mode, names, preview.JSON["total"], want)
		}
	}
	d.Do("GET", d.url("answering?answer=nobody"), d.owner.Token, nil).Must(t, http.StatusBadRequest)
}

func TestAnswersAreSentOnceTheNumberIsSwitchedOn(t *testing.T) {
	d := linked(t)
	d.Do("PATCH", d.company.RecordURL(d.channel), d.owner.Token, map[string]any{"settings": map[string]any{"answer": "everyone"}}).Must(t, http.StatusOK)
	got(d.maria.Say(d.shop, "oi"))(t)
	got(d.maria.Received().Wait(within(t), func(r wasim.Received) bool { return r.Text() != "" }))(t)
}

// A customer books with the guided dialogue in the chat, and the team has the appointment.
func TestACustomerBooksInTheChat(t *testing.T) {
	d := linked(t)
	agenda := d.company.Agenda()
	service := d.company.Service(agenda)
	d.set(map[string]any{"answer": "everyone"})
	say := func(words, answer string) {
		t.Helper()
		got(d.maria.Say(d.shop, words))(t)
		got(d.maria.Received().Wait(within(t), func(r wasim.Received) bool { return strings.Contains(r.Text(), answer) }))(t)
	}
	say("Oi! Quero marcar um horário", "qual dia fica melhor")
	say(time.Now().AddDate(0, 0, 2).Format("02/01"), "Horários livres")
	say("10:00", "Posso marcar?")
	say("sim", "Tudo certo, Maria!")

	list := d.Do("GET", d.company.Records(collections.Appointments), d.owner.Token, nil).Must(t, http.StatusOK).Items()
	if len(list) != 1 {
		t.Fatalf("%d appointments", len(list))
	}
	booked := got(d.FindRecordById(collections.Appointments, list[0]))(t)
	if conversation := d.conversation(); booked.GetString("status") != "confirmed" || booked.GetString("source") != "bot" || booked.GetString("agenda") != agenda.Id ||
		booked.GetString("service") != service.Id || booked.GetString("contact") != conversation.GetString("contact") || booked.GetString("conversation") != conversation.Id {
		t.Errorf("booked is %v", booked.PublicExport())
	}
}
