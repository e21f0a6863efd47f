// Package channels is the seam between the inbox and the ways messages travel.
//
// Out: the inbox's outbox claims an outgoing message record, turns it into an
// Outgoing and calls Send of the adapter registered for the channel's kind.
// In: an adapter turns what it received into an Inbound and gives it to the
// inbox (Inbox.Ingest). An adapter converts; it decides nothing.
package channels

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// Channel is one kind of channel (the website widget, WhatsApp, …). One adapter
// serves all channel records of its kind.
type Channel interface {
	// Start begins to receive. It returns at once; work goes on until Stop.
	Start(ctx context.Context) error

	// Stop ends what Start began, within ctx's deadline.
	Stop(ctx context.Context) error

	// Send hands one message over and returns the id it has over there.
	// It may be called again with the same ExternalID after a crash and must
	// then be the same message. An error wrapped by Permanent is not retried.
	Send(ctx context.Context, out Outgoing) (externalID string, err error)

	// Capabilities says what a message of this kind can carry.
	Capabilities() Capabilities
}

// Capabilities are the limits the inbox and the dialogue keep to.
// Zero numbers mean "no limit of its own".
type Capabilities struct {
	Options     int   // how many buttons a message may offer; 0 = none, write them as text
	TextLimit   int   // characters of one message
	FileLimit   int64 // bytes of one attachment
	Typing      bool
	ReadReceipt bool
	Quote       bool // shows which message is answered

	// What can be done to a message that was sent, by a Changer.
	Edit   time.Duration // how long after sending; 0 = never
	Delete time.Duration // how long after sending; 0 = never
	React  bool
}

// Always is a window that never closes.
const Always = time.Duration(math.MaxInt64)

// Changer is a channel that can change what it has sent, as far as its
// Capabilities say. out is the message, with the id it has over there. Each call
// may be made again for the same message and must then have the same effect.
type Changer interface {
	// Edit shows out.Text in place of what was sent.
	Edit(ctx context.Context, out Outgoing) error

	// Delete takes the message back.
	Delete(ctx context.Context, out Outgoing) error

	// React puts the emoji on the message, which may be an incoming one; an empty
	// one takes it off.
	React(ctx context.Context, out Outgoing, emoji string) error
}

// Namer is a channel whose messages have ids of its own form. The id of a message
// record always leads to the same one.
type Namer interface {
	ExternalID(message string) string
}

// Fetcher is a channel whose files come after their messages.
type Fetcher interface {
	// Refetch tries again to get the file of the message with an id over there;
	// false where what it takes is not kept any more.
	Refetch(ctx context.Context, channel, externalID string) (bool, error)
}

// Reader is a channel that is told what the team has read. external are the ids of
// incoming messages of one conversation over there, newest first.
type Reader interface {
	Read(conversation *core.Record, external []string)
}

// Address says who a message goes to or comes from: an identity of a contact.
type Address struct {
	Kind  string // phone, lid, bsuid, email, visitor, group
	Value string
	Scope string // what Value is unique in: empty, or the channel's id
}

// Option is one button under a message.
type Option struct {
	ID    string `json:"id"`
	Label string `json:"label"`
}

// Outgoing is a message on its way to the customer. All ids are record ids.
type Outgoing struct {
	Company      string
	Channel      string
	Conversation string
	Contact      string
	Message      string
	To           Address
	ExternalID   string // made before the first try
	Attempt      int    // 1 on the first try
	Kind         string // text, image, document, …
	Text         string
	Options      []Option
	Attachments  []string // ids of files
	ReplyTo      string   // external id of the message answered, or empty
}

// Inbound is a message that came in, in the inbox's own words.
type Inbound struct {
	Company       string
	Channel       string
	IdentityKind  string // see Address
	IdentityValue string
	Scope         string
	Name          string // what the customer calls themselves; never proof of who they are
	Email         string
	Phone         string
	Locale        string
	ExternalID    string // unique per channel: the same id is the same message
	Kind          string
	Text          string
	Payload       string   // id of the option the customer chose
	Attachments   []string // ids of files
	ReplyTo       string
	At            time.Time

	Also      []Address      // further addresses of the same person, as the channel vouches
	Data      map[string]any // what the kind has beyond its text
	Forwarded bool
}

// Amendment is what happened to a message after it was received or sent, told by
// the channel: other words, an attachment that has arrived, an emoji. Nil and
// zero values leave a thing as it is.
type Amendment struct {
	Company, Channel string
	ExternalID       string // of the message

	Edited   *string // new words, which the customer or someone at the phone wrote
	Deleted  bool    // taken back by whoever wrote it
	Reaction *string // the customer's emoji; an empty one takes it off

	// What could not be read before.
	Kind        string
	Text        *string
	Attachments []string // ids of files
	Data        map[string]any
}

// History is what was said with one person before Recado was there, oldest first.
type History struct {
	Company, Channel string
	Address          Address
	Also             []Address // see Inbound
	Name             string
	Messages         []Past
}

// Past is one message of it. Status is received, sent, delivered or read.
type Past struct {
	ExternalID string
	Mine       bool // the team's
	Kind, Text string
	Data       map[string]any
	At         time.Time
	Status     string
}

// Result is what became of an Inbound.
type Result struct {
	Contact      string // id
	Conversation string // id
	Message      *core.Record
	Duplicate    bool // the external id was known: Message is the first one
}

// Inbox is the way in, as adapters need it; hooks/inbox has it.
type Inbox interface {
	Ingest(ctx context.Context, in Inbound) (Result, error)
}

// permanent marks an error no retry can cure.
type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// Permanent marks err as one that a retry can't cure (blocked number, channel gone).
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return permanent{err}
}

// IsPermanent says whether any error in err's chain was marked by Permanent.
func IsPermanent(err error) bool {
	var p permanent
	return errors.As(err, &p)
}

// unavailable marks an error that is no fault of the message. until is when to
// try again, if that is known.
type unavailable struct {
	error
	until time.Time
}

func (u unavailable) Unwrap() error { return u.error }

// Unavailable marks err as one of the channel as a whole: it is offline. The
// message waits until it is back, as long as it is worth sending.
func Unavailable(err error) error {
	if err == nil {
		return nil
	}

	return unavailable{error: err}
}

// UnavailableUntil is Unavailable where it is known until when: the message is
// tried again then, and what its patience is begins then.
func UnavailableUntil(err error, until time.Time) error {
	if err == nil {
		return nil
	}

	return unavailable{err, until}
}

// Until is what UnavailableUntil said, else the zero time.
func Until(err error) time.Time {
	var u unavailable
	errors.As(err, &u)

	return u.until
}

// IsUnavailable says whether any error in err's chain was marked by Unavailable.
func IsUnavailable(err error) bool {
	var u unavailable

	return errors.As(err, &u)
}

// Registry knows the adapter of each channel kind. The zero value is ready.
type Registry struct {
	mu    sync.RWMutex
	kinds map[string]Channel
	order []string
}

// Add registers the adapter of one kind. A kind has one adapter: adding a
// second one replaces the first (tests put a fake in its place).
func (r *Registry) Add(kind string, c Channel) {
	r.mu.Lock()
	defer r.mu.Unlock()

	if r.kinds == nil {
		r.kinds = map[string]Channel{}
	}
	if _, known := r.kinds[kind]; !known {
		r.order = append(r.order, kind)
	}
	r.kinds[kind] = c
}

// Of returns the adapter of a channel kind.
func (r *Registry) Of(kind string) (Channel, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()

	c, ok := r.kinds[kind]
	return c, ok
}

// Kinds are the kinds that have an adapter, in the order they were added.
func (r *Registry) Kinds() []string {
	r.mu.RLock()
	defer r.mu.RUnlock()

	return slices.Clone(r.order)
}

// Buttons is how many options a message on a channel of this kind can carry.
func (r *Registry) Buttons(kind string) int {
	c, ok := r.Of(kind)
	if !ok {
		return 0
	}

	return c.Capabilities().Options
}

// Start starts every adapter in the order they were added. All are tried: one
// that can't start must not silence the others.
func (r *Registry) Start(ctx context.Context) error {
	return r.each(func(kind string, c Channel) error {
		if err := c.Start(ctx); err != nil {
			return fmt.Errorf("start channel %s: %w", kind, err)
		}
		return nil
	})
}

// Stop stops every adapter.
func (r *Registry) Stop(ctx context.Context) error {
	return r.each(func(kind string, c Channel) error {
		if err := c.Stop(ctx); err != nil {
			return fmt.Errorf("stop channel %s: %w", kind, err)
		}
		return nil
	})
}

func (r *Registry) each(do func(kind string, c Channel) error) error {
	r.mu.RLock()
	order := append([]string(nil), r.order...)
	r.mu.RUnlock()

	var errs []error
	for _, kind := range order {
		if c, ok := r.Of(kind); ok {
			errs = append(errs, do(kind, c))
		}
	}
	return errors.Join(errs...)
}
