package notify_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"recado/collections"
)

// A number that is off for more than five minutes is told to owners and admins by
// mail, each in their language, once each time.
func TestANumberThatIsOffIsTold(t *testing.T) {
	d := newDesk(t)
	admin := d.company.Member("admin")
	d.company.Member("agent")
	d.company.Join(d.Create(collections.Users, map[string]any{"name": "Robot", "email": "robot@example.com", "password": "correct horse battery", "kind": "key"}), "admin")
	d.Company().Member("owner") // of another company
	d.set(d.owner.User, map[string]any{"locale": "en"})
	d.set(admin.User, map[string]any{"locale": "es"})
	tick := func() []string {
		t.Helper()
		before := len(d.server.Messages())
		for range 2 { // the second has nothing to do
			if err := d.Notify.NumberOff(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.Mail.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		var told []string
		for _, m := range d.server.Messages()[before:] {
			told = append(told, m.To)
		}
		slices.Sort(told)

		return told
	}
	off := func() {
		d.set(d.channel, map[string]any{"number": "+5511999990001", "state": "logged_out", "off_since": d.clock.Now()})
	}
	off()
	d.clock.Advance(4 * time.Minute)
	if told := tick(); len(told) != 0 {
		t.Errorf("told after four minutes: %v", told)
	}
	d.clock.Advance(2 * time.Minute)
	want := []string{d.owner.User.Email(), admin.User.Email()}
	slices.Sort(want)
	if told := tick(); fmt.Sprint(told) != fmt.Sprint(want) {
		t.Fatalf("told %v, want %v", told, want)
	}
	for _, m := range d.server.Messages() {
		words := []string{"Phone is off", "The link was removed on the phone", "0 messages", "https://desk.example.com/c/" + d.company.Id + "/settings/channels/" + d.channel.Id}
		if m.To == admin.User.Email() {
			words = []string{"sin conexión", "El vínculo se quitó", "0 mensajes"}
		}
		text := subject(t, m) + parts(t, m)["text/plain"]
		for _, word := range words {
			if !strings.Contains(text, word) {
				t.Errorf("the mail to %s lacks %q: %s", m.To, word, text)
			}
		}
	}

	d.set(d.channel, map[string]any{"state": "online", "off_since": ""})
	d.clock.Advance(time.Hour)
	if told := tick(); len(told) != 0 {
		t.Errorf("told of a number that is on: %v", told)
	}
	off()
	d.clock.Advance(6 * time.Minute)
	if told := tick(); len(told) != 2 {
		t.Errorf("the next time %v were told", told)
	}
}
