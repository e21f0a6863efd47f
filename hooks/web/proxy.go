package web

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// behindProxy gives a request that comes through a trusted proxy the address of
// the client it was made by, so that limits and logs are about people.
func behindProxy(next http.Handler, trusted []netip.Prefix) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if client, ok := clientOf(r.RemoteAddr, r.Header.Values("X-Forwarded-For"), trusted); ok {
			r.RemoteAddr = net.JoinHostPort(client.String(), "0")
		}
		next.ServeHTTP(w, r)
	})
}

// clientOf is the last address on the way that is no trusted proxy's: what stands
// before it in the header is the client's own word. It is not ok where the request
// comes from no trusted proxy, or from one that says nothing usable.
func clientOf(remote string, forwarded []string, trusted []netip.Prefix) (client netip.Addr, ok bool) {
	trusts := func(address netip.Addr) bool {
		return slices.ContainsFunc(trusted, func(network netip.Prefix) bool { return network.Contains(address) })
	}
	peer, err := netip.ParseAddrPort(remote)
	if err != nil || !trusts(peer.Addr().Unmap()) {
		return netip.Addr{}, false
	}

	way := strings.Split(strings.Join(forwarded, ","), ",")
	for _, hop := range slices.Backward(way) {
		address, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			return client, client.IsValid()
		}
		if client = address.Unmap(); !trusts(client) {
			break
		}
	}

	return client, client.IsValid()
}
