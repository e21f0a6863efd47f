package access_test

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"recado/collections"
	"recado/hooks/hours"
	"recado/hooks/recadotest"
)

// Parity: LS-company-update.
func TestOwnersSwitchTheirCompanyOffAndOn(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	owner, admin, agent := company.Member("owner"), company.Member("admin"), company.Member("agent")
	set := func(token string, body map[string]any) recadotest.Response {
		return app.Do(http.MethodPatch, company.RecordURL(company.Record), token, body)
	}
	if got := set(admin.Token, map[string]any{"active": false}); got.Code() != "owner_only" {
		t.Errorf("an admin: %s", got.Raw)
	}
	set(owner.Token, map[string]any{"active": false}).Must(t, http.StatusOK)

	contact := company.Contact()
	for name, member := range map[string]*recadotest.Member{"owner": owner, "admin": admin, "agent": agent} {
		app.Do(http.MethodGet, company.RecordURL(contact), member.Token, nil).Must(t, http.StatusOK)
		if got := app.Do(http.MethodPatch, company.RecordURL(contact), member.Token, map[string]any{"notes": "x"}); got.Status < 400 {
			t.Errorf("%s changes a contact of an inactive company", name)
		}
		if got := app.Do(http.MethodPost, company.Records(collections.Tags), member.Token, map[string]any{"company": company.Id, "name": name}); got.Status < 400 {
			t.Errorf("%s makes a tag in an inactive company", name)
		}
	}
	if got := set(admin.Token, map[string]any{"active": true}); got.Status < 400 {
		t.Errorf("an admin: %s", got.Raw)
	}
	set(owner.Token, map[string]any{"name": "Renamed"}).Must(t, http.StatusOK)
	if got := app.Reload(company.Record).GetString("name"); got == "Renamed" {
		t.Error("an inactive company was changed")
	}
	set(owner.Token, map[string]any{"active": true}).Must(t, http.StatusOK)
	app.Do(http.MethodPatch, company.RecordURL(contact), agent.Token, map[string]any{"notes": "x"}).Must(t, http.StatusOK)
}

// Parity: LS-company-update.
func TestWhatIsDueInAnInactiveCompanyWaits(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	conversation := company.Conversation(company.Webchat())
	set := func(active bool) {
		t.Helper()
		company.Set("active", active)
		if err := app.Save(company.Record); err != nil {
			t.Fatal(err)
		}
		if err := app.Inbox.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	set(false)
	message := company.Create(collections.Messages, map[string]any{
		"conversation": conversation.Id, "contact": conversation.GetString("contact"), "channel": conversation.GetString("channel"), "author": company.Member("owner").Id,
		"direction": "out", "kind": "text", "text": "Olá", "status": "queued", "answered_by": "human", "at": time.Now(), "due": time.Now(),
	})
	set(false)
	if got := app.Reload(message).GetString("status"); got != "queued" {
		t.Errorf("in an inactive company it is %s", got)
	}
	set(true)
	if got := app.Reload(message).GetString("status"); got != "sent" {
		t.Errorf("in an active one it is %s", got)
	}
}

// picture is a PNG of the size, in pixels.
func picture(t *testing.T, side int) []byte {
	t.Helper()
	noise := image.NewRGBA(image.Rect(0, 0, side, side))
	for i := range noise.Pix { // which does not compress
		noise.Pix[i] = byte(i * i >> 3)
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.NoCompression}).Encode(&out, noise); err != nil {
		t.Fatal(err)
	}

	return out.Bytes()
}

// Parity: LS-company-update, LC-company.
func TestALogoIsAPictureOfTheCompany(t *testing.T) {
	app := recadotest.New(t, nil)
	company, other := app.Company(), app.Company()
	owner, agent, stranger := company.Member("owner"), company.Member("agent"), other.Member("owner")
	address := company.RecordURL(company.Record)
	send := func(address, token, name string, content []byte) recadotest.Response {
		t.Helper()
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		part, err := form.CreateFormFile("logo", name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write(content)
		_ = form.Close()
		request := httptest.NewRequest(http.MethodPatch, address, &body)
		request.Header.Set("Content-Type", form.FormDataContentType())
		request.Header.Set("Authorization", token)

		return app.Send(request)
	}
	shown := func(name string) recadotest.Response {
		return app.Do(http.MethodGet, "/api/files/companies/"+company.Id+"/"+name, owner.Token, nil)
	}

	small := picture(t, 8)
	first := send(address, owner.Token, "logo.png", small).Must(t, http.StatusOK).JSON["logo"].(string)
	if got := shown(first).Must(t, http.StatusOK); got.Header.Get("Content-Type") != "image/png" || !bytes.Equal(got.Raw, small) {
		t.Errorf("it is shown as %s, %d bytes", got.Header.Get("Content-Type"), len(got.Raw))
	}

	svg := []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`)
	for name, try := range map[string]struct {
		address, token, file string
		content              []byte
		status               int
	}{
		"a drawing with a script":    {address, owner.Token, "logo.svg", svg, 400},
		"the same, called a picture": {address, owner.Token, "logo.png", svg, 400},
		"a page":                     {address, owner.Token, "logo.png", []byte("<!doctype html><script>alert(1)</script>"), 400},
		"nothing":                    {address, owner.Token, "logo.png", []byte("x"), 400},
		"one of more than 2 MB":      {address, owner.Token, "logo.png", picture(t, 900), 400},
		"an agent's":                 {address, agent.Token, "logo.png", small, 404},
		"a guest's":                  {address, "", "logo.png", small, 404},
		"another company's":          {address, stranger.Token, "logo.png", small, 404},
		"another company's, as one of theirs": {
			other.URL("/api/collections/companies/records/" + company.Id), stranger.Token, "logo.png", small, 404,
		},
	} {
		if got := send(try.address, try.token, try.file, try.content); got.Status != try.status {
			t.Errorf("%s: %d %s", name, got.Status, got.Raw)
		}
	}
	if now := app.Reload(company.Record).GetString("logo"); now != first {
		t.Errorf("the logo is %s", now)
	}

	second := send(address, owner.Token, "new.png", picture(t, 9)).Must(t, http.StatusOK).JSON["logo"].(string)
	shown(second).Must(t, http.StatusOK)
	shown(first).Must(t, http.StatusNotFound)
	app.Do(http.MethodPatch, address, owner.Token, map[string]any{"logo": nil}).Must(t, http.StatusOK)
	shown(second).Must(t, http.StatusNotFound)
}

// Parity: LS-company-update.
func TestACompanyIsUpdated(t *testing.T) {
	app := recadotest.New(t, nil)
	company, other := app.Company(), app.Company()
	owner, agent := company.Member("owner"), company.Member("agent")
	address := company.RecordURL(company.Record)
	mornings := map[string]any{"hours": map[string]any{"weekly": []map[string]any{{"weekday": 1, "start": 540, "end": 720}}, "closed": []string{"2026-12-25"}}}
	changes := map[string]any{
		"name": "Clínica Sol", "kind": "clinic", "size": "1-10", "website": "https://sol.example.com", "phone": "+5511999999999",
		"timezone": "Europe/Madrid", "locale": "es", "currency": "EUR", "settings": mornings,
	}
	app.Do(http.MethodPatch, address, owner.Token, changes).Must(t, http.StatusOK)
	seen := app.Do(http.MethodGet, address, agent.Token, nil).Must(t, http.StatusOK).JSON
	for field, want := range changes {
		if field != "settings" && seen[field] != want {
			t.Errorf("%s is %v, want %v", field, seen[field], want)
		}
	}

	// Its hours hold where a queue has none of its own.
	var settings struct {
		Hours hours.Hours `json:"hours"`
	}
	if err := app.Reload(company.Record).UnmarshalJSONField("settings", &settings); err != nil {
		t.Fatal(err)
	}
	madrid, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		t.Fatal(err)
	}
	in := hours.OfQueue(settings.Hours, hours.Hours{})
	for at, want := range map[time.Time]bool{time.Date(2026, 3, 2, 10, 0, 0, 0, madrid): true, time.Date(2026, 3, 2, 13, 0, 0, 0, madrid): false} {
		if open, _ := in.At(at); open != want {
			t.Errorf("at %s it is open: %v", at, open)
		}
	}

	for name, wrong := range map[string]map[string]any{
		"a time zone": {"timezone": "Mars/Olympus"}, "no time zone": {"timezone": ""}, "the server's": {"timezone": "Local"}, "a language": {"locale": "tlh"},
		"a currency": {"currency": "euros"}, "no name": {"name": ""}, "an address": {"slug": "Not One"}, "another's address": {"slug": other.GetString("slug")},
	} {
		if got := app.Do(http.MethodPatch, address, owner.Token, wrong); got.Status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", name, got.Status, got.Raw)
		}
	}
	for who, token := range map[string]string{"an agent": agent.Token, "another's owner": other.Member("owner").Token, "a guest": ""} {
		if got := app.Do(http.MethodPatch, address, token, map[string]any{"name": "X"}); got.Status != http.StatusNotFound {
			t.Errorf("%s: %d %s", who, got.Status, got.Raw)
		}
	}
	if got := app.Reload(company.Record); got.GetString("name") != "Clínica Sol" || got.GetString("timezone") != "Europe/Madrid" {
		t.Errorf("it is %v", got.PublicExport())
	}
}
