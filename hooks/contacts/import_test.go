package contacts_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/contacts"
	"recado/hooks/contacts/table"
	"recado/hooks/recadotest"
)

// desk is a company whose member imports.
type desk struct {
	app     *recadotest.App
	company *recadotest.Company
	manager *recadotest.Member
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	app := recadotest.New(t, nil)
	company := app.Company()

	return &desk{app, company, company.Member("manager")}
}

func (d *desk) upload(token, name string, content []byte) recadotest.Response {
	d.app.T.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		d.app.T.Fatal(err)
	}
	_, _ = part.Write(content)
	_ = form.Close()
	request := httptest.NewRequest(http.MethodPost, d.company.URL("/api/recado/contacts/import"), &body)
	request.Header.Set("Content-Type", form.FormDataContentType())
	request.Header.Set("Authorization", token)

	return d.app.Send(request)
}

func (d *desk) step(id, step string, body any) recadotest.Response {
	d.app.T.Helper()

	return d.app.Do(http.MethodPost, d.company.URL("/api/recado/contacts/import/"+id+"/"+step), d.manager.Token, body)
}

func (d *desk) drain() {
	d.app.T.Helper()
	if err := d.app.Contacts.RunImports(d.app.T.(*testing.T).Context()); err != nil {
		d.app.T.Fatal(err)
	}
}

// run imports a table to its end and returns the import.
func (d *desk) run(mode, content string) *core.Record {
	d.app.T.Helper()
	answer := d.upload(d.manager.Token, "people.csv", []byte(content)).Must(d.app.T, http.StatusOK)
	draft := answer.JSON["import"].(map[string]any)
	d.step(draft["id"].(string), "start", map[string]any{"mapping": draft["mapping"], "mode": mode}).Must(d.app.T, http.StatusOK)
	d.drain()

	return d.load(draft["id"].(string))
}

func (d *desk) load(id string) *core.Record {
	d.app.T.Helper()
	record, err := d.app.FindRecordById(collections.Imports, id)
	if err != nil {
		d.app.T.Fatal(err)
	}

	return record
}

func counts(record *core.Record) string {
	var list []string
	for _, field := range []string{"state", "total", "done", "added", "changed", "skipped", "failed"} {
		list = append(list, record.GetString(field))
	}

	return strings.Join(list, " ")
}

// all lists the contacts of the company by name, with the fields that matter here.
func (d *desk) all() []string {
	d.app.T.Helper()
	var rows []dbx.NullStringMap
	err := d.app.DB().NewQuery(`SELECT name, phone, email, lifecycle, notes, search FROM contacts WHERE company = {:c} AND deleted = '' ORDER BY name, phone`).
		Bind(dbx.Params{"c": d.company.Id}).All(&rows)
	if err != nil {
		d.app.T.Fatal(err)
	}
	var list []string
	for _, row := range rows {
		list = append(list, row["name"].String+"|"+row["phone"].String+"|"+row["email"].String+"|"+row["lifecycle"].String+"|"+row["notes"].String)
	}

	return list
}

const people = "Nome;Celular;E-mail;Observações;Aniversário\n" +
	"João Ávila;(11) 98765-4321;JOAO@example.com;\"VIP, antigo\";31/12/1990\n" +
	"Ana;12;ana@example.com;;\n" +
	";;;só uma nota;\n" +
	"Bia;;bia@example;;\n" +
	"Joana;+55 11 8765-4321;;outra linha da mesma pessoa;\n" +
	"Caio;;caio@example.com;;31/02/1990\n" +
	"Zoë;;zoe@example.com;;1991-02-03\n"

// Parity: LC-import, WB-contacts.
func TestImportMapsPreviewsRunsAndUndoes(t *testing.T) {
	d := newDesk(t)
	upload := d.upload(d.manager.Token, "people.csv", []byte(people)).Must(t, http.StatusOK)
	draft := upload.JSON["import"].(map[string]any)
	id := draft["id"].(string)
	if got, want := fmt.Sprint(draft["mapping"]), "[name phone email notes birthday]"; got != want || draft["total"] != 7.0 || draft["state"] != "draft" {
		t.Fatalf("mapped as %s, want %s: %s", got, want, upload.Raw)
	}

	form := map[string]any{"mapping": draft["mapping"], "mode": "update"}
	preview := d.step(id, "preview", form).Must(t, http.StatusOK)
	var outcomes []string
	for _, row := range preview.JSON["rows"].([]any) {
		outcomes = append(outcomes, row.(map[string]any)["outcome"].(string))
	}
	if got, want := strings.Join(outcomes, " "), "create error error error update error create"; got != want {
		t.Errorf("the preview says %s, want %s: %s", got, want, preview.Raw)
	}
	if len(d.all()) != 0 {
		t.Error("a preview wrote contacts")
	}

	d.step(id, "start", form).Must(t, http.StatusOK)
	d.drain()
	if got, want := counts(d.load(id)), "done 7 7 2 1 0 4"; got != want {
		t.Errorf("counted %s, want %s", got, want)
	}
	// the fifth row speaks of the first one's person: her name and note are newer, the number is the same
	want := []string{"Joana|+5511987654321|joao@example.com|lead|outra linha da mesma pessoa", "Zoë||zoe@example.com|lead|"}
	if got := d.all(); !slices.Equal(got, want) {
		t.Errorf("there are %q, want %q", got, want)
	}
	list := d.app.Do(http.MethodGet, d.company.Records(collections.Contacts)+"&filter=search~'joana+joao'", d.manager.Token, nil)
	if len(list.Items()) != 1 {
		t.Errorf("not found by name and e-mail: %s", list.Raw)
	}

	errors := d.app.Do(http.MethodGet, d.company.URL("/api/recado/contacts/import/"+id+"/errors?locale=pt"), d.manager.Token, nil).Must(t, http.StatusOK)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(errors.Raw), "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 5 || rows[1][0] != "3" || !strings.Contains(rows[1][1], "DDD") || rows[1][2] != "Ana" {
		t.Errorf("the errors are %q, %v", rows, err)
	}

	if again := d.step(id, "start", form); again.Code() != "import_state" {
		t.Errorf("an import started twice: %s", again.Raw)
	}
	d.step(id, "undo", nil).Must(t, http.StatusOK)
	d.drain()
	if record := d.load(id); len(d.all()) != 0 || record.GetString("state") != "undone" || record.GetInt("reverted") != 2 || record.GetInt("kept") != 0 {
		t.Errorf("undone: %v, left %q", record.PublicExport(), d.all())
	}
}

func TestImportModes(t *testing.T) {
	const row = "id,name,phone,email,notes\n,New name,+55 11 98765-4321,new@example.com,note\n"
	for mode, want := range map[string]string{
		"skip":   "Old|+551187654321|old@example.com|customer|old note",
		"update": "New name|+551187654321|new@example.com|customer|note",
		"create": "New name|+5511987654321|new@example.com|lead|note\nOld|+551187654321|old@example.com|customer|old note",
	} {
		t.Run(mode, func(t *testing.T) {
			d := newDesk(t)
			old := d.company.Create(collections.Contacts, map[string]any{
				"name": "Old", "phone": "+551187654321", "email": "old@example.com", "notes": "old note", "lifecycle": "customer", "tags": []string{},
			})
			conversation := d.company.Create(collections.Conversations, map[string]any{
				"contact": old.Id, "channel": d.company.Webchat().Id, "status": "pending", "answerer": "bot",
			})
			before := d.app.Reload(old).PublicExport()

			record := d.run(mode, row)
			if got := strings.Join(d.all(), "\n"); got != want {
				t.Errorf("there are %q, want %q (%s)", got, want, counts(record))
			}
			if search := d.app.Reload(conversation).GetString("search"); mode == "update" && !strings.HasPrefix(search, "new name") {
				t.Errorf("the conversation is found by %q", search)
			}

			d.step(record.Id, "undo", nil).Must(t, http.StatusOK)
			d.drain()
			if got := d.app.Reload(old).PublicExport(); fmt.Sprint(got) != fmt.Sprint(before) || len(d.all()) != 1 {
				t.Errorf("undone it is %v, was %v; there are %q", got, before, d.all())
			}
		})
	}
}

func TestUndoKeepsWhatWasChangedOrUsedSince(t *testing.T) {
	d := newDesk(t)
	record := d.run("update", "name,email\nUntouched,a@example.com\nRenamed,b@example.com\nTalking,c@example.com\n")
	find := func(email string) *core.Record {
		contact, err := d.app.FindFirstRecordByData(collections.Contacts, "email", email)
		if err != nil {
			t.Fatal(err)
		}

		return contact
	}
	d.app.Do(http.MethodPatch, d.company.RecordURL(find("b@example.com")), d.manager.Token, map[string]any{"name": "By hand"}).Must(t, http.StatusOK)
	d.company.Create(collections.Conversations, map[string]any{
		"contact": find("c@example.com").Id, "channel": d.company.Webchat().Id, "status": "pending", "answerer": "bot",
	})

	d.step(record.Id, "undo", nil).Must(t, http.StatusOK)
	d.drain()
	want := []string{"By hand||b@example.com|lead|", "Talking||c@example.com|lead|"}
	if got := d.all(); !slices.Equal(got, want) || d.load(record.Id).GetInt("kept") != 2 || d.load(record.Id).GetInt("reverted") != 1 {
		t.Errorf("left %q, want %q: %s", got, want, counts(d.load(record.Id)))
	}
}

// Many batches: duplicates across them are one contact, and cancelling keeps what is done.
func TestImportInBatches(t *testing.T) {
	d := newDesk(t)
	var file strings.Builder
	file.WriteString("name,phone\n")
	for i := range 1234 {
		fmt.Fprintf(&file, "Person %d,+5511%09d\n", i, 900000000+i%1000)
	}
	record := d.run("skip", file.String())
	if got, want := counts(record), "done 1234 1234 1000 0 234 0"; got != want {
		t.Errorf("counted %s, want %s", got, want)
	}
	if cancel := d.step(record.Id, "cancel", nil); cancel.Code() != "import_state" {
		t.Errorf("a finished import was cancelled: %s", cancel.Raw)
	}
	d.step(record.Id, "undo", nil).Must(t, http.StatusOK)
	d.drain()
	if n := len(d.all()); n != 0 {
		t.Errorf("%d contacts left", n)
	}
}

func TestOnlyThoseWhoMayImportDo(t *testing.T) {
	d := newDesk(t)
	if got := d.upload(d.company.Member("agent").Token, "p.csv", []byte("name\nAna\n")); got.Code() != "forbidden" {
		t.Errorf("an agent imported: %s", got.Raw)
	}
	id := d.upload(d.manager.Token, "p.csv", []byte("name\nAna\n")).Must(t, http.StatusOK).JSON["import"].(map[string]any)["id"].(string)
	other := d.app.Company()
	theirs := other.Member("owner")
	for _, url := range []string{d.company.URL("/api/recado/contacts/import/" + id + "/start"), other.URL("/api/recado/contacts/import/" + id + "/start")} {
		if got := d.app.Do(http.MethodPost, url, theirs.Token, map[string]any{"mapping": []string{"name"}, "mode": "skip"}); got.Status != http.StatusForbidden && got.Status != http.StatusNotFound {
			t.Errorf("another company's owner started it: %s", got.Raw)
		}
	}

	// Who may edit their own contacts only changes no one else's, and owns what they bring.
	d.company.Create(collections.Contacts, map[string]any{"name": "Not mine", "email": "x@example.com"})
	d.company.Permit(d.manager.Record, "contacts.view_own", "contacts.edit_own", "contacts.import")
	record := d.run("update", "name,email\nTaken,x@example.com\nMine,y@example.com\n")
	if got, want := counts(record), "done 2 2 1 0 1 0"; got != want {
		t.Errorf("counted %s, want %s", got, want)
	}
	mine, err := d.app.FindFirstRecordByData(collections.Contacts, "email", "y@example.com")
	if err != nil || mine.GetString("owner") != d.manager.Id {
		t.Errorf("the contact belongs to %q, %v", mine.GetString("owner"), err)
	}
}

func TestWhatIsNoTableIsRefused(t *testing.T) {
	d := newDesk(t)
	for name, c := range map[string]struct{ content, code string }{
		"picture.csv": {"\x89PNG\r\n\x1a\n\x00\x00", "import_unreadable"},
		"old.xls":     {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "import_old_excel"},
		"empty.csv":   {"name,phone\n", "import_unreadable"},
		"broken.xlsx": {"PK\x03\x04 and no more", "import_unreadable"},
		"wide.csv":    {"name" + strings.Repeat(",x", 200) + "\nAna\n", "import_too_large"},
	} {
		if got := d.upload(d.manager.Token, name, []byte(c.content)); got.Code() != c.code || got.Status != http.StatusBadRequest {
			t.Errorf("%s: %s", name, got.Raw)
		}
	}
	draft := d.upload(d.manager.Token, "p.csv", []byte("name,phone\nAna,1\n")).JSON["import"].(map[string]any)
	for code, form := range map[string]map[string]any{
		"invalid":       {"mapping": []string{"name", "name"}, "mode": "skip"},
		"import_nobody": {"mapping": []string{"notes", ""}, "mode": "skip"},
	} {
		if got := d.step(draft["id"].(string), "start", form); got.Code() != code {
			t.Errorf("%v: %s", form, got.Raw)
		}
	}
}

func TestAWorkbookIsImported(t *testing.T) {
	d := newDesk(t)
	var book bytes.Buffer
	out, err := table.NewXLSX(&book)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range [][]string{{"Nombre", "Teléfono móvil"}, {"José", "5511987654321"}} {
		if err := out.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	draft := d.upload(d.manager.Token, "gente.xlsx", book.Bytes()).Must(t, http.StatusOK).JSON["import"].(map[string]any)
	if draft["format"] != "xlsx" || fmt.Sprint(draft["mapping"]) != "[name ]" && fmt.Sprint(draft["mapping"]) != "[name phone]" {
		t.Errorf("the draft is %v", draft)
	}
	d.step(draft["id"].(string), "start", map[string]any{"mapping": []string{"name", "phone"}, "mode": "update"}).Must(t, http.StatusOK)
	d.drain()
	if got := d.all(); !slices.Equal(got, []string{"José|+5511987654321||lead|"}) {
		t.Errorf("there are %q", got)
	}
}

func TestGuessMapping(t *testing.T) {
	for headers, want := range map[string]string{
		"Name,Phone Number,E-mail Address,Notes":                "name,phone,email,notes",
		"First Name,Last Name,Phone 1 - Value,E-mail 1 - Value": "first_name,last_name,phone,email",
		"NOME COMPLETO,telefone_celular,Observação,Responsável": "name,phone,notes,owner",
		"Nombre,Apellidos,Móvil,Correo electrónico,Cumpleaños":  "first_name,last_name,phone,email,birthday",
		"id,name,phone,email,locale,birthday,lifecycle,tags":    "id,name,phone,email,locale,birthday,lifecycle,tags",
		"A,B,C": ",phone,email",
	} {
		rows := [][]string{{"x", "+55 11 98765-4321", "ana@example.com"}}
		if headers[0] != 'A' {
			rows = nil
		}
		if got := strings.Join(contacts.GuessMapping(strings.Split(headers, ","), rows, nil), ","); got != want {
			t.Errorf("%s is guessed as %s, want %s", headers, got, want)
		}
	}
}

func TestImportedTagsAreTheCompanysOwn(t *testing.T) {
	d := newDesk(t)
	vip := d.company.Create(collections.Tags, map[string]any{"name": "VIP"})
	record := d.run("update", "name,email,tags\nAna,a@example.com,vip; Ballet\nBia,b@example.com,BALLET\n")
	if got, want := counts(record), "done 2 2 2 0 0 0"; got != want {
		t.Errorf("counted %s, want %s", got, want)
	}
	tags, err := d.app.FindAllRecords(collections.Tags, dbx.HashExp{"company": d.company.Id})
	if err != nil || len(tags) != 2 {
		t.Fatalf("%d tags, %v", len(tags), err)
	}
	ana, err := d.app.FindFirstRecordByData(collections.Contacts, "email", "a@example.com")
	if err != nil || len(ana.GetStringSlice("tags")) != 2 || ana.GetStringSlice("tags")[0] != vip.Id {
		t.Errorf("Ana has %v, %v", ana.GetStringSlice("tags"), err)
	}
}

// Cancelled while it runs, an import stops after the batch in hand: what is done
// stays and can be undone, the rest is never begun.
//
// Parity: LC-import.
func TestCancellingARunningImport(t *testing.T) {
	const rows = 30_000 // sixty batches: the first is seen long before the last
	d := newDesk(t)
	var file strings.Builder
	file.WriteString("name,email\n")
	for i := range rows {
		fmt.Fprintf(&file, "Person %d,p%d@example.com\n", i, i)
	}
	draft := d.upload(d.manager.Token, "people.csv", []byte(file.String())).Must(t, http.StatusOK).JSON["import"].(map[string]any)
	id := draft["id"].(string)
	d.app.Contacts.Stop() // the test runs it
	d.step(id, "start", map[string]any{"mapping": draft["mapping"], "mode": "skip"}).Must(t, http.StatusOK)

	ended := make(chan error)
	go func() { ended <- d.app.Contacts.RunImports(t.Context()) }()
	for d.load(id).GetInt("done") == 0 {
	}
	d.step(id, "cancel", nil).Must(t, http.StatusOK)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}

	record := d.load(id)
	done := record.GetInt("done")
	if got, want := counts(record), fmt.Sprintf("cancelled %d %d %d 0 0 0", rows, done, done); got != want || done == 0 || done >= rows {
		t.Errorf("counted %s, want %s", got, want)
	}
	d.drain()
	if got := len(d.all()); got != done {
		t.Errorf("%d contacts are there, %d were counted", got, done)
	}
	d.step(id, "undo", nil).Must(t, http.StatusOK)
	d.drain()
	if left := d.all(); len(left) != 0 {
		t.Errorf("%d contacts are left", len(left))
	}
}

// The company's own fields are imported by key or label and checked by their type.
//
// Parity: LC-import.
func TestImportOfTheCompanysOwnFields(t *testing.T) {
	d := newDesk(t)
	for i, field := range []map[string]any{
		{"label": "Convênio", "type": "choice", "choices": []string{"Ouro", "Prata"}}, {"label": "Filhos", "type": "number"},
		{"label": "Fuma", "type": "boolean"}, {"label": "Desde", "type": "date"}, {"label": "Site", "type": "url"}, {"label": "Apelido", "type": "text"},
	} {
		field["position"] = i
		d.company.Create(collections.ContactFields, field)
	}
	old := d.company.Create(collections.Contacts, map[string]any{"name": "Bia", "email": "b@example.com", "custom": map[string]any{"apelido": "Bi", "filhos": 1}})
	before := d.app.Reload(old).PublicExport()

	record := d.run("update", "Nome,E-mail,CONVENIO,custom.filhos,Fuma,Desde,Site,Apelido\n"+
		"Ana,a@example.com,ouro,\"1,5\",sim,31/12/2020,https://example.com,\n"+
		"Bia,b@example.com,,2,,,,\n"+
		"Caio,c@example.com,Bronze,,,,,\nDora,d@example.com,,zwei,,,,\nEva,e@example.com,,,vielleicht,,,\nFlora,f@example.com,,,,,nope,\n")
	if got, want := counts(record), "done 6 6 1 1 0 4"; got != want {
		t.Errorf("counted %s, want %s: mapped as %v", got, want, record.GetString("mapping"))
	}
	for email, want := range map[string]string{
		"a@example.com": `{"convenio":"Ouro","desde":"2020-12-31","filhos":1.5,"fuma":true,"site":"https://example.com"}`,
		"b@example.com": `{"apelido":"Bi","filhos":2}`,
	} {
		contact, err := d.app.FindFirstRecordByData(collections.Contacts, "email", email)
		if err != nil || contact.GetString("custom") != want {
			t.Errorf("%s has %s, want %s (%v)", email, contact.GetString("custom"), want, err)
		}
	}
	errors := d.app.Do(http.MethodGet, d.company.URL("/api/recado/contacts/import/"+record.Id+"/errors?locale=pt-BR"), d.manager.Token, nil)
	if !strings.Contains(string(errors.Raw), "Convênio: isto não é nenhuma das opções.") {
		t.Errorf("the errors are %s", errors.Raw)
	}

	d.step(record.Id, "undo", nil).Must(t, http.StatusOK)
	d.drain()
	if got := d.app.Reload(old).PublicExport(); fmt.Sprint(got) != fmt.Sprint(before) {
		t.Errorf("undone it is %v, was %v", got, before)
	}
}
