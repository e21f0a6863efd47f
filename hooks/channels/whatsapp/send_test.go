package whatsapp_test

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"go.mau.fi/whatsmeow/proto/waE2E"

	"recado/hooks/channels/whatsapp/wasim"
)

func TestTheTeamChangesItsMessages(t *testing.T) {
	d := linked(t)
	in := d.says(d.maria, "oi")
	out := d.waitStatus(d.reply(in, map[string]any{"text": "bom dai"}), "delivered")
	path := func(m *core.Record, leaf string) string {
		return d.company.URL("/api/recado/messages/" + m.Id + "/" + leaf)
	}
	d.Do("POST", path(out, "edit"), d.owner.Token, map[string]any{"text": "bom dia"}).Must(t, http.StatusOK)
	got(d.maria.Received().Wait(within(t), heard("bom dia")))(t)
	d.Do("POST", path(in, "react"), d.owner.Token, map[string]any{"emoji": "❤️"}).Must(t, http.StatusOK)
	got(d.maria.Received().Wait(within(t), func(r wasim.Received) bool {
		return r.Message.GetReactionMessage().GetKey().GetID() == in.GetString("external_id")
	}))(t)
	d.Do("POST", path(out, "delete"), d.owner.Token, nil).Must(t, http.StatusOK)
	got(d.maria.Received().Wait(within(t), func(r wasim.Received) bool {
		return r.Message.GetProtocolMessage().GetKey().GetID() == out.GetString("external_id") && r.Message.GetProtocolMessage().GetType() == waE2E.ProtocolMessage_REVOKE
	}))(t)
}

func TestFilesAreSent(t *testing.T) {
	d := linked(t)
	in := d.says(d.maria, "manda a foto?")
	file := d.upload(in, "foto.png", picture())
	out := d.reply(in, map[string]any{"kind": "image", "text": "aqui", "attachments": []string{file}})
	arrived := got(d.maria.Received().Wait(within(t), func(r wasim.Received) bool { return r.Message.GetImageMessage() != nil }))(t)
	if content := got(d.sim.Attachment(arrived.Message))(t); !bytes.Equal(content, picture()) || arrived.Text() != "aqui" {
		t.Error("another picture arrived")
	}
	d.waitStatus(out, "delivered")
}

func TestStatusesOnlyMoveForward(t *testing.T) {
	d := linked(t)
	d.maria.Silence(true)
	in := d.says(d.maria, "oi")
	kinds := []string{"", "read", "played", "sender"}
	for i, order := range permutations(4) {
		out := d.waitStatus(d.reply(in, map[string]any{"text": fmt.Sprint("m", i)}), "sent")
		for _, at := range order {
			d.maria.Acknowledge(d.shop, kinds[at], out.GetString("external_id"))
		}
		must(t, d.shop.Settled(within(t)))
		d.waitStatus(out, "read")
	}
}

func permutations(n int) [][]int {
	if n == 0 {
		return [][]int{nil}
	}
	var all [][]int
	for _, shorter := range permutations(n - 1) {
		for at := range n {
			all = append(all, slices.Insert(slices.Clone(shorter), at, n-1))
		}
	}

	return all
}

func TestAColdContactIsRefusedAndOthersAreNot(t *testing.T) {
	d := linked(t)
	in := d.says(d.maria, "oi")
	d.sim.NewPhone("5511988880002", "Ana")
	d.sim.Faults.RefuseMessages(func(from, to *wasim.Phone) int {
		if from != to && !to.HasWrittenTo(from) {
			return wasim.ReachOutTimelock
		}

		return 0
	})
	cold := d.first("+5511988880002", "promoção")
	if failed := d.waitStatus(cold, "failed"); failed.GetString("error") != "reach_out_limited" {
		t.Errorf("failed for %q", failed.GetString("error"))
	}
	nobody := d.first("+5511900000000", "olá?")
	if failed := d.waitStatus(nobody, "failed"); failed.GetString("error") != "not_on_whatsapp" {
		t.Errorf("failed for %q", failed.GetString("error"))
	}
	d.waitStatus(d.reply(in, map[string]any{"text": "tudo bem?"}), "delivered")
}

func TestAMissingAcknowledgementIsOneMessage(t *testing.T) {
	d := linked(t)
	in := d.says(d.maria, "oi")
	d.sim.Faults.HoldAcks(true)
	out := d.reply(in, map[string]any{"text": "uma vez"})
	got(d.maria.Received().Wait(within(t), heard("uma vez")))(t)
	d.sim.Faults.HoldAcks(false)
	d.shop.Devices()[0].Cut() // it is sent again over the next connection
	out = d.waitStatus(out, "delivered")
	n := 0
	for _, r := range d.maria.Received().All() {
		if r.ID == out.GetString("external_id") {
			n++
		}
	}
	if n != 1 {
		t.Errorf("it arrived %d times", n)
	}
}

// What a customer's phone can't read is sent again, also by a client that knows of it
// from its database alone.
func TestWhatCantBeReadOverThereIsSentAgain(t *testing.T) {
	d := linked(t)
	in := d.says(d.maria, "oi")
	old := d.waitStatus(d.reply(in, map[string]any{"text": "o endereço"}), "delivered")

	d.maria.LoseAll()
	fresh := d.reply(in, map[string]any{"text": "até amanhã"})
	got(d.maria.Received().Wait(within(t), func(r wasim.Received) bool { return r.Err != nil }))(t)
	got(d.maria.Received().Wait(within(t), heard("até amanhã")))(t)
	d.waitStatus(fresh, "delivered")

	switched := func(on bool) {
		t.Helper()
		d.Do("PATCH", d.company.RecordURL(d.channel), d.owner.Token, map[string]any{"active": on}).Must(t, http.StatusOK)
		d.eventually("it is switched", func() bool { return d.shop.Devices()[0].Online() == on })
	}
	switched(false)
	switched(true)
	d.online()
	before := d.maria.Received().Len()
	d.maria.LoseAll()
	d.maria.AskAgain(d.shop, old.GetString("external_id"))
	d.eventually("it has come again", func() bool {
		for _, r := range d.maria.Received().All()[before:] {
			if heard("o endereço")(r) {
				return r.ID == old.GetString("external_id")
			}
		}

		return false
	})
}
