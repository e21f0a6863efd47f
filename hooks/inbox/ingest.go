package inbox

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/channels"
	"recado/hooks/contacts"
)

const (
	// ingestGroup bounds how many messages share one commit. A commit waits for
	// the disk, so what arrives meanwhile goes into the next one together.
	ingestGroup = 20

	textMax = 20_000 // characters, as the collection allows
)

// errStopped is returned for a message that came while the process was ending;
// its sender was not told that it arrived and will send it again.
var errStopped = apierr.New(http.StatusServiceUnavailable, "stopping", "Recado is restarting. Please try again in a moment.", nil)

// Ingest is the only way in: it makes sure of identity, contact and
// conversation and stores the message, all in one transaction. The same external
// id on the same channel is the same message: the first one is returned again.
// When it returns without error the message is on disk.
//
// It must not be called from within a transaction.
func (r *Room) Ingest(ctx context.Context, in channels.Inbound) (channels.Result, error) {
	in.Text = strings.ToValidUTF8(in.Text, "\uFFFD")
	if utf8.RuneCountInString(in.Text) > textMax {
		return channels.Result{}, apierr.Invalid("text", "The message is too long. Up to 20,000 characters are possible.")
	}
	if in.Kind == "" {
		in.Kind = "text"
	}

	var result channels.Result
	err := r.ingest.submit(ctx, func(g *groupStore) error { return g.take(in, &result) })
	if err != nil {
		return channels.Result{}, err
	}

	return result, nil
}

// ingester commits what comes in, in its order and in groups.
type ingester struct {
	room  *Room
	jobs  chan *ingestJob
	quit  chan struct{}
	ended chan struct{} // nothing is taken any more
	once  sync.Once
}

// ingestJob is something to store. It is stored again where another of its group
// could not be.
type ingestJob struct {
	store func(*groupStore) error
	err   error
	done  chan struct{}
}

func newIngester(room *Room) *ingester {
	return &ingester{room: room, jobs: make(chan *ingestJob, ingestGroup), quit: make(chan struct{}), ended: make(chan struct{})}
}

func (g *ingester) start() {
	g.once.Do(func() { go g.loop() })
}

func (g *ingester) stop() {
	select {
	case <-g.quit:
		return
	default:
		close(g.quit)
	}
	g.once.Do(func() { close(g.ended) }) // it never began
	<-g.ended
}

// submit has something stored with what else comes in, and returns when it is on
// disk. It must not be called from within a transaction, nor by what follows a commit.
func (g *ingester) submit(ctx context.Context, store func(*groupStore) error) error {
	job := &ingestJob{store: store, done: make(chan struct{})}
	select {
	case g.jobs <- job:
	case <-g.quit:
		return errStopped
	case <-ctx.Done():
		return ctx.Err()
	}

	// Once taken, the job is finished whether or not its sender still waits.
	select {
	case <-job.done:
		return job.err
	case <-ctx.Done():
		return ctx.Err()
	case <-g.ended:
		select {
		case <-job.done:
			return job.err
		default:
			return errStopped // put there when nobody took it any more
		}
	}
}

func (g *ingester) loop() {
	defer close(g.ended)
	for {
		select {
		case job := <-g.jobs:
			g.commit(g.gather(job))
		case <-g.quit:
			for {
				select {
				case job := <-g.jobs:
					job.err = errStopped
					close(job.done)
				default:
					return
				}
			}
		}
	}
}

// gather takes what has queued up behind the first job, without waiting.
func (g *ingester) gather(first *ingestJob) []*ingestJob {
	group := []*ingestJob{first}
	for len(group) < ingestGroup {
		select {
		case job := <-g.jobs:
			group = append(group, job)
		default:
			return group
		}
	}

	return group
}

// commit stores the group in one transaction. If one of it can't be stored, all are
// stored one by one, so that a bad one fails alone.
func (g *ingester) commit(group []*ingestJob) {
	err := g.store(group)
	if err != nil && len(group) > 1 {
		for _, job := range group {
			job.err = g.store([]*ingestJob{job})
		}
	} else {
		for _, job := range group {
			job.err = err
		}
	}

	for _, job := range group {
		close(job.done)
	}
}

func (g *ingester) store(group []*ingestJob) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errors.New("storing a message panicked")
			g.room.app.Logger().Error("Storing a message panicked", slog.Any("panic", p))
		}
	}()

	var store *groupStore
	err = g.room.app.RunInTransaction(func(txApp core.App) error {
		store = g.room.newGroupStore(txApp)
		for _, job := range group {
			if err := job.store(store); err != nil {
				return err
			}
		}

		return store.finish()
	})
	if err != nil {
		return err
	}
	if store.triage {
		g.room.triage.wake()
	}
	if err := store.committed(g.room.app); err != nil {
		g.room.app.Logger().Error("Messages are stored, but a listener failed", slog.Any("error", err))
	}

	return nil
}

// take stores a message, the short way where that leads there.
func (g *groupStore) take(in channels.Inbound, result *channels.Result) error {
	*result = channels.Result{}
	done, err := g.storeKnown(in, result)
	if err != nil || done {
		return err
	}
	g.triage = true

	return g.room.storeInbound(g.txApp, in, result)
}

// storeInbound is the long way: for someone new, a conversation that begins or
// begins again, attachments, repetitions.
func (r *Room) storeInbound(txApp core.App, in channels.Inbound, result *channels.Result) error {
	channel, err := r.channel(txApp, in)
	if err != nil {
		return err
	}

	if known, err := r.known(txApp, in, result); known || err != nil {
		return err
	}

	contact, identity, err := r.deps.Contacts.Resolve(txApp, contacts.Person{
		Company: in.Company, Kind: in.IdentityKind, Value: in.IdentityValue, Scope: in.Scope,
		Channel: channel.GetString("kind"), Name: in.Name, Email: in.Email, Phone: in.Phone, Locale: in.Locale,
		Also: also(in.Also),
	})
	if err != nil {
		return err
	}

	given, err := r.ratingIn(txApp, in, contact, channel)
	if err != nil {
		return err
	}
	var conversation *core.Record
	if given != nil {
		conversation = given.conversation
	} else if conversation, err = r.conversationFor(txApp, channel, contact, identity, in.Locale); err != nil {
		return err
	}

	message, err := newRecord(txApp, collections.Messages, map[string]any{
		"company": in.Company, "conversation": conversation.Id, "contact": contact.Id, "channel": channel.Id,
		"direction": "in", "kind": in.Kind, "text": in.Text, "payload": in.Payload,
		"attachments": in.Attachments, "status": "received", "external_id": in.ExternalID, "reply_to": in.ReplyTo,
	})
	if err != nil {
		return err
	}
	if !in.At.IsZero() {
		message.Set("at", in.At)
	}
	if in.Data != nil {
		message.Set("data", in.Data)
	}
	message.Set("forwarded", in.Forwarded)
	if given != nil {
		message.Set("data", map[string]any{"rating": given.score})
	}
	if len(in.Attachments) > 0 || in.ReplyTo != "" {
		err = txApp.Save(message) // ids from outside: let their company be checked
	} else {
		err = txApp.SaveNoValidate(message)
	}
	if err != nil {
		return err
	}

	*result = channels.Result{Contact: contact.Id, Conversation: conversation.Id, Message: message}
	if given != nil {
		return r.keepRating(txApp, given)
	}

	return nil
}

// also are the further addresses of a person in the words of the contacts.
func also(addresses []channels.Address) []contacts.Identity {
	list := make([]contacts.Identity, len(addresses))
	for i, address := range addresses {
		list[i] = contacts.Identity(address)
	}

	return list
}

// channel loads the channel and makes sure that it is the company's and open.
func (r *Room) channel(txApp core.App, in channels.Inbound) (*core.Record, error) {
	channel, err := lookup(txApp, collections.Channels, in.Channel)
	if err != nil || channel.GetString("company") != in.Company {
		return nil, apierr.NotFound("channel")
	}

	return channel, nil
}

// known finds the message this one repeats.
func (r *Room) known(txApp core.App, in channels.Inbound, result *channels.Result) (bool, error) {
	if in.ExternalID == "" {
		return false, nil
	}

	message := &core.Record{}
	err := txApp.RecordQuery(collections.Messages).
		AndWhere(dbx.HashExp{"channel": in.Channel, "external_id": in.ExternalID}).
		Limit(1).One(message)
	if isNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}

	*result = channels.Result{
		Contact: message.GetString("contact"), Conversation: message.GetString("conversation"),
		Message: message, Duplicate: true,
	}

	return true, nil
}
