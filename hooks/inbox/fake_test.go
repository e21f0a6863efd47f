package inbox_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/channels"
	"recado/hooks/recadotest"
)

// fakeChannel stands for the outside world. It remembers what it was given, by
// external id, as a real network does.
type fakeChannel struct {
	mu    sync.Mutex
	fail  error
	order []string
	texts map[string]string
	calls map[string]int
	can   channels.Capabilities
	did   []string // what was done to messages that were sent

	sent chan string // external ids, as they come
}

func newFakeChannel() *fakeChannel {
	return &fakeChannel{texts: map[string]string{}, calls: map[string]int{}, can: channels.Capabilities{Options: 10}, sent: make(chan string, 10_000)}
}

func (f *fakeChannel) Start(context.Context) error { return nil }
func (f *fakeChannel) Stop(context.Context) error  { return nil }

func (f *fakeChannel) Capabilities() channels.Capabilities {
	f.mu.Lock()
	defer f.mu.Unlock()

	return f.can
}

// allow changes what the channel is capable of.
func (f *fakeChannel) allow(can channels.Capabilities) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.can = can
}

func (f *fakeChannel) do(words ...string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fail != nil {
		return f.fail
	}
	f.did = append(f.did, strings.Join(words, " "))

	return nil
}

func (f *fakeChannel) done() []string {
	f.mu.Lock()
	defer f.mu.Unlock()

	return slices.Clone(f.did)
}

func (f *fakeChannel) Edit(_ context.Context, out channels.Outgoing) error {
	return f.do("edit", out.ExternalID, out.Text)
}

func (f *fakeChannel) Delete(_ context.Context, out channels.Outgoing) error {
	return f.do("delete", out.ExternalID)
}

func (f *fakeChannel) React(_ context.Context, out channels.Outgoing, emoji string) error {
	return f.do("react", out.ExternalID, emoji)
}

func (f *fakeChannel) Send(_ context.Context, out channels.Outgoing) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()

	f.calls[out.ExternalID]++
	if f.fail != nil {
		return "", f.fail
	}
	if _, known := f.texts[out.ExternalID]; !known {
		f.order = append(f.order, out.Text)
	}
	f.texts[out.ExternalID] = out.Text
	f.sent <- out.ExternalID

	return out.ExternalID, nil
}

func (f *fakeChannel) failWith(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fail = err
}

func (f *fakeChannel) said() []string {
	f.mu.Lock()
	defer f.mu.Unlock()

	return append([]string(nil), f.order...)
}

var errNetwork = errors.New("network is down")

// desk is a company with one channel of the fake kind.
type desk struct {
	*recadotest.App
	company *recadotest.Company
	channel string
	out     *fakeChannel
}

func newDesk(t *testing.T, app *recadotest.App, answerer string) *desk {
	t.Helper()

	d := &desk{App: app, company: app.Company(), out: newFakeChannel()}
	app.Channels.Add("whatsapp", d.out)
	d.channel = d.company.Create("channels", map[string]any{
		"kind": "whatsapp", "name": "Phone", "answerer": answerer, "active": true,
	}).Id

	return d
}

func (d *desk) inbound(from, id, text string) channels.Inbound {
	return channels.Inbound{
		Company: d.company.Id, Channel: d.channel, IdentityKind: "visitor", IdentityValue: from,
		Name: from, ExternalID: id, Text: text,
	}
}

// ingest lets a message in and returns what became of it.
func (d *desk) ingest(from, id, text string) channels.Result {
	d.T.Helper()

	result, err := d.Inbox.Ingest(context.Background(), d.inbound(from, id, text))
	if err != nil {
		d.T.Fatal(err)
	}

	return result
}

// conversation loads the conversation a message went to.
func (d *desk) conversation(result channels.Result) *core.Record {
	d.T.Helper()

	record, err := d.FindRecordById(collections.Conversations, result.Conversation)
	if err != nil {
		d.T.Fatal(err)
	}

	return record
}
