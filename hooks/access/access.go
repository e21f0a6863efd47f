// Package access decides who gets in and what they may do.
//
// In: set-up, sign-up and invites, over HTTP or from the command line; changes
// of users, members, roles and companies, whoever makes them; sign-ins, and every
// request that names one; codes and links that were mailed (tickets.go). Out:
// accounts, companies with everything they need to start (company_create.go),
// sign-ins that end when they are ended (sessions.go) and that wait for a second
// factor (factor.go),
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
	"github.com/pocketbase/pocketbase/tools/routine"

	"recado/collections"
	"recado/config"
	"recado/hooks/limits"
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

	// SuperuserMFA asks superusers for a code from an e-mail too, where e-mails leave.
	SuperuserMFA bool

	// InstanceKey lets programs make and keep companies; empty means that none may.
	InstanceKey string

	// Key seals the secrets of authenticator apps.
	Key func() (config.Key, error)

	// Base is the address that links in e-mails start with.
	Base func() string

	// Post sends an e-mail about an account, in its own time. Kept says why none
	// leave, "" where they do. Default none leave.
	Post func(l Letter)
	Kept func() string

	// Phone brings a phone number into its one form; timezone tells the country of one
	// without a country code. Default as it is.
	Phone func(number, timezone string) (string, error)

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
	shifts   *shifts
	feed     Feed
	keys     *keys
	audit    *audit
	duties   []duty // what is handed over when somebody leaves
	mails    Mails
	limits   *limits.Limits
	codeKey  func() ([]byte, error) // of codes in tickets
	pending  sync.WaitGroup         // what goes on after an answer

	instanceHash string // of the instance key; empty where there is none

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

	if deps.Kept == nil {
		deps.Kept, deps.Post = func() string { return "off" }, func(Letter) {}
	}

	allowances := limits.New(deps.Now)
	r := &Room{
		app: app, deps: deps, limits: allowances, loopback: deps.Loopback,
		sessions: newSessions(app, deps.Now), shifts: newShifts(app, deps.Now), keys: newKeys(app, deps.Now, allowances),
		codeKey: sync.OnceValues(func() ([]byte, error) {
			key, err := deps.Key()
			if err != nil {
				return nil, err
			}

			return key.Derive("codes in e-mails")
		}),
	}
	if deps.InstanceKey != "" {
		r.instanceHash = hash(deps.InstanceKey)
	}
	r.audit = newAudit(app, allowances)
	r.bindTries(app)
	closed := newSuspended(app)
	r.bindSignIns(app)
	r.bindAlarm(app)
	r.bindSuperusers(app)
	r.bindMails(app)
	r.bindOAuth(app)
	BindCompany(app)
	bindPermissions(app)
	bindOwners(app)
	bindRoles(app)
	bindGrants(app)
	r.bindLeaving(app)
	r.bindLimits(app)
	bindCompanies(app)
	r.bindProfiles(app)
	bindBilling(app)
	bindPasswords(app)
	bindKeys(app)
	app.OnRecordUpdateRequest(collections.APIKeys).BindFunc(r.keyRequest)
	r.bindSignIn(app)
	r.bindLifetimes(app)

	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		r.Drain()

		return e.Next()
	})
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
		group.POST("/me/email", r.changeEmail)
		group.POST("/me/verify", r.askVerify)
		group.POST("/me/totp", r.makeFactor)
		group.POST("/me/totp/confirm", r.confirmFactor)
		group.POST("/me/totp/recovery", r.renewRecovery)
		group.POST("/me/totp/remove", r.removeFactor)
		group.POST("/email/confirm", r.confirmEmail)
		group.POST("/password/forgot", r.forgot)
		group.POST("/password/verify", r.verifyCode)
		group.POST("/password/reset", r.reset)
		group.GET("/sessions/ways", r.ways)
		group.POST("/sessions/code", r.askSignIn)
		group.POST("/sessions/code/verify", r.signInByCode)
		group.POST("/sessions/factor", r.signInByFactor)
		group.POST("/sessions/factor/setup", r.setUpFactor)
		group.POST("/sessions/not-me", r.notMe)
		group.POST("/keys", r.makeKey)
		group.POST("/sessions/refresh", r.refresh)
		group.POST("/sessions/revoke", r.revoke)
		group.GET("/setup", r.setupState)
		group.POST("/setup", r.setup)
		group.POST("/signup", r.signup)
		group.POST("/signup/confirm", r.confirmSignup)
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
		group.GET("/admin/companies", r.listCompanies)
		group.POST("/admin/companies", r.makeCompany)
		group.PATCH("/admin/companies/{id}", r.changeCompany)
		group.POST("/admin/companies/{id}/invite", r.inviteItsOwner)
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

// Tick keeps sign-ins, keys and tickets: see sessions.go, shifts.go, keys.go and tickets.go.
func (r *Room) Tick(ctx context.Context) error {
	return errors.Join(r.sessions.Tick(ctx), r.endShifts(), r.keys.Tick(ctx), r.forgetTickets())
}

// later does what its answer must not wait for: who asks would learn from the time
// it takes.
func (r *Room) later(doing string, work func() error) {
	r.pending.Add(1)
	routine.FireAndForget(func() {
		defer r.pending.Done()
		r.logged("failed to "+doing, work())
	})
}

// Drain waits until all that goes on after an answer is done.
func (r *Room) Drain() { r.pending.Wait() }
