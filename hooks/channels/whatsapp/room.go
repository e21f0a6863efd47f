// Package whatsapp is the channel of linked WhatsApp numbers.
//
// In: what WhatsApp tells of a linked number. Each message is written down
// (journal.go) before WhatsApp is told that it arrived, and becomes a message of
// the inbox afterwards (process.go), so that nothing is lost between the two
// whoever dies. Out: outgoing message records, each under an id that follows from
// the record (send.go), so that a repetition is the same message.
//
// Every linked number has one supervisor (number.go), which connects, waits,
// connects again and says in the channel's state how it is. Keys and sessions
// are in a database of their own, whatsapp.db (store.go): it changes with every
// message, and a copy of it brought back later could not be used.
package whatsapp

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"go.mau.fi/whatsmeow"

	"recado/collections"
	"recado/config"
	"recado/hooks/channels"
)

// Kind is the kind of the channels this room serves.
const Kind = "whatsapp"

// Deps are what the room needs of others.
type Deps struct {
	Now      func() time.Time
	IDs      *collections.IDs
	Inbox    Inbox
	Live     Live
	Channels *channels.Registry

	// Require returns the caller's active membership if it holds the permission.
	Require func(e *core.RequestEvent, company, permission string) (*core.Record, error)

	// Network points a new client to a simulated WhatsApp; nil is the real one.
	Network func(*whatsmeow.Client) error

	// HTTP fetches pictures; nil is one for the internet.
	HTTP *http.Client

	// Pace is the pause between two messages of a number, which is varied; 0 is none.
	Pace time.Duration

	// UploadMaxBytes bounds one attachment.
	UploadMaxBytes int64
}

// Inbox takes in what numbers receive.
type Inbox interface {
	channels.Inbox

	// Typed takes in what was written on the phone of a number.
	Typed(ctx context.Context, in channels.Inbound) (channels.Result, error)

	// Amend changes a message as its channel tells.
	Amend(ctx context.Context, a channels.Amendment) error

	// Receipt moves outgoing messages forward to delivered or read.
	Receipt(ctx context.Context, messages []string, status string) error

	// Flush makes due what waits for a channel that is back.
	Flush(channel string) error

	// Import takes in what was said before Recado was there; the same again is nothing new.
	Import(ctx context.Context, h channels.History) (added int, err error)

	// AnswerCall answers the missed call that a channel tells of under an id, where
	// whoever called may be answered without a person.
	AnswerCall(ctx context.Context, channel, external, text string) error

	// ReadElsewhere notes that a conversation was read on the phone.
	ReadElsewhere(ctx context.Context, conversation string) error
}

// Live tells the team's screens what is not a record.
type Live interface {
	Typing(conversation *core.Record, by string, on bool)
	LinkChanged(company, channel string)
}

// Room is the open room. It is the channel adapter of its kind.
type Room struct {
	app     core.App
	deps    Deps
	journal *journal
	storage storage

	patience patience
	dialling chan struct{} // held by numbers that connect

	ctx    context.Context // of all numbers
	cancel context.CancelFunc

	lock  *flock.Flock // held by the process that has the numbers
	begun atomic.Bool  // this one has them

	mu      sync.Mutex
	numbers map[string]*number // by channel
	stopped bool
	running sync.WaitGroup

	shrinking  sync.Mutex // held while a picture is made smaller
	looked     sync.Map   // when the picture of a contact was looked at last
	groupNames sync.Map   // what groups are called, by their JID

	aliases sync.Map // hidden ids known to belong to a phone, "company lid phone"
}

var (
	_ channels.Channel = (*Room)(nil)
	_ channels.Changer = (*Room)(nil)
	_ channels.Namer   = (*Room)(nil)
	_ channels.Fetcher = (*Room)(nil)
	_ channels.Reader  = (*Room)(nil)
)

// Open binds the room's routes and hooks and registers it as the adapter of
// linked numbers. They connect from OnServe until OnTerminate.
func Open(app core.App, deps Deps) *Room {
	if deps.HTTP == nil {
		deps.HTTP = slowClient()
	}
	r := &Room{app: app, deps: deps, numbers: map[string]*number{}, patience: usualPatience, dialling: make(chan struct{}, dialsAtOnce)}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	r.journal = newJournal(r)
	r.storage.dir, r.storage.simulated = app.DataDir, deps.Network != nil
	deps.Channels.Add(Kind, r)

	r.bindChannels()
	app.OnBackupCreate().BindFunc(func(e *core.BackupEvent) error {
		e.Exclude = append(append(e.Exclude, config.LinksFiles()...), lockName)

		return e.Next()
	})
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		r.routes(e.Router)
		if err := r.Start(r.ctx); err != nil {
			app.Logger().Error("Linked numbers did not start", slog.Any("error", err))
		}

		return e.Next()
	})
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		_ = r.Stop(context.Background())

		return e.Next()
	})

	return r
}

// Start connects every linked number of an active channel of an active company, as soon
// as no other process has them.
func (r *Room) Start(context.Context) error { return r.take(r.begin) }

func (r *Room) begin() error {
	numbers := dbx.And(linkedChannels, collections.OfActiveCompany())
	// Said of all at once: one commit is quicker than one of each, and nobody watches yet.
	now := dbx.Params{"now": stamp(r.deps.Now())}
	_, err := r.app.NonconcurrentDB().Update(collections.Channels, dbx.Params{
		"state": stateConnecting, "state_reason": "", "state_since": dbx.NewExp("CASE WHEN state = 'connecting' THEN state_since ELSE {:now} END", now),
		"off_since": dbx.NewExp("CASE WHEN off_since = '' THEN {:now} ELSE off_since END", now), "updated": dbx.NewExp("{:now}", now),
	}, numbers).Execute()
	if err != nil && !isStorage(err) {
		return err
	}
	var linked []*core.Record
	if err := r.app.RecordQuery(collections.Channels).AndWhere(numbers).All(&linked); err != nil {
		return err
	}
	r.begun.Store(true)
	r.journal.start()
	for _, channel := range linked {
		r.supervise(channel, nil)
	}

	return nil
}

// Stop disconnects all numbers. What they have received is written down.
func (r *Room) Stop(context.Context) error {
	r.mu.Lock()
	r.stopped = true
	r.mu.Unlock()
	r.cancel()
	r.running.Wait()
	r.journal.stop()

	return errors.Join(r.storage.close(), r.letGo())
}

// Tick looks after received events whose handling failed, for the schedule.
func (r *Room) Tick(context.Context) error {
	r.journal.wake()

	return nil
}

// Drain handles all events that are due and returns when it is done, for tests.
func (r *Room) Drain(ctx context.Context) error { return r.journal.drain(ctx) }

// supervise starts the supervisor of a channel in place of the one it may have.
func (r *Room) supervise(channel *core.Record, wish *wish) {
	r.release(channel.Id)

	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopped || !r.begun.Load() {
		return
	}
	n := newNumber(r, channel)
	r.numbers[channel.Id] = n
	r.running.Add(1)
	go func() {
		defer r.running.Done()
		defer close(n.done)
		n.run(wish)
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.numbers[channel.Id] == n {
			delete(r.numbers, channel.Id)
		}
	}()
}

// release ends the supervisor of a channel and waits for it.
func (r *Room) release(channel string) {
	r.mu.Lock()
	n := r.numbers[channel]
	r.mu.Unlock()
	if n != nil {
		n.cancel()
		<-n.done
	}
}

const (
	dialsAtOnce = 4
	dialTurn    = 500 * time.Millisecond
)

// turn waits until a number may connect. Where all of many do at once none is there
// soon. The turn is over with the function returned, and after a while by itself.
func (r *Room) turn(ctx context.Context) (over func()) {
	select {
	case r.dialling <- struct{}{}:
	case <-ctx.Done():
		return func() {}
	}
	over = sync.OnceFunc(func() { <-r.dialling })
	time.AfterFunc(dialTurn, over)

	return over
}

func (r *Room) number(channel string) *number {
	r.mu.Lock()
	defer r.mu.Unlock()

	return r.numbers[channel]
}

// Capabilities of WhatsApp.
func (r *Room) Capabilities() channels.Capabilities {
	return channels.Capabilities{
		TextLimit: 4096, FileLimit: r.deps.UploadMaxBytes, Typing: true, ReadReceipt: true, Quote: true,
		Edit: 15 * time.Minute, Delete: 48 * time.Hour, React: true,
	}
}

// slowClient fetches files: whatsmeow's own has no time-out.
func slowClient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = 30 * time.Second

	return &http.Client{Transport: transport, Timeout: 10 * time.Minute}
}

var errOffline = errors.New("number_offline")
