package web

import (
	"net"
	"net/http"
	"net/netip"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"recado/hooks/qr"
)

// addresses tells where other devices find this Recado.
type addresses struct {
	deps      Deps
	listening func() string // host:port
	ips       func() ([]net.IP, error)
}

// list is GET /api/recado/address: {url, addresses}, the one that is set and those
// to try, the best first. None means that only this machine can open it.
func (a addresses) list(e *core.RequestEvent) error {
	return e.JSON(http.StatusOK, map[string]any{"url": a.deps.URL, "addresses": a.all()})
}

// qr is GET /api/recado/address/qr.svg?of=: one of them, to point a phone at.
func (a addresses) qr(e *core.RequestEvent) error {
	of := e.Request.URL.Query().Get("of")
	if !slices.Contains(a.all(), of) {
		return e.NotFoundError("This is no address of this Recado.", nil)
	}

	return qr.Answer(e, of)
}

func (a addresses) all() []string {
	if a.deps.URL != "" {
		return []string{a.deps.URL}
	}
	host, port, err := net.SplitHostPort(a.listening())
	if err != nil {
		return []string{}
	}

	list := []string{}
	add := func(host string) { list = append(list, "http://"+net.JoinHostPort(host, port)) }
	ip, err := netip.ParseAddr(host)
	switch {
	case err == nil && ip.IsLoopback(), host == "localhost":
		return list
	case err == nil && !ip.IsUnspecified() || err != nil && host != "":
		add(host)
	default:
		all, _ := a.ips()
		for _, one := range all {
			if four := one.To4(); four != nil && !four.IsLoopback() && !four.IsLinkLocalUnicast() {
				add(four.String())
			}
		}
	}
	if a.deps.Announced { // last: not every phone resolves it
		add(LocalName)
	}

	return list
}
