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
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"recado/hooks/domains/dnstest"
)

// With RECADO_DOMAIN Recado serves HTTPS under that name, with the certificate it
// has, sends plain requests there, and knows no other name. (Getting the
// certificate needs the world outside; here it is there already.)
func TestDomain(t *testing.T) {
	const domain = "desk.example.com"
	data := filepath.Join(t.TempDir(), "pb_data")
	roots := certificate(t, filepath.Join(data, ".autocert_cache"), domain)
	plain, secure := freeAddress(t), freeAddress(t)

	out := serveSecure(t, data, plain, secure, "RECADO_DOMAIN="+domain)

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
		t.Fatalf("%v %v\n%s", answer, err, out)
	}
	if answer, err := get("http://" + domain + "/login"); err != nil || answer.Header.Get("Location") != "https://"+domain+"/login" {
		t.Errorf("plain: %v %v", answer, err)
	}
	if answer, err := client("other.example.com").Get("https://other.example.com/status"); err == nil {
		t.Errorf("another name gets %d", answer.StatusCode)
	}
}

// serveSecure starts the binary on two addresses, and returns where what it says stands.
func serveSecure(t *testing.T, data, plain, secure string, env ...string) *bytes.Buffer {
	t.Helper()
	command := exec.Command(binary, "serve", "--http", plain, "--https", secure, "--dir", data)
	command.Env = environment(env...)
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})

	return &out
}

// A domain that a company has proven is served by HTTPS too, with the company's pages
// alone; one that it has removed is not, whatever certificate is still there.
// Parity: DC-accounts.
func TestDomainOfACompany(t *testing.T) {
	const desk, domain = "desk.example.com", "book.clinic.example"
	data := filepath.Join(t.TempDir(), "pb_data")
	cache := filepath.Join(data, ".autocert_cache")
	roots := map[string]*x509.CertPool{desk: certificate(t, cache, desk), domain: certificate(t, cache, domain)}
	plain, secure, dns := freeAddress(t), freeAddress(t), dnstest.Start(t)

	out := serveSecure(t, data, plain, secure, "RECADO_DOMAIN="+desk, "RECADO_DNS="+dns.Address)
	call := func(name, method, path, token string, body any) (status int, answer map[string]any, err error) {
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		request, err := http.NewRequest(method, "https://"+name+path, bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Authorization", token)
		transport := &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: roots[name], ServerName: name},
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, network, secure)
			},
		}
		defer transport.CloseIdleConnections()
		response, err := (&http.Client{Timeout: 10 * time.Second, Transport: transport}).Do(request)
		if err != nil {
			return 0, nil, err
		}
		defer response.Body.Close()
		_ = json.NewDecoder(response.Body).Decode(&answer)

		return response.StatusCode, answer, nil
	}
	must := func(name, method, path, token string, body any) map[string]any {
		t.Helper()
		status, answer, err := call(name, method, path, token, body)
		if err != nil || status >= 300 {
			t.Fatalf("%s %s: %d %v %v", method, path, status, answer, err)
		}

		return answer
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		if _, _, err := call(desk, http.MethodGet, "/status", "", nil); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("it does not start\n%s", out)
		}
	}
	done := must(desk, http.MethodPost, "/api/recado/setup", "", map[string]any{
		"owner":   map[string]any{"name": "Ana", "email": "ana@example.com", "password": "correct horse battery"},
		"company": map[string]any{"name": "Sol"},
	})
	token, company := done["token"].(string), done["company"].(map[string]any)["id"].(string)
	must(desk, http.MethodPatch, "/api/collections/companies/records/"+company+"?company="+company, token, map[string]any{
		"settings": map[string]any{"booking": map[string]any{"on": true}},
	})
	if _, _, err := call(domain, http.MethodGet, "/book/sol", "", nil); err == nil {
		t.Error("it is served before it is proven")
	}
	records := "/api/collections/company_domains/records"
	row := must(desk, http.MethodPost, records+"?company="+company, token, map[string]any{"company": company, "name": domain})
	dns.Set("_recado."+domain, row["txt"].(string))
	id := row["id"].(string)
	if row = must(desk, http.MethodPost, "/api/recado/domains/"+id+"/check?company="+company, token, nil); row["state"] != "verified" {
		t.Fatalf("%v", row)
	}
	for path, want := range map[string]int{"/book/sol": http.StatusOK, "/": http.StatusOK, "/login": http.StatusNotFound, "/_/": http.StatusNotFound, "/api/health": http.StatusNotFound} {
		if status, _, err := call(domain, http.MethodGet, path, "", nil); err != nil || status != want {
			t.Errorf("%s: %d %v, want %d", path, status, err, want)
		}
	}
	must(desk, http.MethodDelete, records+"/"+id+"?company="+company, token, nil)
	if status, _, err := call(domain, http.MethodGet, "/book/sol", "", nil); err == nil {
		t.Errorf("removed, it answers %d", status)
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
