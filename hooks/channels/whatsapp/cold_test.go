package whatsapp_test

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/channels/whatsapp"
	"recado/hooks/recadotest"
)

// set changes settings of the channel as its form does.
func (d *desk) set(settings map[string]any) {
	d.t.Helper()
	all := map[string]any{}
	must(d.t, d.Reload(d.channel).UnmarshalJSONField("settings", &all))
	for key, value := range settings {
		all[key] = value
	}
	d.Do("PATCH", d.company.RecordURL(d.channel), d.owner.Token, map[string]any{"settings": all}).Must(d.t, http.StatusOK)
}

func TestWhenTheNextPersonCanBeWrittenTo(t *testing.T) {
	now := time.Date(2040, 1, 2, 12, 0, 0, 0, time.UTC)
	ago := func(hours int) time.Time { return now.Add(-time.Duration(hours) * time.Hour) }
	in := func(hours int) time.Time { return now.Add(time.Duration(hours) * time.Hour) }
	for name, tc := range map[string]struct {
		taken        []time.Time
		limit, ahead int
		want         time.Time
	}{
		"nobody yet":                 {nil, 2, 0, time.Time{}},
		"one place left":             {[]time.Time{ago(1)}, 2, 0, time.Time{}},
		"none left":                  {[]time.Time{ago(20), ago(1)}, 2, 0, in(4)},
		"in any order":               {[]time.Time{ago(1), ago(20)}, 2, 0, in(4)},
		"one waits before":           {[]time.Time{ago(20), ago(1)}, 2, 1, in(23)},
		"two wait before":            {[]time.Time{ago(20), ago(1)}, 2, 2, in(28)},
		"the last place is spoken":   {[]time.Time{ago(20)}, 2, 1, in(4)},
		"the budget has become less": {[]time.Time{ago(20), ago(10), ago(1)}, 1, 0, in(23)},
	} {
		if got := whatsapp.Turn(tc.taken, tc.limit, tc.ahead, now); !got.Equal(tc.want) {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
}

// Parity: WT-whatsapp.
func TestThoseWhoNeverWroteHaveABudget(t *testing.T) {
	clock := recadotest.NewClock(time.Now().Truncate(time.Millisecond))
	d := newDeskAt(t, clock.Now)
	d.link()
	in := d.says(d.maria, "oi")
	limit := whatsapp.WarmUp[0].Limit()
	cold := func(i int) *core.Record {
		number := fmt.Sprintf("55119777%05d", i)
		d.sim.NewPhone(number, fmt.Sprint("P", i))

		return d.first("+"+number, fmt.Sprint("primeira ", i))
	}
	var written []*core.Record
	for i := range limit {
		written = append(written, d.waitStatus(cold(i), "delivered"))
	}

	late, later := cold(100), cold(101)
	waits := func(message *core.Record) {
		d.t.Helper()
		d.eventually("it waits for its turn", func() bool { // a try that is under way ends first
			message = d.Reload(message)

			return message.GetString("error") == "cold_budget" && message.GetString("status") == "queued" && message.GetDateTime("due").Time().After(clock.Now())
		})
		message = d.Reload(message)
		if due := message.GetDateTime("due").Time(); message.GetString("status") != "queued" || due.Sub(clock.Now()) != 24*time.Hour {
			t.Errorf("%s until %v", message.GetString("status"), due)
		}
		if expires := message.GetDateTime("expires_at").Time(); expires.Sub(clock.Now()) != 48*time.Hour {
			t.Errorf("worth sending until %v", expires)
		}
	}
	waits(late)
	waits(later)
	budget := d.state()["cold"].(map[string]any)
	if budget["limit"] != float64(limit) || budget["used"] != float64(limit) || budget["waiting"] != 2.0 || budget["until"] == "" {
		t.Errorf("the screen says %v", budget)
	}

	// Answers wait for nobody, nor does a second word to who was written to.
	d.waitStatus(d.reply(in, map[string]any{"text": "bom dia"}), "delivered")
	d.waitStatus(d.reply(written[0], map[string]any{"text": "e aí?"}), "delivered")

	// A larger budget is there at once; an hour that passes is, too.
	d.set(map[string]any{"cold_limit": limit + 1})
	d.waitStatus(late, "delivered")
	waits(later) // one place is given once
	clock.Advance(24*time.Hour + time.Second)
	must(t, d.Inbox.Tick(t.Context()))
	d.waitStatus(later, "delivered")

	d.set(map[string]any{"cold_limit": 0})
	if failed := d.waitStatus(cold(102), "failed"); failed.GetString("error") != "cold_off" {
		t.Errorf("failed for %q", failed.GetString("error"))
	}
}

func TestANumberThatHasNoWhatsAppTakesNoPlace(t *testing.T) {
	d := linked(t)
	nobody := d.waitStatus(d.first("+5511900000000", "olá?"), "failed")
	if nobody.GetString("error") != "not_on_whatsapp" {
		t.Errorf("failed for %q", nobody.GetString("error"))
	}
	if used := d.state()["cold"].(map[string]any)["used"]; used != 0.0 {
		t.Errorf("%v places are taken", used)
	}
}

// The table in the docs is the one the program goes by.
func TestTheWarmUpIsDocumented(t *testing.T) {
	page := string(got(os.ReadFile("../../../docs/whatsapp.md"))(t))
	for _, step := range whatsapp.WarmUp {
		if line := fmt.Sprintf("| %d | %d |", int(step.Since().Hours()/24), step.Limit()); !strings.Contains(page, line) {
			t.Errorf("docs/whatsapp.md lacks %q", line)
		}
	}
}

func TestMessagesArePaced(t *testing.T) {
	now := time.Date(2040, 1, 2, 12, 0, 0, 0, time.UTC)
	leave, next := whatsapp.Paced(now, time.Time{}, time.Second, 60, 0)
	if leave != now.Add(time.Second) || next != leave.Add(500*time.Millisecond) {
		t.Errorf("a line leaves at %v, the next begins at %v", leave, next)
	}
	if again, _ := whatsapp.Paced(now, next, time.Second, 30, 0); again != next.Add(500*time.Millisecond) {
		t.Errorf("the next one leaves at %v", again)
	}
	if long, _ := whatsapp.Paced(now, time.Time{}, time.Second, 10_000, 0); long != now.Add(4*time.Second) {
		t.Errorf("a long one leaves at %v", long)
	}

	// The customers' phones see it: typing, and a pause between two messages.
	const pace = 200 * time.Millisecond
	d := newDeskAt(t, nil, "RECADO_WHATSAPP_PACE_MS=200")
	d.link()
	in := d.says(d.maria, "oi")
	for i := range 3 {
		d.reply(in, map[string]any{"text": fmt.Sprint("resposta número ", i)})
	}
	var last time.Time
	for i := range 3 {
		arrived := got(d.maria.Received().Wait(within(t), heard(fmt.Sprint("resposta número ", i))))(t)
		if gap := arrived.At.Sub(last); !last.IsZero() && gap < pace/2 {
			t.Errorf("%v between two messages", gap)
		}
		last = arrived.At
	}
	typing := 0
	for _, signal := range d.shop.Signals().All() {
		if signal.State == "composing" {
			typing++
		}
	}
	if typing != 3 {
		t.Errorf("seen typing %d times", typing)
	}
}

func TestANewConversationBegins(t *testing.T) {
	d := linked(t)
	ana := d.sim.NewPhone("5511988880002", "Ana")
	url := d.company.URL("/api/recado/conversations")
	begin := func(body map[string]any) recadotest.Response {
		body["channel"] = d.channel.Id

		return d.Do("POST", url, d.owner.Token, body)
	}
	opened := begin(map[string]any{"phone": "(11) 98888-0002", "name": "Ana"}).Must(t, http.StatusOK)
	contact := got(d.FindRecordById(collections.Contacts, opened.JSON["contact"].(string)))(t)
	if contact.GetString("phone") != "+5511988880002" || contact.GetString("name") != "Ana" || contact.GetString("owner") != d.owner.Id {
		t.Errorf("the contact is %v", contact.PublicExport())
	}
	if again := begin(map[string]any{"phone": "+55 11 98888-0002"}).Must(t, http.StatusOK); again.JSON["id"] != opened.JSON["id"] {
		t.Error("the same number began another conversation")
	}
	stand := got(d.FindRecordById(collections.Conversations, opened.JSON["id"].(string)))(t)
	message := core.NewRecord(got(d.FindCollectionByNameOrId(collections.Messages))(t))
	message.Load(map[string]any{"conversation": stand.Id, "contact": contact.Id})
	d.reply(message, map[string]any{"text": "Oi, Ana!"})
	got(ana.Received().Wait(within(t), heard("Oi, Ana!")))(t)

	if r := begin(map[string]any{"phone": "12"}); r.Status != http.StatusBadRequest {
		t.Errorf("12 is a phone: %s", r.Raw)
	}
	agent := d.company.Member("agent")
	d.company.Permit(agent.Record, "inbox.view_own", "inbox.reply", "contacts.view_own")
	body := map[string]any{"channel": d.channel.Id, "phone": "+5511988880003"}
	if r := d.Do("POST", url, agent.Token, body); r.Status != http.StatusForbidden {
		t.Errorf("made a contact without permission: %s", r.Raw)
	}
	body["phone"] = "+5511988880002"
	if r := d.Do("POST", url, agent.Token, body); r.Code() != "contact_elsewhere" {
		t.Errorf("reached a colleague's contact: %s", r.Raw)
	}
}
