package access

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/router"
	"golang.org/x/time/rate"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/limits"
)

// The kinds of those who act.
const (
	actsPerson    = "person"
	actsKey       = "key"
	actsSuperuser = "superuser"
	actsSystem    = "system" // a job, the dialogue, a customer
)

// actor is who a write is by. The zero one is Recado itself.
type actor struct {
	kind, user, name, address string
}

// actorOf reads who asks.
func (r *Room) actorOf(e *core.RequestEvent) actor {
	var who actor
	switch {
	case e.Auth == nil && r.byInstanceKey(e):
		who = actor{kind: actsKey, name: instanceName}
	case e.Auth == nil:
		return actor{}
	case e.Auth.Collection().Name != collections.Users:
		who = actor{kind: actsSuperuser, name: e.Auth.Email()}
	default:
		who = actor{kind: actsPerson, user: e.Auth.Id, name: e.Auth.GetString("name")}
		switch {
		case e.Auth.GetString("kind") == "key":
			who.kind = actsKey
		case e.Get(actingFor) == true:
			who.kind = actsSuperuser // in the place of the person who is named
		}
	}
	if r.deps.Addresses {
		who.address = e.RealIP()
	}

	return who
}

// audit writes down who changed what, in the transaction that changes it. It knows
// who by the transaction: the app of a request ([acting]) says so for each that it
// begins, and a database has one writer.
type audit struct {
	app    core.App
	limits *limits.Limits

	mu      sync.Mutex
	writing map[core.App]*writer // by transaction
}

// writer is who a transaction is by, and how much of it stands in the log.
type writer struct {
	actor
	lines int
}

// mostLines is how much of one transaction is written down: what changes thousands
// of rows at once says so with its first hundred.
const mostLines = 100

// refusals bounds what one who is refused again and again leaves in the log.
var refusals = limits.Allowance{Name: "refusals", Every: rate.Limit(1.0 / 60), Burst: 5}

func (a *audit) by(txApp core.App) *writer {
	a.mu.Lock()
	defer a.mu.Unlock()

	return a.writing[txApp]
}

// acting is the app of a request: all it writes is by who asks.
type acting struct {
	core.App
	audit *audit
	actor actor
}

func (a acting) RunInTransaction(fn func(txApp core.App) error) error {
	return a.App.RunInTransaction(func(txApp core.App) error {
		a.audit.mu.Lock()
		_, nested := a.audit.writing[txApp]
		if !nested {
			a.audit.writing[txApp] = &writer{actor: a.actor}
		}
		a.audit.mu.Unlock()
		if !nested {
			defer func() {
				a.audit.mu.Lock()
				delete(a.audit.writing, txApp)
				a.audit.mu.Unlock()
			}()
		}

		return fn(txApp)
	})
}

func (a acting) Save(model core.Model) error {
	return a.SaveWithContext(context.Background(), model)
}

func (a acting) SaveWithContext(ctx context.Context, model core.Model) error {
	return a.RunInTransaction(func(txApp core.App) error { return txApp.SaveWithContext(ctx, model) })
}

func (a acting) SaveNoValidate(model core.Model) error {
	return a.RunInTransaction(func(txApp core.App) error { return txApp.SaveNoValidate(model) })
}

func (a acting) Delete(model core.Model) error {
	return a.DeleteWithContext(context.Background(), model)
}

func (a acting) DeleteWithContext(ctx context.Context, model core.Model) error {
	return a.RunInTransaction(func(txApp core.App) error { return txApp.DeleteWithContext(ctx, model) })
}

// quiet are the collections whose rows are themselves a log, or follow from others.
// Nothing is written down of them.
var quiet = []string{
	collections.Audit, collections.ContactChanges, collections.ChannelEvents, collections.WebchatVisitors,
	collections.Occupancies, collections.IdempotencyKeys, collections.ImportBatches, collections.Consents,
}

// settled are those where it is written down also what Recado does by itself. The
// rest is what customers say and what becomes of it, which is there to be read.
var settled = []string{
	collections.Companies, collections.CompanyDomains, collections.Roles, collections.Members, collections.Invites, collections.APIKeys,
	collections.Queues, collections.Channels, collections.Agendas, collections.Services, collections.Appointments,
}

// personal are those with people in them beside what has a reach.
var personal = []string{collections.Users, collections.Invites, collections.Mails, collections.Imports, collections.Ratings, collections.Identities}

// audited are the collections whose changes are written down.
func audited() []string {
	names := []string{collections.Users, collections.Companies}
	for _, def := range collections.OfCompany() {
		if !slices.Contains(quiet, def.Name) {
			names = append(names, def.Name)
		}
	}

	return names
}

func newAudit(app core.App, allowances *limits.Limits) *audit {
	a := &audit{app: app, limits: allowances, writing: map[core.App]*writer{}}

	names := audited()
	on := func(event *hook.TaggedHook[*core.RecordEvent], action string) {
		event.Bind(&hook.Handler[*core.RecordEvent]{
			Id: "recadoAudit" + action, Priority: -80,
			Func: func(e *core.RecordEvent) error {
				by := a.by(e.App)
				if by == nil && !slices.Contains(settled, e.Record.Collection().Name) {
					return e.Next()
				}

				return collections.InTransaction(e, func() error {
					was, err := before(e.App, e.Record)
					if err != nil {
						return err
					}
					was = was.Clone() // saving makes the record its own original
					if err := e.Next(); err != nil {
						return err
					}

					return a.write(e.App, by, action, was, e.Record)
				})
			},
		})
	}
	on(app.OnRecordCreateExecute(names...), "create")
	on(app.OnRecordUpdateExecute(names...), "update")
	on(app.OnRecordDeleteExecute(names...), "delete")
	a.bindKept(app)

	return a
}

// bindKept keeps the log as it was written, for everybody.
func (a *audit) bindKept(app core.App) {
	kept := func() error {
		return apierr.New(http.StatusForbidden, "audit_kept", "What is written in the log of changes stays as it is.", nil)
	}
	app.OnRecordUpdate(collections.Audit).BindFunc(func(e *core.RecordEvent) error {
		was, err := before(e.App, e.Record)
		if err != nil {
			return err
		}
		changed := differences("update", was, e.Record)
		if _, actor := changed["actor"]; actor && len(changed) == 1 && e.Record.GetString("actor") == "" {
			return e.Next() // the account was deleted; its name stays
		}

		return kept()
	})
	app.OnRecordDelete(collections.Audit).BindFunc(func(*core.RecordEvent) error { return kept() })
	app.OnRecordCreateRequest(collections.Audit).BindFunc(func(*core.RecordRequestEvent) error { return kept() })
	app.OnCollectionDelete(collections.Audit).BindFunc(func(*core.CollectionEvent) error { return kept() })
}

// write adds a line for a record that was made, changed or deleted. An account is
// of every company that it works in.
func (a *audit) write(txApp core.App, by *writer, action string, was, is *core.Record) error {
	line := line{action: action, collection: is.Collection().Name, record: is.Id, changes: differences(action, was, is)}
	if action == "update" && len(line.changes) == 0 {
		return nil
	}
	if by == nil {
		by = &writer{}
	}
	if by.lines++; by.lines > mostLines {
		return nil
	}

	switch line.collection {
	case collections.Users:
		return a.writeFor(txApp, is.Id, by.actor, line)
	case collections.Companies:
		if action == "delete" {
			return nil
		}

		return a.add(txApp, is.Id, by.actor, line)
	default:
		return a.add(txApp, is.GetString("company"), by.actor, line)
	}
}

// line is what stands in the log beside who did it.
type line struct {
	action, collection, record string
	changes                    map[string]any
}

// writeFor adds a line about an account to every company it works in.
func (a *audit) writeFor(app core.App, user string, by actor, l line) error {
	var companies []string
	err := app.DB().Select("company").From(collections.Members).Where(dbx.HashExp{"user": user, "active": true}).Column(&companies)
	for _, company := range companies {
		err = errors.Join(err, a.add(app, company, by, l))
	}

	return err
}

// note adds a line about what somebody did to their own account, in the caller's
// transaction.
func (r *Room) note(txApp core.App, user *core.Record, action string) error {
	return r.audit.writeFor(txApp, user.Id, actor{kind: actsPerson, user: user.Id, name: user.GetString("name")}, line{action: action})
}

func (a *audit) add(app core.App, company string, by actor, l line) error {
	collection, err := app.FindCachedCollectionByNameOrId(collections.Audit)
	if err != nil {
		return err
	}
	row := core.NewRecord(collection)
	row.Load(map[string]any{
		"company": company, "actor": by.user, "actor_kind": or(by.kind, actsSystem), "actor_name": cut(by.name, 200), "address": by.address,
		"action": l.action, "collection": l.collection, "record": l.record,
	})
	if len(l.changes) > 0 {
		row.Set("data", l.changes)
	}

	return app.SaveNoValidate(row)
}

// differences are the fields that changed, each with what it was and what it is.
// Of what is secret only the name is told, and of what customers say and are: it
// would outlive its erasure here.
func differences(action string, was, is *core.Record) map[string]any {
	def, _ := collections.Find(is.Collection().Name)
	found := map[string]any{}
	for _, field := range is.Collection().Fields {
		name := field.GetName()
		if def.Name == collections.CompanyDomains && (name == "checked" || name == "due") {
			continue // looking at it changes nothing
		}
		if slices.Contains([]string{"id", "company", "created", "updated", "search", core.FieldNameTokenKey}, name) {
			continue
		}
		old, now := was.Get(name), is.Get(name)
		switch action {
		case "create":
			old = nil
			if blank(now) {
				continue
			}
		case "delete":
			old, now = now, nil
			if blank(old) {
				continue
			}
		default:
			if reflect.DeepEqual(old, now) || was.GetString(name) == is.GetString(name) && field.Type() != core.FieldTypePassword {
				continue
			}
		}
		if tellable(def, field) {
			found[name] = []any{old, now}
		} else {
			found[name] = true
		}
	}

	return found
}

func blank(value any) bool {
	v := reflect.ValueOf(value)

	return !v.IsValid() || v.IsZero() || (v.Kind() == reflect.Slice && v.Len() == 0)
}

// tellable tells whether the values of a field may be written down.
func tellable(def collections.Def, field core.Field) bool {
	if def.Name == collections.Companies && field.GetName() == "billing" {
		return true // who reads the log may see it
	}
	if field.GetHidden() || field.Type() == core.FieldTypePassword || field.GetName() == "public_key" || field.GetName() == core.FieldNameEmail {
		return false
	}
	if def.Scope.Noun == "" && !slices.Contains(personal, def.Name) {
		return true
	}
	switch field.Type() {
	case core.FieldTypeBool, core.FieldTypeNumber, core.FieldTypeDate, core.FieldTypeSelect, core.FieldTypeRelation:
		return true
	default:
		return false
	}
}

// watch is the middleware that lets a request act as who asks, and writes down
// what was refused.
func (r *Room) watch(e *core.RequestEvent) error {
	who := r.actorOf(e)
	if who.kind == "" {
		return e.Next()
	}
	if path := e.Request.URL.Path; e.Request.Method != http.MethodGet &&
		(strings.HasPrefix(path, "/api/recado/") || strings.Contains(path, "/records") || path == "/api/batch") {
		e.App = acting{App: e.App, audit: r.audit, actor: who}
	}

	err := e.Next()
	if code := apierr.Code(err); (code == "forbidden" || code == "beyond_own" || code == "not_a_member") && who.user != "" {
		if _, ok := r.audit.limits.Take(refusals, who.user); ok {
			r.logged("failed to write down a refusal", r.audit.writeFor(r.app, who.user, who, line{
				action: "refused", changes: map[string]any{"request": e.Request.Method + " " + e.Request.URL.Path, "code": code},
			}))
		}
	}

	return err
}

// bindSignIns writes down who signed in, and whose password somebody got wrong.
func (r *Room) bindSignIns(app core.App) {
	app.OnRecordAfterCreateSuccess(collections.AuthSessions).BindFunc(func(e *core.RecordEvent) error {
		user, err := r.app.FindRecordById(collections.Users, e.Record.GetString("user"))
		if err == nil {
			by := actor{kind: actsPerson, user: user.Id, name: user.GetString("name"), address: e.Record.GetString("address")}
			action := "sign_in"
			if e.Record.GetString("kind") == "impersonation" {
				action, by.kind = "impersonate", actsSuperuser
			}
			err = r.audit.writeFor(r.app, user.Id, by, line{action: action, changes: map[string]any{
				"method": e.Record.GetString("method"), "device": e.Record.GetString("device"),
			}})
		}
		r.logged("failed to write down a sign-in", err)

		return e.Next()
	})
	app.OnRecordAuthWithPasswordRequest(collections.Users).BindFunc(func(e *core.RecordAuthWithPasswordRequestEvent) error {
		err := e.Next()
		user := e.Record
		var refused *router.ApiError
		if user == nil || !errors.As(err, &refused) || refused.Status != http.StatusBadRequest {
			return err
		}
		if _, ok := r.audit.limits.Take(refusals, "password of "+user.Id); !ok {
			return err
		}
		r.later("write down a failed sign-in", func() error {
			return r.audit.writeFor(r.app, user.Id, actor{user: user.Id, name: user.GetString("name")}, line{action: "sign_in_failed"})
		})

		return err
	})
}
