package inbox_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"recado/collections"
	"recado/hooks/recadotest"
)

func (d *desk) quick(who *recadotest.Member, values map[string]any) recadotest.Response {
	d.T.Helper()
	values["company"] = d.company.Id

	return d.Do(http.MethodPost, d.company.Records(collections.QuickReplies), who.Token, values)
}

func (d *desk) use(who *recadotest.Member, reply any, conversation string) recadotest.Response {
	d.T.Helper()

	return d.Do(http.MethodPost, d.company.URL(fmt.Sprintf("/api/recado/quick-replies/%v/use", reply)), who.Token, map[string]any{"conversation": conversation})
}

// Parity: WT-quick.
func TestAQuickReplyIsSharedOrOnesOwn(t *testing.T) {
	d := newDesk(t, recadotest.New(t, nil), "none")
	ana, bob, boss := d.company.Member("agent"), d.company.Member("agent"), d.company.Member("owner")
	conversation := d.conversation(d.ingest("carla", "1", "hello"))

	shared := d.quick(boss, map[string]any{"shortcut": "/Hours", "text": "We are open from 9 to 6."}).Must(t, http.StatusOK)
	if shared.JSON["shortcut"] != "hours" {
		t.Errorf("the shortcut is %v", shared.JSON["shortcut"])
	}
	mine := d.quick(ana, map[string]any{"shortcut": "hours", "text": "I am here until noon.", "owner": ana.Id}).Must(t, http.StatusOK)
	for name, try := range map[string]recadotest.Response{
		"an agent shares":             d.quick(ana, map[string]any{"shortcut": "all", "text": "x"}),
		"an agent writes a colleague": d.quick(ana, map[string]any{"shortcut": "his", "text": "x", "owner": bob.Id}),
		"twice the same":              d.quick(ana, map[string]any{"shortcut": "HOURS", "text": "x", "owner": ana.Id}),
		"nothing in it":               d.quick(ana, map[string]any{"shortcut": "empty", "text": " ", "owner": ana.Id}),
		"a shortcut with spaces":      d.quick(ana, map[string]any{"shortcut": "two words", "text": "x", "owner": ana.Id}),
	} {
		if try.Status < 400 {
			t.Errorf("%s: %s", name, try.Raw)
		}
	}

	seen := func(who *recadotest.Member) []string {
		return d.Do(http.MethodGet, d.company.Records(collections.QuickReplies), who.Token, nil).Items()
	}
	if got := seen(ana); len(got) != 2 {
		t.Errorf("the owner sees %v", got)
	}
	if got := seen(bob); !slices.Equal(got, []string{fmt.Sprint(shared.JSON["id"])}) {
		t.Errorf("a colleague sees %v", got)
	}
	if got := d.use(bob, mine.JSON["id"], conversation.Id); got.Status != http.StatusNotFound {
		t.Errorf("a colleague uses it: %d", got.Status)
	}

	url := strings.Replace(d.company.Records(collections.QuickReplies), "/records?", fmt.Sprintf("/records/%v?", mine.JSON["id"]), 1)
	changed := d.Do(http.MethodPatch, url, ana.Token, map[string]any{"owner": "", "text": "Until one."}).Must(t, http.StatusOK)
	if changed.JSON["owner"] != ana.Id || changed.JSON["text"] != "Until one." {
		t.Errorf("a change shared it: %s", changed.Raw)
	}
	if got := d.Do(http.MethodDelete, url, bob.Token, nil); got.Status < 400 {
		t.Errorf("a colleague deletes it: %d", got.Status)
	}
	d.Do(http.MethodDelete, url, ana.Token, nil).Must(t, http.StatusNoContent)
}

// Parity: WT-quick.
func TestTheVariablesOfAQuickReply(t *testing.T) {
	at := newClock()
	d := newDesk(t, recadotest.New(t, at.Now), "none")
	ana := d.company.Member("agent")
	conversation := d.conversation(d.ingest("Carla Gómez", "1", "hello"))
	contact, err := d.FindRecordById(collections.Contacts, conversation.GetString("contact"))
	if err != nil {
		t.Fatal(err)
	}
	contact.Set("locale", "pt-BR")
	contact.Set("name", "Carla Gómez")
	if err := d.Save(contact); err != nil {
		t.Fatal(err)
	}
	agenda := d.company.Agenda()
	service := d.company.Service(agenda)
	d.company.Create(collections.Appointments, map[string]any{
		"agenda": agenda.Id, "service": service.Id, "contact": contact.Id, "status": "confirmed", "source": "member",
		"start": at.Now().Add(26 * time.Hour), "end": at.Now().Add(27 * time.Hour),
	})

	reply := d.quick(ana, map[string]any{"shortcut": "see", "owner": ana.Id,
		"text": "Oi {{contact.first_name}}, aqui é {{ me.name }} da {{company.name}}: {{appointment.when}}, {{appointment.service}}. {{contact.phone}}{{unknown}}"}).Must(t, http.StatusOK)
	got := d.use(ana, reply.JSON["id"], conversation.Id).Must(t, http.StatusOK)
	zone, err := time.LoadLocation(agenda.GetString("timezone"))
	if err != nil {
		t.Fatal(err)
	}
	want := "Oi Carla, aqui é " + ana.GetString("name") + " da " + d.company.GetString("name") + ": amanhã às " +
		at.Now().Add(26*time.Hour).In(zone).Format("15:04") + ", " + service.GetString("name") + ".{{unknown}}"
	if got.JSON["text"] != want {
		t.Errorf("it reads %q, want %q", got.JSON["text"], want)
	}
}

// Parity: WT-quick.
func TestAQuickReplyBringsItsFiles(t *testing.T) {
	d := newDesk(t, recadotest.New(t, nil), "none")
	ana := d.company.Member("agent")
	conversation := d.conversation(d.ingest("carla", "1", "hello"))

	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for key, value := range map[string]string{"company": d.company.Id, "shortcut": "map", "owner": ana.Id} {
		_ = form.WriteField(key, value)
	}
	part, _ := form.CreateFormFile("files", "way to us.pdf")
	_, _ = part.Write([]byte("%PDF-1.7\n"))
	_ = form.Close()
	request := httptest.NewRequest(http.MethodPost, d.company.Records(collections.QuickReplies), &body)
	request.Header.Set("Content-Type", form.FormDataContentType())
	request.Header.Set("Authorization", ana.Token)
	reply := d.Send(request).Must(t, http.StatusOK)

	for n := range 2 { // as often as one likes: each message gets a copy
		used := d.use(ana, reply.JSON["id"], conversation.Id).Must(t, http.StatusOK)
		files, _ := used.JSON["files"].([]any)
		if len(files) != 1 {
			t.Fatalf("it brought %s", used.Raw)
		}
		file, _ := files[0].(map[string]any)
		if file["mime"] != "application/pdf" || file["name"] != "way_to_us.pdf" {
			t.Errorf("the file is %v", file)
		}
		d.send(ana, conversation, map[string]any{"kind": "document", "attachments": []any{file["id"]}, "client_id": fmt.Sprint("c", n)}).Must(t, http.StatusOK)
	}
}
