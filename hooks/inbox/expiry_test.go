package inbox_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/channels"
	"recado/hooks/inbox"
	"recado/hooks/recadotest"
)

// While a channel is offline a bot's answer waits for ten minutes, a person's for a
// day, a reminder until the appointment. Then it has failed, and can be sent anyway.
//
// Parity: WT-messages.
func TestAMessageWaitsAsLongAsItIsWorthSending(t *testing.T) {
	clock := recadotest.NewClock(time.Date(2040, 1, 2, 12, 0, 0, 0, time.UTC))
	begin := clock.Now()
	d := newDesk(t, recadotest.New(t, clock.Now), "none")
	owner := d.company.Member("owner")
	result := d.ingest("maria", "1", "oi")
	conversation := d.conversation(result)
	d.out.failWith(channels.Unavailable(errors.New("number_offline")))
	drain := func() {
		t.Helper()
		if err := d.Inbox.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	say := func(said inbox.Said) (message *core.Record) {
		t.Helper()
		err := d.RunInTransaction(func(txApp core.App) (err error) {
			message, err = d.Inbox.Say(txApp, conversation, said)

			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		drain() // each is tried before the next is written
		return message
	}
	write := func(to *core.Record, text string) *core.Record {
		t.Helper()
		response := d.Do("POST", d.company.Records(collections.Messages), owner.Token,
			map[string]any{"company": d.company.Id, "conversation": to.Id, "kind": "text", "text": text}).Must(t, http.StatusOK)
		drain()
		message, err := d.FindRecordById(collections.Messages, response.JSON["id"].(string))
		if err != nil {
			t.Fatal(err)
		}

		return message
	}
	other := d.conversation(d.ingest("ana", "2", "oi"))
	third := d.conversation(d.ingest("rui", "3", "oi"))
	bot := say(inbox.Said{Text: "do robô"})
	person := write(other, "de uma pessoa")
	conversation = third
	reminder := say(inbox.Said{Text: "lembrete", Expires: begin.Add(3 * time.Hour)})

	at := func(after time.Duration, want map[*core.Record]string) {
		t.Helper()
		clock.Set(begin.Add(after))
		drain()
		for message, status := range want {
			fresh := d.Reload(message)
			if fresh.GetString("status") != status || status == "failed" && fresh.GetString("error") != "expired" {
				t.Errorf("after %v %q is %s (%s), want %s", after, fresh.GetString("text"), fresh.GetString("status"), fresh.GetString("error"), status)
			}
		}
	}
	at(9*time.Minute, map[*core.Record]string{bot: "queued", person: "queued", reminder: "queued"})
	at(11*time.Minute, map[*core.Record]string{bot: "failed", person: "queued", reminder: "queued"})
	at(2*time.Hour+59*time.Minute, map[*core.Record]string{person: "queued", reminder: "queued"})
	at(3*time.Hour+time.Minute, map[*core.Record]string{person: "queued", reminder: "failed"})
	at(23*time.Hour+59*time.Minute, map[*core.Record]string{person: "queued"})
	at(24*time.Hour+time.Minute, map[*core.Record]string{person: "failed"})

	d.out.failWith(nil)
	for _, message := range []*core.Record{bot, person, reminder} {
		d.Do("PATCH", d.company.RecordURL(message), owner.Token, map[string]any{"status": "queued"}).Must(t, http.StatusOK)
	}
	drain()
	for _, message := range []*core.Record{bot, person, reminder} {
		if status := d.Reload(message).GetString("status"); status != "sent" {
			t.Errorf("sent anyway, %q is %s", message.GetString("text"), status)
		}
	}
}

// What has to wait for its turn is tried then, and its patience begins there.
func TestAMessageWaitsForItsTurn(t *testing.T) {
	clock := recadotest.NewClock(time.Date(2040, 1, 2, 12, 0, 0, 0, time.UTC))
	d := newDesk(t, recadotest.New(t, clock.Now), "none")
	owner := d.company.Member("owner")
	conversation := d.conversation(d.ingest("maria", "1", "oi"))
	turn := clock.Now().Add(20 * time.Hour)
	d.out.failWith(channels.UnavailableUntil(errors.New("cold_budget"), turn))
	response := d.Do("POST", d.company.Records(collections.Messages), owner.Token,
		map[string]any{"company": d.company.Id, "conversation": conversation.Id, "kind": "text", "text": "olá"}).Must(t, http.StatusOK)
	if err := d.Inbox.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	message, err := d.FindRecordById(collections.Messages, response.JSON["id"].(string))
	if err != nil {
		t.Fatal(err)
	}
	if !message.GetDateTime("due").Time().Equal(turn) || !message.GetDateTime("expires_at").Time().Equal(turn.Add(24*time.Hour)) || message.GetString("error") != "cold_budget" {
		t.Errorf("it waits until %v, is worth sending until %v (%s)", message.GetDateTime("due"), message.GetDateTime("expires_at"), message.GetString("error"))
	}
	d.out.failWith(nil)
	clock.Set(turn)
	if err := d.Inbox.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if status := d.Reload(message).GetString("status"); status != "sent" {
		t.Errorf("in its turn it is %s", status)
	}
}
