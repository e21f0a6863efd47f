package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The words and secrets of this test. None may turn up in what Recado logs.
const (
	canaryText     = "canaryword-of-a-customer"
	canaryName     = "Canaryname Silva"
	canaryPassword = "canary-password-1"
	canaryToken    = "canarytokencanarytoken"
	canaryFile     = "canaryfile.pdf"
	canaryKey      = "canary-of-the-instance-key-32-characters"
)

// client calls the API of a running Recado and keeps the tokens it is given:
// those are canaries as well.
type client struct {
	t       *testing.T
	address string
	secrets []string
}

func (c *client) call(method, path, token string, body any) map[string]any {
	c.t.Helper()
	var payload io.Reader
	kind := "application/json"
	switch b := body.(type) {
	case nil:
	case string:
		payload = strings.NewReader(b)
	case *multipartBody:
		payload, kind = &b.Buffer, b.kind
	default:
		encoded, err := json.Marshal(b)
		if err != nil {
			c.t.Fatal(err)
		}
		payload = bytes.NewReader(encoded)
	}
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.address+path, payload)
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Content-Type", kind)
	request.Header.Set("Authorization", token)
	request.Header.Set("Referer", c.address+"/?q="+canaryText)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	answer := map[string]any{"status": response.StatusCode}
	_ = json.Unmarshal(raw, &answer)
	if token, ok := answer["token"].(string); ok {
		c.secrets = append(c.secrets, token)
	}

	return answer
}

// must calls what has to succeed, so that the canaries really get in.
func (c *client) must(method, path, token string, body any) map[string]any {
	c.t.Helper()
	answer := c.call(method, path, token, body)
	if status, ok := answer["status"].(int); ok && status >= 300 {
		c.t.Fatalf("%s %s: %v", method, path, answer)
	}
	if status, ok := answer["status"].(float64); ok && status >= 300 {
		c.t.Fatalf("%s %s: %v", method, path, answer)
	}

	return answer
}

func (c *client) first(path, token string) map[string]any {
	c.t.Helper()
	items, _ := c.must("GET", path, token, nil)["items"].([]any)
	if len(items) == 0 {
		c.t.Fatalf("%s has no items", path)
	}

	return items[0].(map[string]any)
}

type multipartBody struct {
	bytes.Buffer
	kind string
}

func pdf(name string) *multipartBody {
	body := &multipartBody{}
	form := multipart.NewWriter(body)
	part, _ := form.CreateFormFile("file", name)
	fmt.Fprintf(part, "%%PDF-1.4\n%s\n%%%%EOF\n", canaryText)
	form.Close()
	body.kind = form.FormDataContentType()

	return body
}

// Parity: DC-ops.
func TestLogsHoldNoWordsAndNoSecrets(t *testing.T) {
	data := filepath.Join(t.TempDir(), "pb_data")
	env := []string{"RECADO_LOG_LEVEL=debug", "RECADO_PASSWORD=" + canaryPassword, "RECADO_INSTANCE_KEY=" + canaryKey}
	if out, errs, code := recado(t, env, "setup", "--dir", data, "--email", "owner@example.com", "--name", "Owner",
		"--company", "Clinic", "--timezone", "America/Sao_Paulo", "--locale", "pt-BR"); code != 0 {
		t.Fatalf("%s%s", out, errs)
	}
	p := serve(t, data, env...)
	c := &client{t: t, address: p.address}

	// a person signs in, well and badly
	login := "/api/collections/users/auth-with-password"
	owner := c.must("POST", login, "", map[string]any{"identity": "owner@example.com", "password": canaryPassword})["token"].(string)
	c.call("POST", login, "", map[string]any{"identity": "owner@example.com", "password": canaryPassword + "x"})
	c.call("POST", login, "", `{"identity":"owner@example.com","password":"`+canaryPassword) // broken JSON
	company := c.first("/api/collections/companies/records", owner)["id"].(string)
	query := "?company=" + company
	channel := c.first("/api/collections/channels/records"+query, owner)["public_key"].(string)

	// a visitor writes, well and badly
	visitor := c.must("POST", "/api/recado/webchat/"+channel+"/sessions", "", map[string]any{"name": canaryName, "locale": "pt-BR"})["token"].(string)
	bearer := "Bearer " + visitor
	c.must("POST", "/api/recado/webchat/messages", bearer, map[string]any{"clientId": "1", "text": canaryText})
	c.must("POST", "/api/recado/webchat/files", bearer, pdf(canaryFile))
	c.call("POST", "/api/recado/webchat/messages", bearer, `{"clientId":"2","text":"`+canaryText)
	c.call("POST", "/api/recado/webchat/messages", "Bearer "+canaryToken, map[string]any{"clientId": "3", "text": canaryText})
	c.call("GET", "/api/recado/webchat/messages?after="+canaryToken, bearer, nil)

	// the team reads, searches and answers
	conversation := c.first("/api/collections/conversations/records"+query, owner)["id"].(string)
	c.must("POST", "/api/collections/messages/records"+query, owner, map[string]any{
		"company": company, "conversation": conversation, "kind": "text", "text": canaryText, "client_id": "4",
	})
	c.must("GET", "/api/collections/contacts/records"+query+"&filter="+url.QueryEscape("search ~ '"+canaryText+"'"), owner, nil)
	c.call("GET", "/api/collections/contacts/records"+query+"&filter="+url.QueryEscape("nofield ~ '"+canaryText+"'"), owner, nil)
	c.call("POST", "/api/collections/contacts/records"+query, owner, map[string]any{"company": company, "name": canaryName, "email": canaryText})
	c.must("POST", "/api/collections/contacts/records"+query, owner, map[string]any{"company": company, "name": canaryName, "notes": canaryText})

	// links with a token in their path
	c.call("GET", "/api/recado/invites/"+canaryToken, "", nil)
	c.call("POST", "/api/recado/invites/"+canaryToken+"/accept", "", map[string]any{"name": canaryName, "email": "a@example.com", "password": canaryPassword})
	c.call("GET", "/invite/"+canaryToken, "", nil)
	c.call("GET", "/api/typo/"+canaryToken, "", nil)
	c.call("POST", "/api/recado/setup", "", map[string]any{"code": canaryToken})

	// a program with the instance key, and one with half of it
	c.must("POST", "/api/recado/admin/companies", "Bearer "+canaryKey, map[string]any{"name": "Other"})
	c.call("POST", "/api/recado/admin/companies", "Bearer "+canaryKey, `{"name":`)
	c.call("GET", "/api/recado/admin/overview", "Bearer "+canaryKey, nil)
	c.call("GET", "/api/recado/admin/companies", "Bearer "+canaryKey[:20], nil)

	p.stop(t)

	logs := p.stderr.String() + strings.Join(p.stdout, "\n")
	files, err := filepath.Glob(filepath.Join(data, "auxiliary.db*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		logs += string(content)
	}
	if !strings.Contains(logs, "/api/recado/webchat/messages") {
		t.Fatal("the requests were not logged at all, so this shows nothing")
	}
	for _, canary := range append(c.secrets, canaryText, canaryName, canaryPassword, canaryToken, canaryFile, canaryKey[:20]) {
		if at := strings.Index(logs, canary); at >= 0 {
			t.Errorf("%q is logged: …%q…", canary, logs[max(0, at-200):min(len(logs), at+len(canary)+50)])
		}
	}
}
