package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// With RECADO_DOMAIN Recado serves HTTPS under that name, with the certificate it
// has, sends plain requests there, and knows no other name. (Getting the
// certificate needs the world outside; here it is there already.)
func TestDomain(t *testing.T) {
	const domain = "desk.example.com"
	data := filepath.Join(t.TempDir(), "pb_data")
	roots := certificate(t, filepath.Join(data, ".autocert_cache"), domain)
	plain, secure := freeAddress(t), freeAddress(t)

	command := exec.Command(binary, "serve", "--http", plain, "--https", secure, "--dir", data)
	command.Env = environment("RECADO_DOMAIN=" + domain)
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})

	client := func(name string) *http.Client {
		return &http.Client{
			Timeout:       10 * time.Second,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			Transport: &http.Transport{
				TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: name},
				DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
					to := secure
					if _, port, _ := net.SplitHostPort(address); port == "80" {
						to = plain
					}

					return (&net.Dialer{}).DialContext(ctx, network, to)
				},
			},
		}
	}
	// get asks until somebody listens: the two addresses open one after the other.
	get := func(address string) (answer *http.Response, err error) {
		for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
			if answer, err = client(domain).Get(address); err == nil {
				break
			}
		}

		return answer, err
	}
	if answer, err := get("https://" + domain + "/status"); err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%v %v\n%s", answer, err, &out)
	}
	if answer, err := get("http://" + domain + "/login"); err != nil || answer.Header.Get("Location") != "https://"+domain+"/login" {
		t.Errorf("plain: %v %v", answer, err)
	}
	if answer, err := client("other.example.com").Get("https://other.example.com/status"); err == nil {
		t.Errorf("another name gets %d", answer.StatusCode)
	}
}

// certificate puts one for the domain where Recado keeps those it got.
func certificate(t *testing.T, cache, domain string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: domain}, DNSNames: []string{domain},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(60 * 24 * time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	content := append(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: private}), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw})...)
	if err := os.MkdirAll(cache, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(cache, domain), content, 0o600); err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(parsed)

	return roots
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()

	return listener.Addr().String()
}
