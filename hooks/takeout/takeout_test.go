package takeout_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/tools/filesystem"

	"recado/collections"
	"recado/hooks/recadotest"
)

// Parity: DC-accounts, DC-patterns, LS-company-update, LC-company.
func TestEverythingACompanyHas(t *testing.T) {
	when := recadotest.NewClock(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC))
	app := recadotest.New(t, when.Now)
	company, other := app.Company(), app.Company()
	owner := company.Member("owner")
	conversation := company.Conversation(company.Webchat())
	upload, err := filesystem.NewFileFromBytes([]byte("\x89PNG\r\n\x1a\n"), "picture.png")
	if err != nil {
		t.Fatal(err)
	}
	company.Set("billing", map[string]any{"legal_name": "Sol Ltda"})
	company.Set("size", "1-10")
	if err := app.Save(company.Record); err != nil {
		t.Fatal(err)
	}
	file := company.Create(collections.Files, map[string]any{"conversation": conversation.Id, "file": upload, "name": "Röntgen.png"})
	formula := company.Create(collections.Contacts, map[string]any{"name": "=1+1"})
	foreign := other.Contact()

	for name, token := range map[string]string{"guest": "", "agent": company.Member("agent").Token, "manager": company.Member("manager").Token, "another company": other.Member("owner").Token} {
		if got := app.Do(http.MethodPost, company.URL("/api/recado/exports"), token, nil); got.Status != 401 && got.Status != 403 {
			t.Errorf("%s: %d %s", name, got.Status, got.Raw)
		}
	}
	made := app.Do(http.MethodPost, company.URL("/api/recado/exports"), owner.Token, nil).Must(t, http.StatusOK).JSON
	if err := app.Takeout.Drain(context.Background()); err != nil {
		t.Fatal(err)
	}
	shown := app.Do(http.MethodGet, company.URL("/api/collections/exports/records/"+made["id"].(string)), owner.Token, nil).Must(t, http.StatusOK).JSON
	if shown["state"] != "done" || shown["done"] != shown["total"] || shown["size"].(float64) == 0 || shown["file"] != nil {
		t.Fatalf("%v", shown)
	}

	path := "/api/recado/exports/" + made["id"].(string) + "/file"
	app.Do(http.MethodGet, other.URL(path), other.Member("owner").Token, nil).Must(t, http.StatusNotFound)
	app.Do(http.MethodGet, company.URL(path), company.Member("agent").Token, nil).Must(t, http.StatusForbidden)
	raw := app.Do(http.MethodGet, company.URL(path), owner.Token, nil).Must(t, http.StatusOK).Raw
	archive, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	content := map[string]string{}
	for _, entry := range archive.File {
		reader, err := entry.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(reader)
		if err != nil {
			t.Fatal(err)
		}
		content[entry.Name] = string(text)
	}
	for _, name := range []string{"companies.json", "members.csv", "contacts.json", "contacts.csv", "conversations.json", "files/files/" + file.Id + "-Röntgen.png"} {
		if content[name] == "" {
			t.Errorf("%s is missing", name)
		}
	}
	for _, own := range []string{"Sol Ltda", "1-10"} {
		if !strings.Contains(content["companies.json"], own) || !strings.Contains(content["companies.csv"], own) {
			t.Errorf("the company lacks %s: %s", own, content["companies.json"])
		}
	}
	var contacts []map[string]any
	if err := json.Unmarshal([]byte(content["contacts.json"]), &contacts); err != nil || len(contacts) != 2 {
		t.Errorf("%d contacts, %v", len(contacts), err)
	}
	if !strings.Contains(content["contacts.csv"], formula.Id) || strings.Contains(content["contacts.csv"], ",=1+1") {
		t.Errorf("the table: %s", content["contacts.csv"])
	}
	for name, text := range content {
		for _, secret := range []string{foreign.Id, other.Id, owner.User.TokenKey(), "token_hash", "key_hash", "join_hash"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s tells %s", name, secret)
			}
		}
	}

	// One at a time; it is kept for a week.
	again := app.Do(http.MethodPost, company.URL("/api/recado/exports"), owner.Token, nil).Must(t, http.StatusOK).JSON
	if again["id"] == made["id"] {
		t.Error("a finished one was given once more")
	}
	if err := app.Takeout.Drain(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// What a process that died left behind is done by the next one.
func TestAnArchiveThatWasCutShort(t *testing.T) {
	when := recadotest.NewClock(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC))
	app := recadotest.New(t, when.Now)
	company := app.Company()
	row := company.Create(collections.Exports, map[string]any{
		"member": company.Member("owner").Id, "state": "running", "due": when.Now(), "claimed_until": when.Now().Add(10 * time.Minute), "attempts": 1,
	})
	tick := func() string {
		t.Helper()
		if err := app.Takeout.Tick(context.Background()); err != nil {
			t.Fatal(err)
		}

		return app.Reload(row).GetString("state")
	}
	if got := tick(); got != "running" {
		t.Errorf("while it is another's it became %s", got)
	}
	when.Advance(11 * time.Minute)
	if got := tick(); got != "done" {
		t.Errorf("it is %s", got)
	}
}
