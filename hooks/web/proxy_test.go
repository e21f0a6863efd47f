package web

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestWhoseRequestItIsBehindAProxy(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("172.16.0.0/12")}
	for name, c := range map[string]struct {
		remote    string
		forwarded []string
		want      string
	}{
		"no proxy":                {"198.51.100.7:4000", []string{"203.0.113.1"}, "198.51.100.7:4000"},
		"a proxy":                 {"127.0.0.1:4000", []string{"203.0.113.1"}, "203.0.113.1:0"},
		"what the client invents": {"127.0.0.1:4000", []string{"10.9.9.9, 203.0.113.1"}, "203.0.113.1:0"},
		"two headers":             {"127.0.0.1:4000", []string{"10.9.9.9", "203.0.113.1"}, "203.0.113.1:0"},
		"two proxies":             {"127.0.0.1:4000", []string{"10.9.9.9, 203.0.113.1, 172.18.0.4"}, "203.0.113.1:0"},
		"proxies only":            {"127.0.0.1:4000", []string{"172.18.0.4"}, "172.18.0.4:0"},
		"a proxy that is silent":  {"127.0.0.1:4000", nil, "127.0.0.1:4000"},
		"rubbish":                 {"127.0.0.1:4000", []string{"<script>"}, "127.0.0.1:4000"},
		"rubbish before a proxy":  {"127.0.0.1:4000", []string{"unknown, 172.18.0.4"}, "172.18.0.4:0"},
		"IPv6":                    {"[::ffff:127.0.0.1]:4000", []string{"2001:db8::7"}, "[2001:db8::7]:0"},
	} {
		var got string
		handler := behindProxy(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.RemoteAddr }), trusted)
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = c.remote
		for _, value := range c.forwarded {
			r.Header.Add("X-Forwarded-For", value)
		}
		handler.ServeHTTP(httptest.NewRecorder(), r)
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
