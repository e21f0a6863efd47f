package whatsapp

import (
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"go.mau.fi/whatsmeow"
)

// screen counts how often the screen is told to look at a link again.
type screen struct{ told chan struct{} }

func (s screen) Typing(*core.Record, string, bool) {}
func (s screen) LinkChanged(string, string)        { s.told <- struct{}{} }

// A code is shown in place of the one before as soon as WhatsApp has another; that
// they ran out is no failure: the next round begins.
func TestTheQRCodeRenewsItself(t *testing.T) {
	look := screen{make(chan struct{}, 8)}
	n := &number{room: &Room{deps: Deps{Live: look}}}
	codes := make(chan whatsmeow.QRChannelItem)
	ended := make(chan string)
	go func() {
		_, problem := n.follow(codes, &wish{}, nil)
		ended <- problem
	}()
	for _, code := range []string{"one", "two", "three"} {
		codes <- whatsmeow.QRChannelItem{Event: whatsmeow.QRChannelEventCode, Code: code, Timeout: 20 * time.Second}
		<-look.told
		n.mu.Lock()
		if left := time.Until(n.link.Expires); n.link.QR != code || left < 15*time.Second || left > 20*time.Second {
			t.Errorf("%q for %s is shown, not %q", n.link.QR, left, code)
		}
		n.mu.Unlock()
	}
	codes <- whatsmeow.QRChannelTimeout
	if problem := <-ended; problem != "" {
		t.Errorf("the codes ran out, and that is %q", problem)
	}
}
