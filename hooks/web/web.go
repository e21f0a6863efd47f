// Package web is the outside of the HTTP server: the built UI and the widget,
// the headers every answer has, which other websites may call, what is logged
// about a request, whose request it is behind a proxy, and where Recado is found.
//
// In: the files of the built UI, the version, the settings. Out: everything no
// room answers. Nothing in here knows a record.
package web

import (
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"recado/collections"
)

// VersionHeader names the running version on every answer.
const VersionHeader = "X-Recado-Version"

// Deps is what the room needs from outside.
type Deps struct {
	Files   fs.FS    // the built UI: index.html, assets/, widget.js
	Version string   //
	Origins []string // other websites whose scripts may call the API

	URL       string         // the address people reach Recado at, "" if it isn't set
	Announced bool           // others in the network find it by its name
	Proxies   []netip.Prefix // whose word on a client's address counts
}

// Room is the open room.
type Room struct {
	files   *files
	version string
}

// Open binds the room's middlewares and its catch-all route.
func Open(app core.App, deps Deps) *Room {
	room := &Room{files: newFiles(deps.Files), version: deps.Version}

	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		// PocketBase's log entry of a request has its whole URL, and so any token in it.
		e.Router.Unbind(apis.DefaultActivityLoggerMiddlewareId)
		e.Router.Bind(logRequests())

		// PocketBase allows every website by default.
		e.Router.Unbind(apis.DefaultCorsMiddlewareId)
		e.Router.Bind(cors(deps.Origins))

		e.Router.Bind(openerPolicy())

		places := addresses{deps: deps, listening: func() string { return e.Server.Addr }, ips: interfaceIPs}
		e.Router.GET("/api/recado/address", places.list).Bind(apis.RequireAuth(collections.Users))
		e.Router.GET("/api/recado/address/qr.svg", places.qr)

		// "/" without a method also takes what no other route does, in place of
		// the catch-all PocketBase would add.
		e.Router.Route("", "/", room.serve)

		return e.Next()
	})

	// After everybody else, because only the finished handler also covers the
	// answers net/http gives by itself, such as redirects of unclean paths.
	app.OnServe().Bind(&hook.Handler[*core.ServeEvent]{
		Id:       "recadoVersionHeader",
		Priority: -1000,
		Func: func(e *core.ServeEvent) error {
			if err := e.Next(); err != nil {
				return err
			}
			e.Server.Handler = behindProxy(withVersion(e.Server.Handler, deps.Version), deps.Proxies)

			return nil
		},
	})

	return room
}

func withVersion(next http.Handler, version string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(VersionHeader, version)
		next.ServeHTTP(w, r)
	})
}

// openerPolicy takes back the one header of PocketBase's that browsers ignore,
// loudly, on a page that is neither encrypted nor of this machine.
func openerPolicy() *hook.Handler[*core.RequestEvent] {
	return &hook.Handler[*core.RequestEvent]{
		Id:       "recadoOpenerPolicy",
		Priority: apis.DefaultSecurityHeadersMiddlewarePriority + 1,
		Func: func(e *core.RequestEvent) error {
			if !e.IsTLS() && e.Request.Header.Get("X-Forwarded-Proto") != "https" && !ownMachine(e.Request.Host) {
				e.Response.Header().Del("Cross-Origin-Opener-Policy")
			}

			return e.Next()
		},
	}
}

// ownMachine tells whether browsers trust a host, with or without a port,
// without encryption: it is the machine they run on.
func ownMachine(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))

	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}
