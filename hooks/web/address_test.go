package web

import (
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestWhereOtherDevicesFindIt(t *testing.T) {
	ips := func() ([]net.IP, error) {
		return []net.IP{net.ParseIP("127.0.0.1"), net.ParseIP("169.254.3.4"), net.ParseIP("192.168.1.4"), net.ParseIP("fe80::1")}, nil
	}
	for _, c := range []struct {
		deps      Deps
		listening string
		want      []string
	}{
		{Deps{}, "127.0.0.1:8090", []string{}},
		{Deps{}, "localhost:8090", []string{}},
		{Deps{Announced: true}, "[::]:8090", []string{"http://192.168.1.4:8090", "http://recado.local:8090"}},
		{Deps{}, "0.0.0.0:80", []string{"http://192.168.1.4:80"}},
		{Deps{}, "10.0.0.5:8090", []string{"http://10.0.0.5:8090"}},
		{Deps{URL: "https://desk.example.com", Announced: true}, "127.0.0.1:8090", []string{"https://desk.example.com"}},
	} {
		got := addresses{c.deps, func() string { return c.listening }, ips}.all()
		if !slices.Equal(got, c.want) {
			t.Errorf("listening on %s: %q, want %q", c.listening, got, c.want)
		}
	}
}

func TestOnlyOwnAddressesBecomeCodes(t *testing.T) {
	_, handler := server(t, built)
	if answer := request(t, handler, http.MethodGet, "/api/recado/address/qr.svg?of=https://evil.example"); answer.Code != http.StatusNotFound {
		t.Errorf("%d", answer.Code)
	}
	if answer := request(t, handler, http.MethodGet, "/api/recado/address"); answer.Code != http.StatusUnauthorized {
		t.Errorf("a guest gets %d", answer.Code)
	}
	_, handler = serverOf(t, Deps{Files: built, URL: "https://desk.example.com"})
	answer := request(t, handler, http.MethodGet, "/api/recado/address/qr.svg?of=https://desk.example.com")
	if answer.Code != http.StatusOK || !strings.HasPrefix(answer.Body.String(), "<svg ") {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
}
