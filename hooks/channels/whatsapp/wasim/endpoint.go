package wasim

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"go.mau.fi/whatsmeow"
)

// Endpoint is what a client has to know of a simulator, also one in another
// process; it is a JSON file there.
type Endpoint struct {
	Address string `json:"address"` // host:port, of loopback
	CA      []byte `json:"ca"`      // PEM, of the TLS certificate
	Root    []byte `json:"root"`    // 32 bytes, the key above the handshake's certificates
}

// Endpoint describes the simulator to clients.
func (s *Server) Endpoint() Endpoint {
	return Endpoint{Address: s.listener.Addr().String(), CA: s.ca, Root: root().Pub[:]}
}

// Configure points a client that is not connected at the simulator.
func (s *Server) Configure(client *whatsmeow.Client) error { return s.Endpoint().Configure(client) }

// ReadEndpoint reads what [Endpoint.Write] wrote.
func ReadEndpoint(path string) (Endpoint, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return Endpoint{}, err
	}
	var e Endpoint
	if err := json.Unmarshal(raw, &e); err != nil {
		return Endpoint{}, fmt.Errorf("%s does not describe a simulator: %w", path, err)
	}

	return e, e.check()
}

// Write keeps the description in a file for other processes.
func (e Endpoint) Write(path string) error {
	raw, err := json.Marshal(e)
	if err != nil {
		return err
	}

	return os.WriteFile(path, raw, 0o600)
}

// check keeps a client from being sent anywhere but to this machine.
func (e Endpoint) check() error {
	host, _, err := net.SplitHostPort(e.Address)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("a simulator is on a loopback address, not on %q", e.Address)
	}
	if len(e.Root) != 32 {
		return errors.New("the simulator's root key has 32 bytes")
	}

	return nil
}

// Configure points a client that is not connected at the simulator. whatsmeow
// uses one HTTP client before it is linked, another afterwards and a third for
// files; all of them dial the simulator whatever the host.
func (e Endpoint) Configure(client *whatsmeow.Client) error {
	h, err := e.HTTP()
	if err != nil {
		return err
	}
	trust([32]byte(e.Root))
	client.SetPreLoginHTTPClient(h)
	client.SetWebsocketHTTPClient(h)
	client.SetMediaHTTPClient(h)

	return nil
}

// HTTP is a client that dials the simulator whatever the host.
func (e Endpoint) HTTP() (*http.Client, error) {
	if err := e.check(); err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(e.CA) {
		return nil, errors.New("the simulator's certificate can't be read")
	}

	return &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, e.Address)
		},
		TLSClientConfig:       &tls.Config{RootCAs: pool},
		ResponseHeaderTimeout: 20 * time.Second,
	}}, nil
}

var trustMu sync.Mutex

// trust makes whatsmeow accept handshakes signed by the key, in the whole
// process: there is one place for it.
func trust(key [32]byte) {
	trustMu.Lock()
	defer trustMu.Unlock()
	if whatsmeow.WACertPubKey != key {
		whatsmeow.WACertPubKey = key
	}
}
