// Package smtptest is a mail server on a loopback port that keeps what it gets.
package smtptest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/mail"
	"net/textproto"
	"strings"
	"sync"
	"testing"
)

// Server speaks as much SMTP as a client needs.
type Server struct {
	Host string
	Port string

	mu       sync.Mutex
	messages []*Message
	refuse   string
	hang     bool
	release  chan struct{}
}

// Message is a mail as it came in.
type Message struct {
	From, To string
	Header   mail.Header
	Raw      string
}

// New starts a server that takes everything.
func New(t testing.TB) *Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{release: make(chan struct{})}
	s.Host, s.Port, _ = net.SplitHostPort(listener.Addr().String())
	t.Cleanup(func() {
		listener.Close()
		close(s.release)
	})
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go s.serve(conn)
		}
	}()

	return s
}

// Env are the settings that make Recado send through the server.
func (s *Server) Env() []string {
	return []string{"RECADO_SMTP_HOST=" + s.Host, "RECADO_SMTP_PORT=" + s.Port, "RECADO_SMTP_SENDER=desk@clinic.test"}
}

// Refuse answers every recipient with a line such as "550 no such user"; "" takes them.
func (s *Server) Refuse(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = line
}

// Hang makes the server greet nobody until the test ends.
func (s *Server) Hang() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hang = true
}

// Messages are what came in, in order.
func (s *Server) Messages() []*Message {
	s.mu.Lock()
	defer s.mu.Unlock()

	return append([]*Message(nil), s.messages...)
}

func (s *Server) serve(conn net.Conn) {
	defer conn.Close()
	s.mu.Lock()
	refuse, hang := s.refuse, s.hang
	s.mu.Unlock()
	if hang {
		<-s.release

		return
	}

	lines := textproto.NewReader(bufio.NewReader(conn))
	say := func(line string) { fmt.Fprintf(conn, "%s\r\n", line) }
	say("220 test ESMTP")
	m := &Message{}
	for {
		line, err := lines.ReadLine()
		if err != nil {
			return
		}
		switch verb, rest, _ := strings.Cut(line, " "); strings.ToUpper(verb) {
		case "EHLO", "HELO":
			say("250-test")
			say("250 AUTH PLAIN LOGIN")
		case "AUTH":
			say("235 ok")
		case "MAIL":
			m.From = between(rest)
			say("250 ok")
		case "RCPT":
			if refuse != "" {
				say(refuse)
				continue
			}
			m.To = between(rest)
			say("250 ok")
		case "DATA":
			say("354 go")
			raw, err := io.ReadAll(lines.DotReader())
			if err != nil {
				return
			}
			m.Raw = string(raw)
			if parsed, err := mail.ReadMessage(strings.NewReader(m.Raw)); err == nil {
				m.Header = parsed.Header
			}
			s.mu.Lock()
			s.messages = append(s.messages, m)
			s.mu.Unlock()
			m = &Message{}
			say("250 taken")
		case "QUIT":
			say("221 bye")

			return
		default:
			say("250 ok")
		}
	}
}

func between(text string) string {
	_, text, _ = strings.Cut(text, "<")
	text, _, _ = strings.Cut(text, ">")

	return text
}
