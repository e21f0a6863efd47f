package outgoing_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"recado/hooks/outgoing"
)

func TestWhatMayBeReached(t *testing.T) {
	office := netip.MustParsePrefix("192.168.7.0/24")
	for address, want := range map[string]struct{ public, trusted bool }{
		"93.184.216.34": {true, true}, "2606:2800:220:1:248:1893:25c8:1946": {true, true}, "::ffff:93.184.216.34": {true, true},
		"192.168.7.9": {true, true}, "::ffff:192.168.7.9": {true, true},
		"127.0.0.1": {false, true}, "::1": {false, true}, "::ffff:127.0.0.1": {false, true}, "10.1.2.3": {false, true},
		"172.20.0.1": {false, true}, "192.168.0.1": {false, true}, "100.64.0.1": {false, true}, "fd00::1": {false, true},
		"198.18.0.1": {false, true}, "240.0.0.1": {false, true}, "255.255.255.255": {false, true},
		"64:ff9b::7f00:1": {false, true}, "2002:7f00:1::": {false, true}, "::7f00:1": {false, true},
		"169.254.169.254": {false, false}, "::ffff:169.254.169.254": {false, false}, "fe80::1": {false, false},
		"0.0.0.0": {false, false}, "::": {false, false}, "224.0.0.1": {false, false}, "ff02::1": {false, false},
	} {
		at := netip.MustParseAddr(address)
		if got := outgoing.Public(office)(at); got != want.public {
			t.Errorf("public %s: %v", address, got)
		}
		if got := outgoing.Trusted(at); got != want.trusted {
			t.Errorf("trusted %s: %v", address, got)
		}
	}
	if outgoing.Public(netip.MustParsePrefix("169.254.0.0/16"))(netip.MustParseAddr("169.254.169.254")) {
		t.Error("a named network opens link-local addresses")
	}
}

// The address behind a name is what counts, and that of each redirect.
func TestAConnectionIsRefusedBeforeItIsMade(t *testing.T) {
	reached := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer server.Close()

	client := &http.Client{Transport: outgoing.Public().Transport(false)}
	if _, err := client.Get(server.URL); !errors.Is(err, outgoing.ErrForbidden) || reached {
		t.Errorf("err %v, reached %v", err, reached)
	}
	client.Transport = outgoing.Public(netip.MustParsePrefix("127.0.0.0/8")).Transport(false)
	if _, err := client.Get(server.URL); err != nil || !reached {
		t.Errorf("err %v, reached %v", err, reached)
	}
}
