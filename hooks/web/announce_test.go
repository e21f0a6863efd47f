package web

import (
	"net"
	"testing"

	"github.com/miekg/dns"
)

func TestAnnouncedRecords(t *testing.T) {
	lan := net.ParseIP("192.168.7.8")
	v6 := net.ParseIP("2001:db8::7")
	all := func() ([]net.IP, error) { return []net.IP{lan, v6}, nil }
	z, err := newZone(&net.TCPAddr{IP: net.IPv4zero, Port: 8090}, all)
	if err != nil {
		t.Fatal(err)
	}

	for _, name := range []string{"recado.local.", "Recado.Local."} {
		records := z.Records(dns.Question{Name: name, Qtype: dns.TypeA})
		if len(records) != 1 || !records[0].(*dns.A).A.Equal(lan) {
			t.Errorf("%s: %v", name, records)
		}
		if records := z.Records(dns.Question{Name: name, Qtype: dns.TypeAAAA}); len(records) != 1 || !records[0].(*dns.AAAA).AAAA.Equal(v6) {
			t.Errorf("%s: %v", name, records)
		}
		if records := z.Records(dns.Question{Name: name, Qtype: dns.TypeANY}); len(records) != 2 {
			t.Errorf("%s: %v", name, records)
		}
	}

	var port uint16
	var pointer string
	for _, record := range z.Records(dns.Question{Name: "_http._tcp.local.", Qtype: dns.TypePTR}) {
		switch r := record.(type) {
		case *dns.PTR:
			pointer = r.Ptr
		case *dns.SRV:
			port = r.Port
			if r.Target != "recado.local." {
				t.Errorf("the service is at %s", r.Target)
			}
		}
	}
	if pointer != "recado._http._tcp.local." || port != 8090 {
		t.Errorf("%q %d", pointer, port)
	}
	if records := z.Records(dns.Question{Name: "other.local.", Qtype: dns.TypeA}); len(records) != 0 {
		t.Errorf("answers for others: %v", records)
	}
}

func TestAnnouncesTheOneAddressItListensOn(t *testing.T) {
	ip := net.ParseIP("10.1.2.3")
	z, err := newZone(&net.TCPAddr{IP: ip, Port: 80}, nil)
	if err != nil {
		t.Fatal(err)
	}
	records := z.Records(dns.Question{Name: "recado.local.", Qtype: dns.TypeA})
	if len(records) != 1 || !records[0].(*dns.A).A.Equal(ip) {
		t.Fatalf("%v", records)
	}
}

func TestNothingToAnnounceWithoutANetwork(t *testing.T) {
	none := func() ([]net.IP, error) { return nil, nil }
	if _, err := newZone(&net.TCPAddr{IP: net.IPv6unspecified, Port: 80}, none); err == nil {
		t.Fatal("announced nothing")
	}
}
