package whatsapp_test

import (
	"testing"

	"recado/hooks/channels/whatsapp/wasim"
)

// A database that can't be written takes nothing: WhatsApp keeps the messages, and
// sends them again when it can.
//
// Parity: WT-whatsapp.
func TestNothingIsTakenThatCantBeKept(t *testing.T) {
	d := linked(t)
	d.says(d.maria, "antes")
	must(t, d.shop.Settled(within(t)))

	readOnly := func(on string) {
		// what a full or read-only disk does to every writer
		if _, err := d.NonconcurrentDB().NewQuery("PRAGMA query_only = " + on).Execute(); err != nil {
			t.Fatal(err)
		}
	}
	readOnly("ON")
	id := got(d.maria.Say(d.shop, "sem espaço"))(t)
	d.eventually("it lets go of the connection", func() bool { return !d.shop.Devices()[0].Online() })
	if waiting := d.shop.Devices()[0].Waiting(); waiting == 0 {
		t.Fatal("what was not kept was acknowledged")
	}
	readOnly("OFF")
	d.message(id)
	d.online()
	must(t, d.shop.Settled(within(t)))
	got(d.maria.Receipts().Wait(within(t), func(r wasim.Receipt) bool { return r.IDs[0] == id }))(t)
}
