package contacts_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/recadotest"
)

// canary is a word that only the person's data hold; each place has its own.
const canary = "zanzibar"

// life is a person of whom something is kept wherever anything is kept, and
// another one beside them.
type life struct {
	app      *recadotest.App
	company  *recadotest.Company
	owner    *recadotest.Member
	clock    *recadotest.Clock
	contact  *core.Record
	other    *core.Record
	file     *core.Record
	imported *core.Record
}

func newLife(t *testing.T) *life {
	t.Helper()
	l := &life{clock: recadotest.NewClock(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC))}
	l.app = recadotest.New(t, l.clock.Now)
	l.company = l.app.Company()
	l.owner = l.company.Member("owner")
	channel, agenda := l.company.Webchat(), l.company.Agenda()
	service := l.company.Service(agenda)
	l.other = l.company.Create(collections.Contacts, map[string]any{"name": "Someone Else", "email": "else@example.com"})

	// The widget: a visitor who says who they are, writes and sends a file.
	do := func(method, path, token string, body any) recadotest.Response {
		t.Helper()
		request := httptest.NewRequest(method, path, jsonBody(t, body))
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Origin", "http://example.com")
		request.Host = "example.com"
		if token != "" {
			request.Header.Set("Authorization", "Bearer "+token)
		}

		return l.app.Send(request)
	}
	session := do(http.MethodPost, "/api/recado/webchat/"+channel.GetString("public_key")+"/sessions", "", map[string]any{"name": canary + " one", "email": canary + "@example.com", "page": "http://example.com/" + canary}).Must(t, http.StatusOK)
	token := session.JSON["token"].(string)
	do(http.MethodPost, "/api/recado/webchat/messages", token, map[string]any{"clientId": "1", "text": "My secret is " + canary + "two"}).Must(t, http.StatusCreated)

	var err error
	if l.contact, err = l.app.FindFirstRecordByData(collections.Contacts, "email", canary+"@example.com"); err != nil {
		t.Fatal(err)
	}
	conversation, err := l.app.FindFirstRecordByData(collections.Conversations, "contact", l.contact.Id)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.app.Search.Feed(t.Context()); err != nil {
		t.Fatal(err)
	}

	// The team: details, a note, an attachment, bookings, an export that made an answer.
	l.app.Do(http.MethodPatch, l.company.RecordURL(l.contact), l.owner.Token, map[string]any{"notes": canary + "three", "phone": "+5511987654321"}).Must(t, http.StatusOK)
	l.app.Do(http.MethodPatch, l.company.RecordURL(l.contact), l.owner.Token, map[string]any{"notes": canary + "four"}).Must(t, http.StatusOK)
	l.file = l.upload(conversation.Id, canary+".txt", canary+"five")
	l.app.Do(http.MethodPost, l.company.Records(collections.Messages), l.owner.Token, map[string]any{
		"company": l.company.Id, "conversation": conversation.Id, "kind": "document", "text": canary + "six", "attachments": []string{l.file.Id},
	}).Must(t, http.StatusOK)
	book := func(hours int, key string) {
		request := httptest.NewRequest(http.MethodPost, l.company.URL("/api/recado/agendas/"+agenda.Id+"/book"), jsonBody(t, map[string]any{
			"service": service.Id, "contact": l.contact.Id, "note": canary + "seven", "attendee": canary + " child",
			"start": l.clock.Now().Add(time.Duration(hours) * time.Hour).Format(time.RFC3339),
		}))
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Authorization", l.owner.Token)
		request.Header.Set("Idempotency-Key", key)
		l.app.Send(request).Must(t, http.StatusOK)
	}
	book(2, "a")
	book(48, "b")
	l.company.Create(collections.Identities, map[string]any{"contact": l.contact.Id, "kind": "phone", "value": "+5511987654321"})
	l.company.Create(collections.Consents, map[string]any{"contact": l.contact.Id, "channel": channel.Id, "kind": "shown", "text": canary, "hash": "abc", "at": l.clock.Now()})
	l.company.Create(collections.Mails, map[string]any{"to": canary + "@example.com", "subject": canary, "kind": "test", "status": "sent", "contact": l.contact.Id})
	l.company.Create(collections.Ratings, map[string]any{"conversation": conversation.Id, "contact": l.contact.Id, "comment": canary, "status": "answered", "score": 5, "scale": 5})
	l.company.Create(collections.ChannelEvents, map[string]any{"channel": channel.Id, "external_id": "e1", "payload": map[string]any{"from": "5511987654321", "body": canary}})
	l.company.Create(collections.ChannelEvents, map[string]any{"channel": channel.Id, "external_id": "e2", "payload": map[string]any{"from": "5511900000000", "body": "of someone else"}})
	l.company.Create(collections.Audit, map[string]any{"action": "contact.merged", "collection": "contacts", "record": l.contact.Id, "data": map[string]any{"name": canary}})
	l.company.Create(collections.Contacts, map[string]any{"name": canary + " merged", "merged_into": l.contact.Id})

	// Tables they stand in: one imported, one still a draft; one they don't.
	d := &desk{l.app, l.company, l.owner}
	l.imported = d.run("update", "name,phone,email,notes\nZanzibar One,+55 11 8765-4321,,"+canary+"eight\nSomeone Else,,else@example.com,\n")
	d.upload(l.owner.Token, "draft.csv", []byte("name,phone\n"+canary+" one,1\n")).Must(t, http.StatusOK)
	d.run("update", "name,email\nSomeone Else,else@example.com\n")
	l.clock.Advance(24 * time.Hour) // the first appointment is over

	return l
}

func jsonBody(t *testing.T, body any) io.Reader {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}

	return bytes.NewReader(raw)
}

// upload brings a file into a conversation as a member does.
func (l *life) upload(conversation, name, content string) *core.Record {
	l.app.T.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("company", l.company.Id)
	_ = form.WriteField("conversation", conversation)
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		l.app.T.Fatal(err)
	}
	_, _ = part.Write([]byte(content))
	_ = form.Close()
	request := httptest.NewRequest(http.MethodPost, l.company.Records(collections.Files), &body)
	request.Header.Set("Content-Type", form.FormDataContentType())
	request.Header.Set("Authorization", l.owner.Token)
	id := l.app.Send(request).Must(l.app.T, http.StatusOK).JSON["id"].(string)
	record, err := l.app.FindRecordById(collections.Files, id)
	if err != nil {
		l.app.T.Fatal(err)
	}

	return record
}

// holding lists the tables of data.db and the files of the storage that hold any
// of the words, in whatever case.
func (l *life) holding(words ...string) []string {
	l.app.T.Helper()
	var tables, places []string
	err := l.app.DB().NewQuery("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'").Column(&tables)
	if err != nil || len(tables) < 40 {
		l.app.T.Fatalf("%d tables, %v", len(tables), err)
	}
	for _, table := range tables {
		var columns []string
		if err := l.app.DB().NewQuery("SELECT name FROM pragma_table_info({:table})").Bind(dbx.Params{"table": table}).Column(&columns); err != nil {
			l.app.T.Fatal(err)
		}
		for _, word := range words {
			var conditions []string
			for _, column := range columns {
				// as bytes: the index of the search keeps its words in blobs
				conditions = append(conditions, fmt.Sprintf("instr(lower(hex([[%s]])), '%x') > 0 OR instr(lower([[%s]]), '%s') > 0", column, word, column, word))
			}
			var count int
			if err := l.app.DB().NewQuery("SELECT count(*) FROM {{" + table + "}} WHERE " + strings.Join(conditions, " OR ")).Row(&count); err != nil {
				l.app.T.Fatal(err)
			}
			if count > 0 {
				places = append(places, table)
			}
		}
	}
	storage := filepath.Join(l.app.DataDir(), "storage")
	_ = filepath.WalkDir(storage, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, _ := os.ReadFile(path)
		for _, word := range words {
			if strings.Contains(strings.ToLower(string(content)+path), word) {
				places = append(places, strings.TrimPrefix(path, storage))
			}
		}

		return nil
	})
	slices.Sort(places)

	return slices.Compact(places)
}

func (l *life) url(action string) string {
	return l.company.URL("/api/recado/contacts/" + l.contact.Id + "/" + action)
}

// After an erase no table and no file knows the person.
//
// Parity: LS-clients.
func TestAnErasedPersonLeavesNothing(t *testing.T) {
	l := newLife(t)
	words := []string{canary, "5511987654321", "87654321"}
	before := l.holding(words...)
	for _, expected := range []string{"contacts", "messages", "identities", "conversations", "contact_changes", "webchat_visitors", "files", "consents", "mails", "ratings",
		"appointments", "channel_events", "idempotency_keys", "import_batches", "imports", "audit", "search_messages_data"} {
		if !slices.Contains(before, expected) {
			t.Errorf("%s holds nothing of the person: the test proves nothing of it", expected)
		}
	}

	agent := l.company.Member("agent")
	if got := l.app.Do(http.MethodPost, l.url("erase"), agent.Token, nil); got.Code() != "forbidden" {
		t.Errorf("an agent erased: %s", got.Raw)
	}
	other := l.app.Company()
	foreign := other.URL("/api/recado/contacts/" + l.contact.Id + "/erase")
	if got := l.app.Do(http.MethodPost, foreign, other.Member("owner").Token, nil); got.Status != http.StatusNotFound {
		t.Errorf("another company's owner erased: %s", got.Raw)
	}
	if got := l.app.Do(http.MethodPost, l.url("erase"), l.owner.Token, nil); got.Code() != "has_appointments" {
		t.Errorf("with a coming appointment: %s", got.Raw)
	}
	rest := l.company.Create(collections.Imports, map[string]any{"member": l.owner.Id, "state": "queued", "due": l.clock.Now()})
	if got := l.app.Do(http.MethodPost, l.url("erase")+"&confirmed=1", l.owner.Token, nil); got.Code() != "import_running" {
		t.Errorf("while an import runs: %s", got.Raw)
	}
	if err := l.app.Delete(rest); err != nil {
		t.Fatal(err)
	}

	l.app.Do(http.MethodPost, l.url("erase")+"&confirmed=1", l.owner.Token, nil).Must(t, http.StatusNoContent)
	if left := l.holding(words...); len(left) > 0 {
		t.Errorf("the person is still in %v", left)
	}

	// What was not about them stays, and of their appointments that time was taken.
	for collection, want := range map[string]int64{collections.Contacts: 1, collections.ChannelEvents: 1, collections.Imports: 2} {
		if count, err := l.app.CountRecords(collection); err != nil || count != want {
			t.Errorf("%s: %d rows are left, want %d (%v)", collection, count, want, err)
		}
	}
	taken, err := l.app.FindAllRecords(collections.Occupancies)
	if err != nil || len(taken) != 1 || taken[0].GetString("appointment") != "" || int64(taken[0].GetInt("blocked_end")) > l.clock.Now().Unix() {
		t.Errorf("%d occupancies are left: %v, %v", len(taken), taken, err)
	}
	noted, err := l.app.FindFirstRecordByData(collections.Audit, "action", "contact.erased")
	if err != nil || noted.GetString("record") != l.contact.Id || noted.GetString("actor") != l.owner.User.Id {
		t.Errorf("the audit says %v, %v", noted, err)
	}
	(&desk{l.app, l.company, l.owner}).step(l.imported.Id, "undo", nil).Must(t, http.StatusOK) // works without the person
	if err := l.app.Contacts.RunImports(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := l.app.Do(http.MethodPost, l.url("erase"), l.owner.Token, nil); got.Status != http.StatusNotFound {
		t.Errorf("erased twice: %s", got.Raw)
	}
}

// An export has everything an erase would remove, and nothing of others.
//
// Parity: LC-export.
func TestExportOfOnePerson(t *testing.T) {
	l := newLife(t)
	if got := l.app.Do(http.MethodGet, l.url("export"), l.company.Member("agent").Token, nil); got.Code() != "forbidden" {
		t.Errorf("an agent exported: %s", got.Raw)
	}
	answer := l.app.Do(http.MethodGet, l.url("export"), l.owner.Token, nil).Must(t, http.StatusOK)
	archive, err := zip.NewReader(bytes.NewReader(answer.Raw), int64(len(answer.Raw)))
	if err != nil {
		t.Fatal(err)
	}
	content := map[string]string{}
	for _, file := range archive.File {
		reader, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(reader)
		if err != nil {
			t.Fatal(err)
		}
		content[file.Name] = string(raw)
	}
	for name, want := range map[string]string{
		"contacts.json": canary + "eight", "contacts.csv": canary + "eight", "messages.json": canary + "two", "messages.csv": canary + "six",
		"appointments.json": canary + "seven", "identities.csv": "visitor", "ratings.json": canary, "mails.json": canary, "contact_changes.json": canary + "four",
		"files/" + l.file.Id + "-" + canary + ".txt": canary + "five",
	} {
		if !strings.Contains(content[name], want) {
			t.Errorf("%s lacks %q: %s", name, want, content[name])
		}
	}
	for name, text := range content {
		if strings.Contains(text, "else@example.com") || strings.Contains(text, "token_hash") || strings.Contains(text, "search") {
			t.Errorf("%s tells too much: %s", name, text)
		}
	}
	if _, err := l.app.FindFirstRecordByData(collections.Audit, "action", "contact.exported"); err != nil {
		t.Error(err)
	}
}

// Messages and raw events go after the time a company sets, with their files;
// without one messages stay.
func TestRetention(t *testing.T) {
	l := newLife(t)
	retain := func(settings map[string]any) (messages, files, events int64) {
		t.Helper()
		company := l.app.Reload(l.company.Record)
		company.Set("settings", map[string]any{"retention": settings})
		if err := l.app.Save(company); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time there is nothing to do
			if err := l.app.Contacts.Retain(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		var counts [3]int64
		for i, name := range []string{collections.Messages, collections.Files, collections.ChannelEvents} {
			var err error
			if counts[i], err = l.app.CountRecords(name, dbx.HashExp{"company": l.company.Id}); err != nil {
				t.Fatal(err)
			}
		}

		return counts[0], counts[1], counts[2]
	}
	all, _, _ := retain(nil)
	if all < 2 {
		t.Fatalf("%d messages", all)
	}
	l.clock.Set(l.clock.Now().AddDate(0, 0, 8))
	if _, _, events := retain(map[string]any{"events_days": 7}); events != 0 {
		t.Errorf("%d raw events are left", events)
	}
	l.clock.Set(l.clock.Now().AddDate(0, 0, 400))
	if messages, _, _ := retain(nil); messages != all {
		t.Errorf("%d of %d messages are left without a setting", messages, all)
	}
	if messages, files, _ := retain(map[string]any{"messages_days": 365}); messages > 1 || files != 0 { // what was never sent waits to be
		t.Errorf("%d messages and %d files are left", messages, files)
	}
	for _, place := range l.holding(canary+"two", canary+"five") {
		if place == "messages" || strings.HasPrefix(place, "search") || strings.HasPrefix(place, "conversations") || strings.HasPrefix(place, "/") {
			t.Errorf("%s still holds what was said", place)
		}
	}
}
