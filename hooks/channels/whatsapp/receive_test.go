package whatsapp_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"recado/collections"
	"recado/hooks/channels/whatsapp"
)

// Parity: WT-media, WT-messages.
func TestEveryKindOfMessageIsShown(t *testing.T) {
	d := linked(t)
	first := d.says(d.maria, "primeira")

	voice := append([]byte("OggS"), bytes.Repeat([]byte{0}, 60)...)
	for kind, file := range map[string]struct {
		content    []byte
		mime, want string
	}{
		"image": {picture(), "image/png", "image"}, "voice": {voice, "audio/ogg; codecs=opus", "audio"},
		"document": {[]byte("%PDF-1.4 something"), "application/pdf", "document"}, "sticker": {picture(), "image/png", "sticker"},
	} {
		message := d.message(got(d.maria.Attach(d.shop, kind, file.content, file.mime, "legenda"))(t))
		d.eventually(kind+" has its file", func() bool { message = d.Reload(message); return len(message.GetStringSlice("attachments")) == 1 })
		stored := got(d.FindRecordById(collections.Files, message.GetStringSlice("attachments")[0]))(t)
		if message.GetString("kind") != file.want || stored.GetInt("size") != len(file.content) || stored.GetString("message") != message.Id {
			t.Errorf("%s is %v with %v", kind, message.PublicExport(), stored.PublicExport())
		}
		if strings.Contains(message.GetString("data"), "waiting") {
			t.Errorf("%s still waits: %s", kind, message.GetString("data"))
		}
		down := d.Do("GET", d.company.URL("/api/recado/files/"+stored.Id), d.owner.Token, nil).Must(t, http.StatusOK)
		if !bytes.Equal(down.Raw, file.content) {
			t.Errorf("%s is another file", kind)
		}
	}

	place := d.message(got(d.maria.Locate(d.shop, -23.5, -46.6, "Paulista"))(t))
	card := d.message(got(d.maria.Introduce(d.shop, "Ana", "5511955550000"))(t))
	poll := d.message(got(d.maria.Ask(d.shop, "Quando?", "hoje", "amanhã"))(t))
	odd := d.message(got(d.maria.Send(d.shop, &waE2E.Message{ProductMessage: &waE2E.ProductMessage{Body: proto.String("x")}}))(t))
	for message, want := range map[*core.Record][2]string{
		place: {"location", "Paulista"}, card: {"contact", "+5511955550000"}, poll: {"poll", "Quando?"}, odd: {"unsupported", ""},
	} {
		if message.GetString("kind") != want[0] || !strings.Contains(message.GetString("text"), want[1]) {
			t.Errorf("want %v, is %v", want, message.PublicExport())
		}
	}
	got(d.maria.Vote(d.shop, poll.GetString("external_id"), "amanhã"))(t)
	d.eventually("the vote is on the poll", func() bool { return strings.Contains(d.Reload(poll).GetString("data"), `"voted":["amanhã"]`) })
	answer := d.message(got(d.maria.Answer(d.shop, "isto", first.GetString("external_id"), d.maria))(t))
	if answer.GetString("reply_to") != first.Id {
		t.Error("the quote is lost")
	}
	d.maria.Call(d.shop)
	d.eventually("a call is shown", func() bool {
		n, err := d.CountRecords(collections.Messages, dbx.NewExp("data LIKE '%\"call\"%'"))

		return err == nil && n == 1
	})
	d.conversation() // all in one
}

func TestWhatHappensToAMessageIsShownOnIt(t *testing.T) {
	d := linked(t)
	first := d.says(d.maria, "às 15")
	id := first.GetString("external_id")
	got(d.maria.React(d.shop, id, true, "👍"))(t)
	d.eventually("the reaction is there", func() bool { return strings.Contains(d.Reload(first).GetString("reactions"), "👍") })
	got(d.maria.Edit(d.shop, id, "às 16"))(t)
	d.eventually("the words are others", func() bool {
		return d.Reload(first).GetString("text") == "às 16" && !d.Reload(first).GetDateTime("edited_at").IsZero() && d.Reload(d.conversation()).GetString("preview") == "às 16"
	})

	// What is someone else's stays as it is.
	ana := d.sim.NewPhone("5511988880002", "Ana")
	d.says(ana, "oi")
	got(ana.Edit(d.shop, id, "invadido"))(t)
	got(ana.Revoke(d.shop, id))(t)
	d.says(ana, "depois")
	if text := d.Reload(first).GetString("text"); text != "às 16" {
		t.Errorf("a stranger made it %q", text)
	}

	got(d.maria.Revoke(d.shop, id))(t)
	d.eventually("it is taken back", func() bool {
		return !d.Reload(first).GetDateTime("deleted_at").IsZero() && d.Reload(first).GetString("text") == ""
	})
}

func TestWhatIsTypedOnThePhonePausesTheBot(t *testing.T) {
	d := linked(t)
	d.says(d.maria, "oi")
	typed := d.message(got(d.shop.TypeOn(d.maria, &waE2E.Message{Conversation: proto.String("já te ligo")}))(t))
	if typed.GetString("direction") != "out" || typed.GetString("status") != "sent" || typed.GetString("answered_by") != "human" {
		t.Errorf("it is %v", typed.PublicExport())
	}
	conversation := d.conversation()
	if conversation.GetString("answerer") != "human" || conversation.GetString("status") != "open" {
		t.Errorf("the conversation is %v", conversation.PublicExport())
	}
	in := d.says(d.maria, "ok")
	d.shop.ReadHere(d.maria, in.GetString("external_id"))
	d.eventually("read on the phone is read here", func() bool { return d.Reload(conversation).GetInt("unread") == 0 })
}

func TestTenPicturesAtOnceAreOneConversation(t *testing.T) {
	d := linked(t)
	var ids []string
	for i := range 10 {
		ids = append(ids, got(d.maria.Attach(d.shop, "image", picture(), "image/png", fmt.Sprint(i)))(t))
	}
	for _, id := range ids {
		message := d.message(id)
		d.eventually("the file is there", func() bool { return len(d.Reload(message).GetStringSlice("attachments")) == 1 })
	}
	d.conversation()
}

func TestACutLosesAndDoublesNothing(t *testing.T) {
	d := linked(t)
	d.says(d.maria, "oi")
	device := d.shop.Devices()[0]
	device.Cut()
	id := got(d.maria.Say(d.shop, "no escuro"))(t)
	d.message(id)
	d.online()
	must(t, d.shop.Settled(within(t)))

	d.sim.Refuse(true)
	device.Cut()
	d.eventually("it is offline", func() bool { return d.state()["state"] == "connecting" })
	out := d.reply(d.message(id), map[string]any{"text": "espera"})
	d.eventually("the message waits", func() bool {
		return d.Reload(out).GetString("error") == "number_offline" && d.Reload(out).GetString("status") == "queued"
	})
	if d.state()["waiting"] != 1.0 {
		t.Errorf("%v messages wait", d.state()["waiting"])
	}
	d.sim.Refuse(false)
	d.online()
	got(d.maria.Received().Wait(within(t), heard("espera")))(t)
	d.waitStatus(out, "delivered")
	d.eventually("no error is left", func() bool { return d.Reload(out).GetString("error") == "" })
}

func TestAnUnreadableMessageIsShownAndFillsInLater(t *testing.T) {
	d := linked(t)
	d.says(d.maria, "oi")
	d.maria.Garble(2)
	id := got(d.maria.Say(d.shop, "ilegível"))(t)
	message := d.message(id)
	d.eventually("it can be read", func() bool {
		message = d.Reload(message)

		return message.GetString("kind") == "text" && message.GetString("text") == "ilegível" && !strings.Contains(message.GetString("data"), "undecryptable")
	})
}

// However many events there have been, those that are due are found by their index.
func TestWhatIsDueIsFoundByItsIndex(t *testing.T) {
	d := newDesk(t)
	var steps []struct {
		Detail string `db:"detail"`
	}
	must(t, d.DB().NewQuery("EXPLAIN QUERY PLAN "+whatsapp.DueSQL).Bind(dbx.Params{"now": "", "most": 200}).All(&steps))
	if plan := fmt.Sprint(steps); !strings.Contains(plan, "pending") {
		t.Errorf("the plan is %s", plan)
	}
}
