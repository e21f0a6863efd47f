package web

import (
	"fmt"
	"io"
	"log"
	"net"
	"strings"

	"github.com/hashicorp/mdns"
	"github.com/miekg/dns"
)

// LocalName is how Recado is found in the local network: http://recado.local.
const LocalName = "recado.local"

// Announcement answers the network's questions for recado.local and for web
// servers (_http._tcp) until it is closed.
type Announcement struct{ server *mdns.Server }

// Announce starts answering for the address Recado listens on.
func Announce(listening net.Addr) (*Announcement, error) {
	zone, err := newZone(listening, interfaceIPs)
	if err != nil {
		return nil, err
	}
	server, err := mdns.NewServer(&mdns.Config{Zone: zone, Logger: log.New(io.Discard, "", 0)})
	if err != nil {
		return nil, fmt.Errorf("announcing %s: %w", LocalName, err)
	}

	return &Announcement{server: server}, nil
}

// Close stops answering.
func (a *Announcement) Close() error { return a.server.Shutdown() }

// zone is what is answered. Names in DNS have no case.
type zone struct{ service *mdns.MDNSService }

func (z zone) Records(q dns.Question) []dns.RR {
	q.Name = strings.ToLower(q.Name)
	if q.Name == z.service.HostName && q.Qtype == dns.TypeANY {
		a, aaaa := q, q
		a.Qtype, aaaa.Qtype = dns.TypeA, dns.TypeAAAA

		return append(z.service.Records(a), z.service.Records(aaaa)...)
	}

	return z.service.Records(q)
}

// newZone announces the address itself, or, where Recado listens on all of
// them, those of the machine's interfaces.
func newZone(listening net.Addr, all func() ([]net.IP, error)) (zone, error) {
	tcp, ok := listening.(*net.TCPAddr)
	if !ok {
		return zone{}, fmt.Errorf("announcing %s: %s is no network address", LocalName, listening)
	}
	ips := []net.IP{tcp.IP}
	if tcp.IP == nil || tcp.IP.IsUnspecified() {
		found, err := all()
		if err != nil {
			return zone{}, fmt.Errorf("announcing %s: %w", LocalName, err)
		}
		ips = found
	}
	if len(ips) == 0 {
		return zone{}, fmt.Errorf("announcing %s: this machine is in no network", LocalName)
	}

	// The instance is in lower case because answers are looked up by it.
	service, err := mdns.NewMDNSService("recado", "_http._tcp", "local.", LocalName+".", tcp.Port, ips, []string{"path=/"})
	if err != nil {
		return zone{}, fmt.Errorf("announcing %s: %w", LocalName, err)
	}

	return zone{service}, nil
}

// interfaceIPs are the addresses others in the network may use.
func interfaceIPs() ([]net.IP, error) {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return nil, err
	}
	var ips []net.IP
	for _, addr := range addrs {
		if network, ok := addr.(*net.IPNet); ok && network.IP.IsGlobalUnicast() {
			ips = append(ips, network.IP)
		}
	}

	return ips, nil
}
