// Package access decides who gets in and what they may do.
//
// In: set-up, sign-up and invites, over HTTP or from the command line; changes
// of users, members, roles and companies, whoever makes them. Out: accounts,
// companies with everything they need to start (company_create.go), and the
// effective permissions on every member, which the API rules, the live feed and
// the custom routes ([Require]) read.
package access

import (
	"cmp"
	"io"
	"os"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"
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

	// Out is where the set-up code is printed; default standard output.
	Out io.Writer
}

// Room is the access room.
type Room struct {
	app  core.App
	deps Deps

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

	r := &Room{app: app, deps: deps, loopback: deps.Loopback}
	BindCompany(app)
	bindPermissions(app)
	bindOwners(app)
	bindRoles(app)
	bindGrants(app)

	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.InstallerFunc = nil // our wizard stands in for PocketBase's
		r.announceSetup(e)

		group := e.Router.Group("/api/recado")
		group.GET("/setup", r.setupState)
		group.POST("/setup", r.setup)
		group.POST("/signup", r.signup)
		group.POST("/members/invite", r.invite)
		group.POST("/members/{id}/reset-password", r.resetPassword)
		group.POST("/away", r.away)
		group.GET("/invites/{token}", r.inviteView)
		group.POST("/invites/{token}/accept", r.inviteAccept)

		return e.Next()
	})

	return r
}
