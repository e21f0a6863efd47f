package inbox_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"testing"

	"recado/collections"
	"recado/hooks/recadotest"
)

// upload sends a file as the records API takes it.
func (d *desk) upload(token, conversation, name string, content []byte) recadotest.Response {
	d.T.Helper()

	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("company", d.company.Id)
	_ = form.WriteField("conversation", conversation)
	_ = form.WriteField("mime", "image/png") // what a client claims is not believed
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		d.T.Fatal(err)
	}
	_, _ = part.Write(content)
	_ = form.Close()

	request := httptest.NewRequest(http.MethodPost, d.company.Records(collections.Files), &body)
	request.Header.Set("Content-Type", form.FormDataContentType())
	request.Header.Set("Authorization", token)

	return d.Send(request)
}

func (d *desk) fileURL(id any) string {
	return d.company.URL("/api/recado/files/" + id.(string))
}

// Parity: WT-messages.
func TestAFileIsJudgedByItsContent(t *testing.T) {
	d, _ := newBotDesk(t)
	ana := d.company.Member("agent")
	conversation := d.conversation(d.ingest("carla", "1", "hello"))

	for name, example := range map[string]struct {
		content     []byte
		mime        string
		disposition string
	}{
		"picture.png": {[]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x02\x00\x00\x00\x03\x08\x02\x00\x00\x00"), "image/png", "inline"},
		"page.png":    {[]byte("<!doctype html><script>alert(1)</script>"), "text/html", "attachment"},
		"drawing.png": {[]byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), "image/svg+xml", "attachment"},
		"paper.txt":   {[]byte("%PDF-1.7\n"), "application/pdf", "inline"},
	} {
		file := d.upload(ana.Token, conversation.Id, name, example.content).Must(t, http.StatusOK)
		if file.JSON["mime"] != example.mime || file.JSON["name"] != name || file.JSON["size"] != float64(len(example.content)) {
			t.Errorf("%s was taken for %s", name, file.Raw)
		}

		got := d.Do(http.MethodGet, d.fileURL(file.JSON["id"]), ana.Token, nil).Must(t, http.StatusOK)
		if !bytes.Equal(got.Raw, example.content) {
			t.Errorf("%s came back changed", name)
		}
		if disposition := got.Header.Get("Content-Disposition"); !bytes.HasPrefix([]byte(disposition), []byte(example.disposition)) {
			t.Errorf("%s is sent as %q", name, disposition)
		}
		if got.Header.Get("X-Content-Type-Options") != "nosniff" || got.Header.Get("Cache-Control") != "private, max-age=31536000, immutable" {
			t.Errorf("headers of %s: %v", name, got.Header)
		}
	}

	if empty := d.upload(ana.Token, conversation.Id, "empty.png", nil); empty.Status < 400 {
		t.Errorf("an empty file was taken: %s", empty.Raw)
	}
	if huge := d.upload(ana.Token, conversation.Id, "huge.bin", make([]byte, 11<<20)); huge.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("11 MB were answered with %d %s", huge.Status, huge.Raw)
	}
}

// Parity: WT-messages.
func TestAFileIsForThoseWhoSeeItsConversation(t *testing.T) {
	app := recadotest.New(t, nil)
	d, other := newDesk(t, app, "none"), newDesk(t, app, "none")
	ana, bob, stranger := d.company.Member("agent"), d.company.Member("agent"), other.company.Member("owner")
	conversation := d.conversation(d.ingest("carla", "1", "hello"))
	file := d.upload(ana.Token, conversation.Id, "a.png", []byte("\x89PNG\r\n\x1a\n")).Must(t, http.StatusOK).JSON["id"]
	d.patch(ana, conversation, map[string]any{"assignee": ana.Id}).Must(t, http.StatusOK)

	for name, try := range map[string]struct {
		url, token string
		status     int
	}{
		"the assignee":              {d.fileURL(file), ana.Token, http.StatusOK},
		"a colleague without reach": {d.fileURL(file), bob.Token, http.StatusNotFound},
		"a guest":                   {d.fileURL(file), "", http.StatusUnauthorized},
		"another company":           {d.fileURL(file), stranger.Token, http.StatusNotFound},
		"another company as itself": {other.fileURL(file), stranger.Token, http.StatusNotFound},
	} {
		if got := d.Do(http.MethodGet, try.url, try.token, nil); got.Status != try.status {
			t.Errorf("%s: %d, want %d", name, got.Status, try.status)
		}
	}
	if got := d.Do(http.MethodGet, "/api/files/files/"+file.(string)+"/a.png", ana.Token, nil); got.Status == http.StatusOK {
		t.Error("PocketBase's own file address serves an attachment")
	}
}

// Parity: WT-messages.
func TestAFileBelongsToOneMessageOfItsConversation(t *testing.T) {
	d, _ := newBotDesk(t)
	ana := d.company.Member("manager")
	first, second := d.conversation(d.ingest("carla", "1", "hello")), d.conversation(d.ingest("dora", "2", "hello"))
	file := d.upload(ana.Token, first.Id, "a.png", []byte("\x89PNG\r\n\x1a\n")).Must(t, http.StatusOK).JSON["id"]

	send := func(conversation string) recadotest.Response {
		return d.Do(http.MethodPost, d.company.Records(collections.Messages), ana.Token, map[string]any{
			"company": d.company.Id, "conversation": conversation, "attachments": []any{file}, "kind": "image",
			"contact": first.GetString("contact"), "channel": d.channel, "direction": "out", "status": "queued", "at": "2026-01-01 00:00:00Z",
		})
	}
	if got := send(second.Id); got.Status < 400 {
		t.Errorf("a file of another conversation was attached: %s", got.Raw)
	}
	send(first.Id).Must(t, http.StatusOK)
	if got := send(first.Id); got.Status < 400 {
		t.Errorf("a file was attached twice: %s", got.Raw)
	}
}

// Parity: WB-realtime.
func TestTypingAndViewingNeedTheConversation(t *testing.T) {
	app := recadotest.New(t, nil)
	d, other := newDesk(t, app, "none"), newDesk(t, app, "none")
	ana, stranger := d.company.Member("agent"), other.company.Member("owner")
	conversation := d.conversation(d.ingest("carla", "1", "hello"))

	for _, action := range []string{"typing", "view"} {
		url := "/api/recado/conversations/" + conversation.Id + "/" + action
		d.Do(http.MethodPost, d.company.URL(url), ana.Token, map[string]any{"on": true}).Must(t, http.StatusNoContent)
		if got := d.Do(http.MethodPost, other.company.URL(url), stranger.Token, map[string]any{"on": true}); got.Status != http.StatusNotFound {
			t.Errorf("%s by another company: %d", action, got.Status)
		}
		if got := d.Do(http.MethodPost, d.company.URL(url), "", map[string]any{"on": true}); got.Status != http.StatusUnauthorized {
			t.Errorf("%s by a guest: %d", action, got.Status)
		}
	}
}

// Parity: LS-client-threads.
func TestOpeningAConversationFromAContact(t *testing.T) {
	d, _ := newBotDesk(t)
	ana := d.company.Member("agent")
	conversation := d.conversation(d.ingest("carla", "1", "hello"))
	d.settle()
	open := func(contact string) recadotest.Response {
		return d.Do(http.MethodPost, d.company.URL("/api/recado/conversations"), ana.Token, map[string]any{"contact": contact, "channel": d.channel})
	}

	if got := open(conversation.GetString("contact")).Must(t, http.StatusOK); got.JSON["id"] != conversation.Id {
		t.Errorf("opened %v, want the active one", got.JSON["id"])
	}
	if got := open(d.company.Contact().Id); got.Code() != "no_address" {
		t.Errorf("a contact who never wrote: %s", got.Raw)
	}

	d.patch(ana, conversation, map[string]any{"assignee": ana.Id}).Must(t, http.StatusOK)
	d.patch(ana, conversation, map[string]any{"status": "closed"}).Must(t, http.StatusOK)
	if got := open(conversation.GetString("contact")).Must(t, http.StatusOK); got.JSON["id"] != conversation.Id || got.JSON["assignee"] != ana.Id {
		t.Errorf("reopened %s", got.Raw)
	}
}
