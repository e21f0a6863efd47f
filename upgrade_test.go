package main

import (
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// firstRelease is the commit whose program stands for the previous release while
// there is no tag: its data has no queues of members, no mails, no search.
const firstRelease = "69f3693"

// previousRelease builds the program of the last tag before this commit.
func previousRelease(t *testing.T) string {
	t.Helper()
	git := func(args ...string) (string, error) {
		out, err := exec.Command("git", args...).Output()

		return strings.TrimSpace(string(out)), err
	}
	commit, err := git("describe", "--tags", "--abbrev=0", "HEAD^")
	if err != nil {
		commit = firstRelease
	}
	if _, err := git("rev-parse", "--verify", "--quiet", commit+"^{commit}"); err != nil {
		t.Skipf("the previous release (%s) can't be built: this tree has no git history that reaches it", commit)
	}
	source := t.TempDir()
	tree := filepath.Join(source, "tree.tar")
	if _, err := git("archive", "--format=tar", "--output", tree, commit); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("tar", "-xf", tree, "-C", source).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	old := filepath.Join(source, "recado-previous")
	build := exec.Command("go", "build", "-ldflags", "-X main.version=v0.0.0-previous", "-o", old, ".")
	build.Dir = source
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building %s: %v\n%s", commit, err, out)
	}

	return old
}

// with lets the helpers of these tests work with another program.
func with(other string, do func()) {
	ours := binary
	binary = other
	defer func() { binary = ours }()
	do()
}

// changeable are columns that an upgrade, or the jobs after it, may fill anew.
var changeable = []string{"updated", "search", "permissions", "rev", "state", "state_since", "settings"}

// table is every row of a table, by id and column.
type table map[string]map[string]string

// snapshot reads all tables but those of PocketBase's own.
func snapshot(t *testing.T, data string) map[string]table {
	t.Helper()
	db := database(t, data)
	defer db.Close()
	names, err := db.Query("SELECT name FROM _collections WHERE type != 'view' AND name NOT LIKE '!_%' ESCAPE '!'")
	if err != nil {
		t.Fatal(err)
	}
	defer names.Close()
	all := map[string]table{}
	for names.Next() {
		var name string
		if err := names.Scan(&name); err != nil {
			t.Fatal(err)
		}
		all[name] = readTable(t, db, name)
	}

	return all
}

func readTable(t *testing.T, db *sql.DB, name string) table {
	t.Helper()
	rows, err := db.Query("SELECT * FROM `" + name + "`")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	found := table{}
	for rows.Next() {
		values, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		row := map[string]string{}
		for i, column := range columns {
			row[column] = values[i].String
		}
		found[row["id"]] = row
	}

	return found
}

// desk is what a day at the desk left behind, written through the API.
type desk struct {
	*client
	owner, company, agenda, service string
	visitors                        []string // their tokens
}

func (d *desk) list(collection string) []map[string]any {
	d.t.Helper()
	var list []map[string]any
	items, _ := d.must("GET", "/api/collections/"+collection+"/records?perPage=500&company="+d.company, d.owner, nil)["items"].([]any)
	for _, item := range items {
		list = append(list, item.(map[string]any))
	}

	return list
}

// slots are the free times of the coming two weeks.
func (d *desk) slots() []string {
	d.t.Helper()
	query := url.Values{
		"company": {d.company}, "service": {d.service},
		"from": {time.Now().UTC().Format(time.RFC3339)}, "to": {time.Now().UTC().AddDate(0, 0, 14).Format(time.RFC3339)},
	}
	var starts []string
	items, _ := d.must("GET", "/api/recado/agendas/"+d.agenda+"/slots?"+query.Encode(), d.owner, nil)["slots"].([]any)
	for _, item := range items {
		starts = append(starts, item.(map[string]any)["start"].(string))
	}

	return starts
}

func (d *desk) book(start, name string) (int, string) {
	d.t.Helper()

	return send(d.t, "POST", d.address+"/api/recado/agendas/"+d.agenda+"/book?company="+d.company, d.owner,
		`{"service":"`+d.service+`","start":"`+start+`","visitor":{"name":"`+name+`","email":"a@example.com"}}`)
}

// signIn opens the desk of a running Recado.
func signIn(t *testing.T, address string) *desk {
	t.Helper()
	d := &desk{client: &client{t: t, address: address}}
	d.owner = d.must("POST", "/api/collections/users/auth-with-password", "", map[string]any{"identity": "owner@example.com", "password": "a-good-password"})["token"].(string)
	d.company = d.must("GET", "/api/collections/companies/records", d.owner, nil)["items"].([]any)[0].(map[string]any)["id"].(string)
	d.agenda, d.service = d.list("agendas")[0]["id"].(string), d.list("services")[0]["id"].(string)

	return d
}

// work fills the desk.
func (d *desk) work(data string) {
	d.t.Helper()
	for i := range 60 {
		d.must("POST", "/api/collections/contacts/records?company="+d.company, d.owner, map[string]any{
			"company": d.company, "name": fmt.Sprintf("Contato Número %d", i), "email": fmt.Sprintf("c%d@example.com", i),
			"phone": fmt.Sprintf("+55119876%05d", i), "notes": "allergic to penicillin", "lifecycle": "lead",
		})
	}
	key := publicKey(d.t, data)
	for i := range 12 {
		token := "Bearer " + d.must("POST", "/api/recado/webchat/"+key+"/sessions", "", map[string]any{"locale": "en"})["token"].(string)
		d.visitors = append(d.visitors, token)
		d.must("POST", "/api/recado/webchat/files", token, pdf(fmt.Sprint("exam", i)))
		for n := range 5 {
			d.must("POST", "/api/recado/webchat/messages", token, map[string]any{"clientId": fmt.Sprint(n), "text": fmt.Sprintf("Do you treat wisdom teeth? %d", n)})
		}
	}
	for i, conversation := range d.list("conversations") {
		path := "/api/collections/conversations/records/" + conversation["id"].(string) + "?company=" + d.company
		switch i % 3 {
		case 0:
			d.must("PATCH", path, d.owner, map[string]any{"status": "closed"})
		case 1:
			d.must("POST", "/api/collections/messages/records?company="+d.company, d.owner, map[string]any{
				"company": d.company, "conversation": conversation["id"], "kind": "text", "text": "Yes, every weekday."})
		}
	}
	for i, start := range d.slots()[:20] {
		if code, body := d.book(start, fmt.Sprint("Paciente ", i)); code >= 300 {
			d.t.Fatalf("booking: %d %s", code, body)
		}
	}
}

// A desk of the previous release goes on with this one: every row is there as it
// was, and everything works on it. And the way back is open.
func TestUpgradeFromThePreviousRelease(t *testing.T) {
	old := previousRelease(t)
	data := filepath.Join(t.TempDir(), "pb_data")
	var before map[string]table
	var visitors []string
	with(old, func() {
		setUp(t, data)
		p := serve(t, data)
		d := signIn(t, p.address)
		d.work(data)
		visitors = d.visitors
		p.stop(t)
		before = snapshot(t, data)
	})
	for name, least := range map[string]int{"contacts": 60, "conversations": 12, "messages": 60, "files": 12, "appointments": 20, "occupancies": 20} {
		if len(before[name]) < least {
			t.Fatalf("the old desk has only %d %s", len(before[name]), name)
		}
	}

	// the command changes the schema and does nothing else
	ok(t, "setup", "--dir", data)
	compare(t, before, snapshot(t, data))
	copies := upgradeCopies(t, data)
	if len(copies) != 1 {
		t.Fatalf("copies: %v", copies)
	}

	p := serve(t, data)
	d := signIn(t, p.address)
	stillWorks(t, d, visitors)
	p.stop(t)
	after := snapshot(t, data)
	for name, rows := range before {
		for id := range rows {
			if _, ok := after[name][id]; !ok && name != "auth_sessions" {
				t.Errorf("%s lost %s while it served", name, id)
			}
		}
	}

	ok(t, "restore", copies[0], "--dir", data)
	compare(t, before, snapshot(t, data))
	with(old, func() {
		p := serve(t, data)
		if have := len(signIn(t, p.address).list("contacts")); have < 60 {
			t.Errorf("back at the previous release there are %d contacts", have)
		}
		p.stop(t)
	})
}

// compare finds every row of before as it was.
func compare(t *testing.T, before, after map[string]table) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if len(after[name]) < len(before[name]) {
			t.Errorf("%s: %d rows of %d are left", name, len(after[name]), len(before[name]))
		}
		for id, row := range before[name] {
			for column, value := range row {
				have, kept := after[name][id][column]
				if kept && have != value && !slices.Contains(changeable, column) {
					t.Errorf("%s %s: %s was %q and is %q", name, id, column, value, have)
				}
			}
		}
	}
}

// stillWorks goes through the desk as the people at it do.
func stillWorks(t *testing.T, d *desk, visitors []string) {
	t.Helper()
	if _, body := get(t, d.address+"/api/recado/health"); !strings.Contains(body, `"ok":true`) || strings.Contains(body, `"error":"failed"`) {
		t.Errorf("health: %s", body)
	}
	if have := len(d.list("contacts")); have < 60 {
		t.Errorf("%d contacts", have)
	}
	// a visitor who was there before goes on in the same conversation
	answer := d.must("GET", "/api/recado/webchat/messages", visitors[1], nil)
	if items, _ := answer["items"].([]any); len(items) < 5 {
		t.Errorf("the visitor sees %v", answer)
	}
	d.must("POST", "/api/recado/webchat/messages", visitors[1], map[string]any{"clientId": "after", "text": "I am back after the upgrade"})
	if err := eventually(func() error {
		found := d.must("GET", "/api/recado/search?q=wisdom+teeth&company="+d.company, d.owner, nil)
		if !strings.Contains(fmt.Sprint(found), "wisdom") {
			return errors.New("what was written before is not found: " + fmt.Sprint(found))
		}

		return nil
	}); err != nil {
		t.Error(err)
	}
	file := d.list("files")[0]["id"].(string)
	if code, body := send(t, "GET", d.address+"/api/recado/files/"+file+"?company="+d.company, d.owner, ""); code != 200 || !strings.Contains(body, canaryText) {
		t.Errorf("a file: %d %.100s", code, body)
	}
	// what was booked stays taken, what is free can be booked
	var taken string
	for _, appointment := range d.list("appointments") {
		taken = strings.Replace(appointment["start"].(string), " ", "T", 1)
	}
	if code, body := d.book(taken, "Too late"); code != 409 || !strings.Contains(body, "slot_taken") {
		t.Errorf("a taken time: %d %s", code, body)
	}
	if code, body := d.book(d.slots()[0], "In time"); code >= 300 {
		t.Errorf("a free time: %d %s", code, body)
	}
	for _, conversation := range d.list("conversations") {
		if conversation["status"] == "closed" {
			d.must("PATCH", "/api/collections/conversations/records/"+conversation["id"].(string)+"?company="+d.company, d.owner, map[string]any{"status": "open"})

			break
		}
	}
}

// eventually asks again for half a minute what a job has yet to do.
func eventually(ask func() error) error {
	var err error
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		if err = ask(); err == nil {
			return nil
		}
	}

	return err
}
