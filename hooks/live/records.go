package live

import (
	"database/sql"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"recado/collections"
)

// bindRecords announces what is written, inside the transaction that writes it.
// The hooks stand around everything else at the level of execution, so they see
// the row as it was stored.
func (r *Room) bindRecords(app core.App) {
	names := slices.Sorted(maps.Keys(r.scopes))

	on := func(id string, hooks *hook.TaggedHook[*core.RecordEvent], action string) {
		hooks.Bind(&hook.Handler[*core.RecordEvent]{
			Id:       id,
			Priority: -90,
			Func: func(e *core.RecordEvent) error {
				return collections.InTransaction(e, func() error {
					if err := e.Next(); err != nil {
						return err
					}

					return r.announce(e.App, e.Record, action, eventName(e.Record, action))
				})
			},
		})
	}
	on("recadoLiveCreate", app.OnRecordCreateExecute(names...), actionCreate)
	on("recadoLiveUpdate", app.OnRecordUpdateExecute(names...), actionUpdate)
	on("recadoLiveDelete", app.OnRecordDeleteExecute(names...), actionDelete)

	signOut := func(changed func(row *core.Record) bool, of func(c *client) string) *hook.Handler[*core.RecordEvent] {
		return &hook.Handler[*core.RecordEvent]{
			Id:       "recadoLiveSignOut",
			Priority: -90,
			Func: func(e *core.RecordEvent) error {
				return collections.InTransaction(e, func() error {
					if err := e.Next(); err != nil {
						return err
					}
					if id := e.Record.Id; changed(e.Record) {
						r.ledger.announce(e.App, func(int64) step {
							return func() { r.end(func(c *client) bool { return of(c) == id }) }
						})
					}

					return nil
				})
			},
		}
	}
	user := func(c *client) string { return c.user }
	always := func(*core.Record) bool { return true }
	app.OnRecordUpdateExecute(collections.Users).Bind(signOut(func(user *core.Record) bool {
		return user.TokenKey() != user.Original().TokenKey()
	}, user))
	app.OnRecordDeleteExecute(collections.Users).Bind(signOut(always, user))
	app.OnRecordDeleteExecute(collections.AuthSessions).Bind(signOut(always, func(c *client) string { return c.session }))
}

// errOutside means that a change was announced outside the transaction that made it:
// it could not be put in order with others.
var errOutside = errors.New("live: a change is announced in the transaction that makes it")

// Created announces a row that was inserted by plain SQL, for which no hook
// fires, in the transaction that did it.
func (r *Room) Created(txApp core.App, record *core.Record) error {
	return r.announce(txApp, record, actionCreate, eventName(record, actionCreate))
}

// Updated announces a row that was changed by plain SQL, in the transaction that
// changed it. The row is read after the commit, and only if someone is watching: it
// is told as it is then, which may be what a later transaction, announced after this
// one, has made of it.
func (r *Room) Updated(txApp core.App, collection, id string) error {
	if !txApp.IsTransactional() {
		return errOutside
	}
	r.ledger.enter(txApp)
	s, ok := r.scopes[collection]
	if !ok || !r.anyone() {
		return nil
	}

	r.ledger.announce(txApp, func(rev int64) step {
		return func() { r.dispatchStored(s, collection, id, rev) }
	})

	return nil
}

// Deleted announces a row that was removed by plain SQL, as it was, in the
// transaction that removed it.
func (r *Room) Deleted(txApp core.App, record *core.Record) error {
	return r.announce(txApp, record, actionDelete, eventName(record, actionDelete))
}

// announce takes a change's place in the order of commits. A company without
// audience costs nothing: someone who connects now is greeted after this
// transaction and fetches what it wrote.
func (r *Room) announce(txApp core.App, record *core.Record, action, name string) error {
	s, ok := r.scopes[record.Collection().Name]
	if !ok {
		return nil
	}

	if !txApp.IsTransactional() {
		return errOutside
	}
	r.ledger.enter(txApp) // before the question: who comes after it waits for us
	if !r.watched(companyOf(record)) {
		return nil
	}

	c := changeOf(s, record, action, name)
	r.ledger.announce(txApp, func(rev int64) step {
		c.rev = rev

		return func() { r.dispatch(s, c) }
	})

	return nil
}

// dispatchStored runs in the dispatcher: it reads a row and tells it.
func (r *Room) dispatchStored(s scope, collection, id string, rev int64) {
	record, err := r.app.FindRecordById(collection, id)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return // its end is announced next
	case err != nil:
		r.lost(err)
	default:
		c := changeOf(s, record, actionUpdate, noun(collection)+".updated")
		c.rev = rev
		r.dispatch(s, c)
	}
}

// lost runs in the dispatcher, when a change could not be told: everyone comes back
// and fetches anew.
func (r *Room) lost(cause error) {
	r.app.Logger().Error("Live feed: failed to tell a change", slog.Any("error", cause))
	for _, co := range r.companies {
		co.closeAll()
	}
}

// dispatch runs in the dispatcher, after the commit.
func (r *Room) dispatch(s scope, c change) {
	co := r.companies[c.company]
	if co == nil {
		return
	}
	var err error
	if c.record, err = json.Marshal(c.fields); err != nil {
		r.lost(err)

		return
	}
	if c.member != nil {
		co.setMember(*c.member)
	}

	was, is := c.was, c.is
	switch {
	case s.via != "":
		was, is = r.held(co, s, s.target, c.wasVia), r.held(co, s, s.target, c.via)
	case s.owner != "":
		if announced, known := co.holders.get(c.collection, c.id); known {
			was = announced
		}
		if c.action == actionDelete {
			co.holders.forget(c.collection, c.id)
		} else {
			co.holders.set(c.collection, c.id, is)
		}
	}

	co.deliver(s, c, was, is)
}

// held finds who has the row of a collection whose rows carry the scope's owner
// themselves. A row that is not remembered costs one query, once.
func (r *Room) held(co *company, s scope, collection, id string) holder {
	if id == "" {
		return holder{}
	}
	if is, known := co.holders.get(collection, id); known {
		return is
	}

	var is holder
	queue := "''"
	if s.queue != "" {
		queue = s.queue
	}
	err := r.app.DB().Select(s.owner, queue).From(collection).Where(dbx.HashExp{"id": id}).Row(&is.owner, &is.queue)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		r.app.Logger().Error("Live feed: failed to look up an owner",
			slog.String("collection", collection), slog.Any("error", err))

		return holder{owner: unknownOwner}
	}
	co.holders.set(collection, id, is)

	return is
}

// unknownOwner is no member's id: only those who see everything see the row.
const unknownOwner = "?"

// sees says who of the company may see what an audience names.
func (r *Room) sees(co *company, to Audience) func(*client) bool {
	if to == (Audience{}) {
		return func(*client) bool { return true }
	}

	s, ok := r.scopes[to.Collection]
	if !ok || s.via != "" {
		return func(*client) bool { return false }
	}

	var is holder
	if s.scoped {
		is = r.held(co, s, s.collection, to.Record)
	}

	return func(c *client) bool { return s.sees(&c.see, is) }
}

func companyOf(record *core.Record) string {
	if record.Collection().Name == collections.Companies {
		return record.Id
	}

	return record.GetString("company")
}

func memberFrom(record *core.Record) member {
	return member{
		ID:          record.Id,
		User:        record.GetString("user"),
		Manager:     record.GetString("manager"),
		Active:      record.GetBool("active"),
		Permissions: listFrom(record.GetString("permissions")),
		Queues:      sorted(record.GetStringSlice("queues")),
	}
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)

	return list
}

// listFrom reads a JSON array of effective permissions or of queues; anything
// else grants nothing.
func listFrom(raw string) []string {
	var list []string
	_ = json.Unmarshal([]byte(raw), &list)

	return sorted(list)
}
