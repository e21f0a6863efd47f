package jobs_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/mail"
	"recado/hooks/recadotest"
	"recado/hooks/recadotest/smtptest"
)

const systemURL = "/api/recado/system"

// system is the part of the answer that these tests look at.
type system struct {
	Status, Version string
	Jobs            []struct{ Name string }
	Queues          []struct {
		Name            string
		Waiting, Failed int
		Rows            []struct{ ID, Company, Error string }
	}
	Storage struct {
		Databases            map[string]int64
		Files, Backups       int
		FilesBytes, DayBytes int64
		AsideBytes           int64
		TotalBytes           uint64
	}
	Backup struct{ Every, Name, Made string }
}

func look(t *testing.T, app *recadotest.App, token string) system {
	t.Helper()
	var answer system
	if err := json.Unmarshal(app.Do(http.MethodGet, systemURL, token, nil).Must(t, 200).Raw, &answer); err != nil {
		t.Fatal(err)
	}

	return answer
}

// failed makes a message that was given up.
func failed(company *recadotest.Company) *core.Record {
	conversation := company.Conversation(company.Webchat())

	return company.Create(collections.Messages, map[string]any{
		"conversation": conversation.Id, "contact": conversation.GetString("contact"), "channel": conversation.GetString("channel"),
		"direction": "out", "kind": "text", "text": "Words of a customer", "status": "failed", "error": "the channel is gone", "attempts": 8,
	})
}

// Jobs, rows that failed and what takes room are the machine's, not a company's:
// those who may change the only company see them, with several nobody of theirs.
//
// Parity: LS-jobs.
func TestWhoMayLookAtTheSystem(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	owner, admin, agent := company.Member("owner"), company.Member("admin"), company.Member("agent")
	stranger, former := app.Token(app.User()), company.Member("admin")
	former.Set("active", false)
	if err := app.Save(former.Record); err != nil {
		t.Fatal(err)
	}
	row := failed(company)
	requests := []struct{ method, path string }{
		{http.MethodGet, systemURL},
		{http.MethodPost, systemURL + "/jobs/clean-up/run"},
		{http.MethodPost, systemURL + "/queues/messages/" + row.Id + "/retry"},
	}
	refused := func(who, token string, status int, code string) {
		t.Helper()
		for _, request := range requests {
			response := app.Do(request.method, request.path+"?company="+company.Id, token, nil)
			if response.Status != status || response.Code() != code || strings.Contains(string(response.Raw), "channel is gone") {
				t.Errorf("%s: %s %s answered %d %s", who, request.method, request.path, response.Status, response.Raw)
			}
		}
		if app.Reload(row).GetString("status") != "failed" {
			t.Fatalf("%s sent the message again", who)
		}
	}

	refused("a guest", "", 401, "sign_in")
	refused("an agent", agent.Token, 403, "forbidden")
	refused("a stranger", stranger, 403, "forbidden")
	refused("a former admin", former.Token, 403, "forbidden")
	for who, token := range map[string]string{"the owner": owner.Token, "an admin": admin.Token, "a superuser": app.Superuser()} {
		answer := app.Do(http.MethodGet, systemURL, token, nil)
		if answer.Status != 200 || strings.Contains(string(answer.Raw), "Words of a customer") || strings.Contains(string(answer.Raw), app.DataDir()) {
			t.Errorf("%s: %d %s", who, answer.Status, answer.Raw)
		}
	}

	other := app.Company()
	refused("the owner of one of two companies", owner.Token, 403, "forbidden")
	refused("the owner of the other", other.Member("owner").Token, 403, "forbidden")
	if answer := look(t, app, app.Superuser()); len(answer.Jobs) == 0 || answer.Version != "test" {
		t.Errorf("a superuser sees %+v", answer)
	}
}

// What was given up is listed with its reason, and due again when someone says so.
func TestWhatWasGivenUpIsTriedAgain(t *testing.T) {
	server := smtptest.New(t)
	app := recadotest.New(t, nil, server.Env()...)
	company := app.Company()
	token := company.Member("owner").Token
	message := failed(company)
	letter, err := app.Mail.Write(app, mail.Mail{Company: company.Id, To: "ana@example.com", Kind: "test", Locale: "en", Subject: "Hello", HTML: "<p>Hi</p>", Text: "Hi"})
	if err != nil {
		t.Fatal(err)
	}
	letter.Load(map[string]any{"status": "failed", "error": "550 no such user", "attempts": 8})
	if err := app.Save(letter); err != nil {
		t.Fatal(err)
	}

	found := map[string]string{}
	for _, queue := range look(t, app, token).Queues {
		for _, row := range queue.Rows {
			found[queue.Name] += row.ID + " of " + row.Company + ": " + row.Error
		}
		if queue.Failed != 1 || queue.Waiting != 0 {
			t.Errorf("%+v", queue)
		}
	}
	if found["messages"] != message.Id+" of "+company.Id+": the channel is gone" || found["mails"] != letter.Id+" of "+company.Id+": 550 no such user" {
		t.Errorf("listed: %v", found)
	}

	retry := func(queue, id string) recadotest.Response {
		return app.Do(http.MethodPost, systemURL+"/queues/"+queue+"/"+id+"/retry", token, nil)
	}
	for queue, row := range map[string]*core.Record{"messages": message, "mails": letter} {
		retry(queue, row.Id).Must(t, 200)
		if again := app.Reload(row); again.GetString("status") == "failed" || again.GetString("error") != "" || again.GetInt("attempts") > 1 {
			t.Errorf("%s: %v", queue, again.FieldsData())
		}
		if answer := retry(queue, row.Id); answer.Status != 404 {
			t.Errorf("%s: what did not fail is tried again: %d", queue, answer.Status)
		}
	}
	if answer := retry("contacts", message.Id); answer.Status != 404 || answer.Code() != "not_found" {
		t.Errorf("a queue there is not: %d %s", answer.Status, answer.Raw)
	}
}

// Looking at the queues must not read the whole of a large collection.
func TestQueuesAreLookedAtByAnIndex(t *testing.T) {
	app := recadotest.New(t, nil)
	for _, queue := range app.Queues() {
		for _, condition := range []string{queue.Waiting, queue.Failed} {
			var plan []struct{ Detail string }
			if err := app.ConcurrentDB().NewQuery("EXPLAIN QUERY PLAN SELECT COUNT(*) FROM " + queue.Collection + " WHERE " + condition).All(&plan); err != nil {
				t.Fatal(err)
			}
			if text := fmt.Sprint(plan); !strings.Contains(text, "INDEX") {
				t.Errorf("%s, %s: %s", queue.Name, condition, text)
			}
		}
	}
}

func TestStorageIsMeasured(t *testing.T) {
	clock := recadotest.NewClock(time.Date(2040, 3, 5, 8, 0, 0, 0, time.UTC))
	app := recadotest.New(t, clock.Now)
	put := func(name string, size int) {
		t.Helper()
		path := filepath.Join(app.DataDir(), name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("storage/files1/x/exam.pdf", 1000)
	put("storage/files1/x/exam.pdf.attrs", 10)
	put("backups/recado-20400304-030000.zip", 500)
	put("before-restore-20400301-100000/data.db", 700)
	measure := func() system {
		t.Helper()
		if err := app.Storage.Measure(t.Context()); err != nil {
			t.Fatal(err)
		}

		return look(t, app, app.Superuser())
	}
	company := app.Company()

	found := measure().Storage
	if found.Files != 1 || found.FilesBytes != 1000 || found.Backups != 1 || found.AsideBytes != 700 || found.TotalBytes == 0 {
		t.Errorf("%+v", found)
	}
	if len(found.Databases) != 2 || found.Databases["data.db"] < 100_000 || found.Databases["auxiliary.db"] == 0 || found.DayBytes != 0 {
		t.Errorf("%+v", found)
	}

	put("storage/files1/x/film.mp4", 10<<20)
	clock.Advance(10 * 24 * time.Hour)
	if found := measure().Storage; found.Files != 2 || found.DayBytes < 1<<20 || found.DayBytes > 2<<20 {
		t.Errorf("after ten days: %+v", found)
	}
	if look(t, app, company.Member("owner").Token).Storage.Files != 2 {
		t.Error("the owner sees another storage")
	}
}

// The screen names each job and queue in words; that its languages are alike is
// for the web app's own tests.
func TestEveryJobHasAName(t *testing.T) {
	raw, err := os.ReadFile("../../ui/src/locales/en/system.json")
	if err != nil {
		t.Fatal(err)
	}
	var texts struct{ Job, Queue map[string]string }
	if err := json.Unmarshal(raw, &texts); err != nil {
		t.Fatal(err)
	}
	app := recadotest.New(t, nil)
	for _, job := range app.Schedule() {
		if key := regexp.MustCompile(`\W`).ReplaceAllString(job.Name, "_"); texts.Job[key] == "" {
			t.Errorf("ui/src/locales lack system.job.%s", key)
		}
	}
	for _, queue := range app.Queues() {
		if texts.Queue[queue.Name] == "" {
			t.Errorf("ui/src/locales lack system.queue.%s", queue.Name)
		}
	}
}
