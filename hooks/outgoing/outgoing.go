// Package outgoing makes the HTTP clients for addresses that people type in.
//
// In: a policy of where a connection may go. Out: a client that asks it for each
// connection, after the name was resolved: what a name stands for, or a redirect
// leads to, is judged, never what it is called.
package outgoing

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// ErrForbidden says that an address is none that may be reached.
var ErrForbidden = errors.New("this address may not be reached")

// Policy tells whether a connection to an address may be made.
type Policy func(netip.Addr) bool

// Trusted is for addresses an administrator names, which may be on the same machine
// or in the same network; but not link-local ones: there clouds keep their credentials.
func Trusted(at netip.Addr) bool {
	at = at.Unmap()

	return at.IsValid() && !at.IsUnspecified() && !at.IsMulticast() && !at.IsLinkLocalUnicast()
}

// Public is for addresses anyone of a company may type: those of the internet, and
// of the networks that are named.
func Public(networks ...netip.Prefix) Policy {
	return func(at netip.Addr) bool {
		at = at.Unmap()
		within := func(network netip.Prefix) bool { return network.Contains(at) }
		if !Trusted(at) {
			return false
		}

		return slices.ContainsFunc(networks, within) || at.IsGlobalUnicast() && !slices.ContainsFunc(special, within)
	}
}

// special are the networks that are not of the internet (RFC 6890 and its
// registry), and those in which another address may hide.
var special = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
	"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
	"::/96", "::1/128", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16",
	"fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
)

func prefixes(list ...string) []netip.Prefix {
	made := make([]netip.Prefix, len(list))
	for i, one := range list {
		made[i] = netip.MustParsePrefix(one)
	}

	return made
}

// control refuses a connection before it is made.
func (p Policy) control(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	if !p(at.Addr().WithZone("")) {
		return fmt.Errorf("%w: %s", ErrForbidden, at.Addr())
	}

	return nil
}

// Transport connects where the policy allows it. With proxy the environment's is
// used: it connects for us, and asks no policy.
func (p Policy) Transport(proxy bool) *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: p.control}
	transport := &http.Transport{
		DialContext: dialer.DialContext, MaxIdleConnsPerHost: 32, IdleConnTimeout: 90 * time.Second,
		TLSHandshakeTimeout: 10 * time.Second, ForceAttemptHTTP2: true, MaxResponseHeaderBytes: 64 << 10,
	}
	if proxy {
		transport.Proxy = http.ProxyFromEnvironment
	}

	return transport
}
