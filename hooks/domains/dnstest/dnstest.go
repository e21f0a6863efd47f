// Package dnstest is a name server on loopback for tests: it answers what it is told.
package dnstest

import (
	"net"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// Server answers questions for TXT records.
type Server struct {
	// Address is host:port, as RECADO_DNS takes it.
	Address string

	mu      sync.Mutex
	records map[string][]string // by name, with the dot at its end
	broken  bool
	asked   int
}

// Start serves until the test ends.
func Start(t testing.TB) *Server {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	s := &Server{Address: conn.LocalAddr().String(), records: map[string][]string{}}
	go func() {
		buffer := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buffer)
			if err != nil {
				return // closed
			}
			if answer, err := s.answer(buffer[:n]); err == nil {
				_, _ = conn.WriteTo(answer, from)
			}
		}
	}()

	return s
}

// Set makes the TXT records of a name; none means that there is no such name.
func (s *Server) Set(name string, texts ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records[name+"."] = texts
}

// Break makes every answer a failure of the server's, or takes that back.
func (s *Server) Break(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = on
}

// Asked is how often it was asked.
func (s *Server) Asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()

	return s.asked
}

func (s *Server) answer(question []byte) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++

	var message dnsmessage.Message
	if err := message.Unpack(question); err != nil || len(message.Questions) != 1 {
		return nil, err
	}
	asked := message.Questions[0]
	answer := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: message.ID, Response: true, Authoritative: true, RecursionAvailable: true},
		Questions: message.Questions,
	}
	texts := s.records[asked.Name.String()]
	switch {
	case s.broken:
		answer.RCode = dnsmessage.RCodeServerFailure
	case len(texts) == 0:
		answer.RCode = dnsmessage.RCodeNameError
	}
	for _, text := range texts {
		answer.Answers = append(answer.Answers, dnsmessage.Resource{
			Header: dnsmessage.ResourceHeader{Name: asked.Name, Type: dnsmessage.TypeTXT, Class: dnsmessage.ClassINET, TTL: 1},
			Body:   &dnsmessage.TXTResource{TXT: []string{text}},
		})
	}

	return answer.Pack()
}
