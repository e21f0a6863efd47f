// Package wasim is a make-believe WhatsApp: the servers, the phones and the
// people behind them, in one process on loopback.
//
// In: the connections of unmodified whatsmeow clients, and what a test or a
// person lets the phones do (scan a code, write, read, unlink). Out: what the
// clients sent, as the phones see it. Faults are scripted (faults.go) and drawn
// from a seed, so a run can be had again.
//
// It proves what whatsmeow accepts and does; nothing was ever compared with the
// real servers. Nothing can leave the machine: a client told about the simulator
// dials it whatever host it asks for, and trusts its certificate alone.
package wasim

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

type (
	node  = waBinary.Node
	attrs = waBinary.Attrs
)

// Options are what a simulator can be told at its start.
type Options struct {
	// Seed is where the faults are drawn from. Keys are random all the same.
	Seed uint64

	// Now gives the time stamped on what the phones send; nil is the real one.
	// Certificates and the connection itself always live in real time.
	Now func() time.Time

	// Trace sees every decrypted stanza, "<-" from a client and "->" to one.
	Trace func(direction string, stanza *waBinary.Node)
}

// Server is the simulator.
type Server struct {
	Faults *Faults

	options  Options
	listener net.Listener
	web      *http.Server
	ca       []byte // PEM
	serial   atomic.Uint64
	dials    atomic.Int64
	refused  atomic.Bool

	mu      sync.Mutex
	closed  bool
	numbers map[string]*Phone // by phone number
	lids    map[string]*Phone // by hidden id
	groups  map[string]*Group
	conns   map[*conn]struct{}
	offers  map[string]*offer // of a link, by ref
	media   map[string][]byte // encrypted, by path
	queries func(query *waBinary.Node) *waBinary.Node
}

// hosts are the names that whatsmeow dials.
var hosts = []string{"web.whatsapp.com", mediaHost}

const mediaHost = "mmg.whatsapp.net"

// New starts a simulator on a free port of 127.0.0.1.
func New(options Options) (*Server, error) {
	if options.Now == nil {
		options.Now = time.Now
	}
	s := &Server{
		options: options, Faults: newFaults(options.Seed),
		numbers: map[string]*Phone{}, lids: map[string]*Phone{}, groups: map[string]*Group{},
		conns: map[*conn]struct{}{}, offers: map[string]*offer{}, media: map[string][]byte{},
	}

	certificate, err := s.certify()
	if err != nil {
		return nil, err
	}
	s.listener, err = tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}})
	if err != nil {
		return nil, err
	}

	mux := http.NewServeMux()
	mux.HandleFunc("/ws/chat", s.serveChat)
	mux.HandleFunc("/", s.serveMedia)
	s.web = &http.Server{Handler: mux, ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: 10 * time.Second}
	go s.web.Serve(s.listener)

	return s, nil
}

// Close cuts every connection and ends the simulator.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	for c := range s.conns {
		go c.cut()
	}
	s.mu.Unlock()
	_ = s.web.Close()
}

// certify makes the certificate of the hosts, which signs itself.
func (s *Server) certify() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "simulated WhatsApp"}, IsCA: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(365 * 24 * time.Hour),
		DNSNames: hosts, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, err
	}
	s.ca = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})

	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}

// Refuse answers new connections with 503 while on.
func (s *Server) Refuse(on bool) { s.refused.Store(on) }

// Dials is how many connections were accepted so far.
func (s *Server) Dials() int { return int(s.dials.Load()) }

// OnQuery lets answer an iq of a client in place of the simulator; nil leaves it
// to the simulator. [QueryError] makes an error.
func (s *Server) OnQuery(answer func(query *waBinary.Node) *waBinary.Node) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queries = answer
}

// CutAll cuts every connection without a word.
func (s *Server) CutAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		go c.cut()
	}
}

// Phone returns the account with the number, or nil.
func (s *Server) Phone(number string) *Phone {
	s.mu.Lock()
	defer s.mu.Unlock()

	return s.numbers[number]
}

// account is the phone behind a JID of either kind, or nil.
func (s *Server) account(jid types.JID) *Phone {
	s.mu.Lock()
	defer s.mu.Unlock()
	if jid.Server == types.HiddenUserServer {
		return s.lids[jid.User]
	}

	return s.numbers[jid.User]
}

// nextID looks like the id of a message that a phone sent.
func (s *Server) nextID() string { return fmt.Sprintf("3A%018X", s.serial.Add(1)) }

func (s *Server) stamp() string { return strconv.FormatInt(s.options.Now().Unix(), 10) }

func (s *Server) trace(direction string, n *waBinary.Node) {
	if s.options.Trace != nil {
		s.options.Trace(direction, n)
	}
}

// await calls done until it holds or ctx ends.
func await(ctx context.Context, done func() bool) error {
	ticker := time.NewTicker(2 * time.Millisecond)
	defer ticker.Stop()
	for !done() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}

	return nil
}
