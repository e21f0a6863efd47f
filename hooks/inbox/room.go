// Package inbox is where conversations live.
//
// In: messages that channels received (Ingest) and messages, notes and changes
// that members write through the records API. Out: message records. A new
// incoming message makes its conversation due for triage, which decides who
// answers; an outgoing one is a job of the outbox, which hands it to its
// channel. Every change is told to the live feed by the record's own hooks.
package inbox

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/channels"
	"recado/hooks/contacts"
)

// Deps are what the room needs of others.
type Deps struct {
	Now      func() time.Time
	IDs      *collections.IDs
	Contacts Contacts
	Channels *channels.Registry

	// Answerers maps the answerer of a conversation (bot, agent) to who gives
	// the answer. It may be filled after Open, before the app serves.
	Answerers map[string]Answerer

	Live Live

	// Hears says whether voice notes of a company are transcribed; nil: of none.
	Hears func(app core.App, company string) bool

	// UploadMaxBytes bounds one attachment.
	UploadMaxBytes int64

	// Phone brings a phone number into its one form; timezone decides the country of
	// one without.
	Phone func(number, timezone string) (string, error)
}

// Contacts finds or makes the contact of a person who wrote.
type Contacts interface {
	Resolve(txApp core.App, p contacts.Person) (contact, identity *core.Record, err error)
}

// Live tells open screens what no hook tells them.
type Live interface {
	// Created and Updated announce rows written by plain SQL in the transaction.
	Created(txApp core.App, record *core.Record) error
	Updated(txApp core.App, collection, id string) error

	// Typing says that someone types in a conversation: "contact" or a member.
	Typing(conversation *core.Record, by string, on bool)

	// View says which conversation a member looks at; "" for none.
	View(company, member, conversation string)

	// Online lists the members of a company who have Recado open; OnArrival is
	// told of the company when one of them opens it.
	Online(company string) []string
	OnArrival(arrived func(company string))
}

// Answerer answers a customer without a person. It runs inside the write
// transaction that will hold its replies, so it must be quick and must not use
// the network.
type Answerer interface {
	Answer(txApp core.App, turn Turn) (Answer, error)
}

// Turn is what an answerer is given: a conversation and the incoming messages
// nobody has answered yet, oldest first.
type Turn struct {
	Company, Channel, Contact, Conversation *core.Record
	Messages                                []*core.Record

	// Greet asks for a greeting: the contact has not been greeted lately.
	Greet bool

	// State is what the last answer left, or nil.
	State json.RawMessage
}

// Answer is what the answerer says and leaves behind.
type Answer struct {
	Replies []Reply
	State   json.RawMessage

	// Handoff passes the conversation to a person. Reason is for the team.
	Handoff bool
	Reason  string

	// Later says that the answer takes time and comes by [Room.Answer]; the
	// conversation waits for it.
	Later bool

	// By is who answers, bot or agent; "" is the channel's answerer.
	By string
}

// Reply is one message to the customer.
type Reply struct {
	Text    string
	Options []channels.Option
}

// Room is the inbox.
type Room struct {
	app  core.App
	deps Deps

	listener Listener // may be nil

	ingest     *ingester
	triage     *worker
	outbox     *outbox
	distribute *worker

	shrinking sync.Mutex // held while a picture is made smaller
}

// Open binds the room's hooks and routes. Its workers run from OnServe until
// OnTerminate.
func Open(app core.App, deps Deps) *Room {
	room := &Room{app: app, deps: deps}
	room.ingest = newIngester(room)
	room.triage = newWorker(app.Logger(), room.triageDue)
	room.outbox = newOutbox(room)
	room.distribute = newWorker(app.Logger(), room.distributeWaiting)

	room.bindMessages()
	room.bindConversations()
	room.bindFiles()
	room.bindQuickReplies()
	room.bindDistribution()
	room.bindSwitch()

	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		room.routes(e.Router)
		room.Start()

		return e.Next()
	})
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		room.Stop()

		return e.Next()
	})

	return room
}

// Start lets the workers run. What was due when the last process ended is due now.
func (r *Room) Start() {
	r.ingest.start()
	r.triage.start()
	r.outbox.start()
	r.distribute.start()
}

// Stop ends the workers after what they have in hand. Nothing is lost: all of
// their work is rows.
func (r *Room) Stop() {
	r.ingest.stop()
	r.triage.stop()
	r.outbox.stop()
	r.distribute.stop()
}

// Tick does what is due, for the schedule: messages whose retry has come,
// conversations whose triage failed.
func (r *Room) Tick(context.Context) error {
	r.triage.wake()
	r.outbox.wake()

	return nil
}

// Distribute gives waiting conversations to those whose working hours have begun
// or who have become free, for the schedule; most are given at once.
func (r *Room) Distribute(context.Context) error {
	r.distribute.wake()

	return nil
}

// lookup loads a record that must exist.
func lookup(app core.App, collection, id string) (*core.Record, error) {
	return app.FindRecordById(collection, id)
}

// Drain does all work that is due now and returns when it is done, for tests and
// for commands that end. The workers may run meanwhile.
func (r *Room) Drain(ctx context.Context) error {
	return errors.Join(r.triage.runNow(ctx), r.distribute.runNow(ctx), r.outbox.drain(ctx))
}
