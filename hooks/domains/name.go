package domains

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/idna"

	"recado/hooks/apierr"
)

// prefix stands before a domain in the name of its TXT record.
const prefix = "_recado."

// normal is the one form of a domain as people write it: lower case, as it stands in
// the DNS (clínica.example becomes xn--clnica-4va.example), without what browsers put
// around it.
func normal(text string) (string, error) {
	text = strings.TrimSpace(text)
	if _, rest, found := strings.Cut(text, "://"); found {
		text = rest
	}
	text = strings.TrimSuffix(strings.TrimSuffix(text, "/"), ".")

	name, err := idna.Lookup.ToASCII(text)
	labels := strings.Split(name, ".")
	last := labels[len(labels)-1]
	_, isIP := netip.ParseAddr(name)
	switch {
	case err != nil, isIP == nil, len(labels) < 2, len(prefix)+len(name) > 253, slices.ContainsFunc(labels, func(label string) bool { return label == "" || len(label) > 63 }),
		strings.Trim(last, "0123456789") == "", last == "localhost", last == "local":
		return "", apierr.New(http.StatusBadRequest, "domain_wrong", "This is not a domain, such as book.example.com.", map[string]any{"field": "name"})
	}

	return name, nil
}

// hostOf is the name in a Host header: lower case, without port.
func hostOf(header string) string {
	if name, _, err := net.SplitHostPort(header); err == nil {
		header = name
	}

	return strings.TrimSuffix(strings.ToLower(header), ".")
}

// own tells whether a name is this Recado's.
func (r *Room) own(name string) bool {
	return slices.ContainsFunc(r.deps.Own(), func(host string) bool { return hostOf(host) == name })
}
