// Package access decides who gets in and what they may do.
//
// In: set-up, sign-up and invites, over HTTP or from the command line; changes
// of users, members, roles and companies, whoever makes them; sign-ins, and every
// request that names one. Out: accounts, companies with everything they need to
// start (company_create.go), sign-ins that end when they are ended (sessions.go),
// and the effective permissions on every member, which the API rules, the live
// feed and the custom routes ([Require]) read.
package access

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"recado/collections"
	"recado/hooks/mail"
)

// Deps are what the room needs from outside.
type Deps struct {
	// Now is the clock; default time.Now.
	Now func() time.Time

	// SignupOpen lets strangers make companies of their own.
	SignupOpen bool

	// URL is the public address for links, without a trailing slash; empty means
	// the address of the request.
	URL string

	// Loopback tells that the settings let only this machine reach the server:
	// whoever opens the set-up wizard then needs no code. An address that the
	// server listens on in spite of them (`serve example.com`) counts as well.
	Loopback bool

	// Lifetimes of sign-ins where neither a person nor a company of theirs wants
	// shorter ones; default an hour and seven days.
	Lifetimes Lifetimes

	// Addresses lets sign-ins remember the address they were made from.
	Addresses bool

	// Public tells whether a route is for everyone, so that a token that is good
	// for nothing any more does not matter there; default none is.
	Public func(method, path string) bool

	// Unindex takes messages out of the search, in the transaction that removes them.
	Unindex func(txApp core.App, messages ...string) error

	// Cell keeps a spreadsheet from taking a text for a formula; default as it is.
	Cell func(text string) string

	// Out is where the set-up code is printed; default standard output.
	Out io.Writer
}

// Room is the access room.
type Room struct {
	app  core.App
	deps Deps

	sessions *sessions
	keys     *keys
	audit    *audit
	duties   []duty // what is handed over when somebody leaves
	mails    Mails

	mu       sync.Mutex
	loopback bool   // only this machine can reach the server
	code     string // of the set-up wizard; empty where none is needed
}

// Open binds the hooks and, when the app serves, the routes.
func Open(app core.App, deps Deps) *Room {
	if deps.Now == nil {
		deps.Now = time.Now
	}
	deps.Out = cmp.Or[io.Writer](deps.Out, os.Stdout)
	deps.Lifetimes.Access = cmp.Or(deps.Lifetimes.Access, time.Hour)
	deps.Lifetimes.Whole = cmp.Or(deps.Lifetimes.Whole, 7*24*time.Hour)
	if deps.Cell == nil {
		deps.Cell = func(text string) string { return text }
	}
	if deps.Public == nil {
		deps.Public = func(string, string) bool { return false }
	}

	r := &Room{app: app, deps: deps, sessions: newSessions(app, deps.Now), keys: newKeys(app, deps.Now), loopback: deps.Loopback}
	r.audit = newAudit(app, r.keys.limits)
	closed := newSuspended(app)
	r.bindSignIns(app)
	BindCompany(app)
	bindPermissions(app)
	bindOwners(app)
	bindRoles(app)
	bindGrants(app)
	r.bindLeaving(app)
	r.bindLimits(app)
	bindCompanies(app)
	bindPasswords(app)
	bindKeys(app)
	app.OnRecordUpdateRequest(collections.APIKeys).BindFunc(r.keyRequest)
	r.bindSignIn(app)
	r.bindLifetimes(app)

	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.InstallerFunc = nil // our wizard stands in for PocketBase's
		r.announceSetup(e)

		e.Router.Bind(&hook.Handler[*core.RequestEvent]{
			Id: "recadoKeys", Priority: apis.DefaultLoadAuthTokenMiddlewarePriority - 1, Func: r.admitKey,
		})
		e.Router.Bind(&hook.Handler[*core.RequestEvent]{
			Id: "recadoSessions", Priority: apis.DefaultLoadAuthTokenMiddlewarePriority + 1, Func: r.admit,
		})

		e.Router.Bind(&hook.Handler[*core.RequestEvent]{
			Id: "recadoSuspended", Priority: apis.DefaultLoadAuthTokenMiddlewarePriority + 2, Func: closed.refuse,
		})
		e.Router.Bind(&hook.Handler[*core.RequestEvent]{
			Id: "recadoAudit", Priority: apis.DefaultLoadAuthTokenMiddlewarePriority + 3, Func: r.watch,
		})

		group := e.Router.Group("/api/recado")
		group.GET("/audit/export", r.exportAudit)
		group.GET("/me", r.me)
		group.POST("/me/password", r.changePassword)
		group.POST("/keys", r.makeKey)
		group.POST("/sessions/refresh", r.refresh)
		group.POST("/sessions/revoke", r.revoke)
		group.GET("/setup", r.setupState)
		group.POST("/setup", r.setup)
		group.POST("/signup", r.signup)
		group.POST("/members", r.addMember)
		group.POST("/members/invite", r.invite)
		group.GET("/members/{id}/work", r.memberWork)
		group.POST("/members/{id}/deactivate", r.deactivate)
		group.POST("/members/{id}/reset-password", r.resetPassword)
		group.POST("/away", r.away)
		group.GET("/invites/{token}", r.inviteView)
		group.POST("/invites/{token}/accept", r.inviteAccept)
		group.POST("/invites/{token}/resend", r.inviteAgain)
		group.GET("/admin/overview", r.overview)
		group.POST("/companies", r.newCompany)
		group.POST("/companies/join", r.join)
		group.POST("/companies/{id}/invite-code", r.inviteCode)
		group.POST("/companies/{id}/owner", r.handOver)
		group.POST("/companies/{id}/delete", r.deleteCompany)
		group.POST("/companies/{id}/restore", r.restoreCompany)

		return e.Next()
	})

	return r
}

// Mails writes e-mails, in the caller's transaction.
type Mails interface {
	Write(txApp core.App, m mail.Mail) (*core.Record, error)
}

// Post says who writes the e-mails with invites. It is called before the app serves.
func (r *Room) Post(mails Mails) { r.mails = mails }

// Tick keeps sign-ins and keys: see sessions.go and keys.go.
func (r *Room) Tick(ctx context.Context) error {
	return errors.Join(r.sessions.Tick(ctx), r.keys.Tick(ctx))
}
