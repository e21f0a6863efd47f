package notify_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/config"
	"recado/hooks"
	"recado/hooks/channels"
)

// The crash test runs this test binary again as a Recado that is killed. These
// variables tell the child what to do.
const (
	crashDir   = "RECADO_TEST_CRASH_DIR"
	crashNow   = "RECADO_TEST_CRASH_NOW" // Unix seconds
	crashTotal = 120
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		if err := crashChild(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}

	os.Exit(m.Run())
}

// crashChild is a Recado on the given folder that reminds of everything that is
// due, and prints a line for every reminder that is sent.
func crashChild(dir string) error {
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: dir, DBConnect: config.DBConnect})
	if err := app.Bootstrap(); err != nil {
		return err
	}
	cfg, err := config.Load([]string{"RECADO_SMTP_HOST=127.0.0.1", "RECADO_SMTP_PORT=1", "RECADO_SMTP_SENDER=desk@clinic.test"}, nil)
	if err != nil {
		return err
	}
	var now int64
	fmt.Sscan(os.Getenv(crashNow), &now)
	rooms := hooks.Register(app, cfg, func() time.Time { return time.Unix(now, 0) })
	rooms.Channels.Add("whatsapp", &logChannel{path: filepath.Join(dir, "deliveries.log")})
	app.OnRecordAfterUpdateSuccess(collections.Reminders).BindFunc(func(e *core.RecordEvent) error {
		fmt.Println("sent", e.Record.Id)

		return e.Next()
	})

	rooms.Inbox.Start()
	if err := rooms.Notify.Tick(context.Background()); err != nil {
		return err
	}

	return rooms.Inbox.Drain(context.Background())
}

// logChannel is a network that survives the crash: a file with a line for each delivery.
type logChannel struct {
	phone
	path string
	file sync.Mutex
}

func (l *logChannel) Send(_ context.Context, out channels.Outgoing) (string, error) {
	l.file.Lock()
	defer l.file.Unlock()
	file, err := os.OpenFile(l.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	defer file.Close()
	_, err = fmt.Fprintf(file, "%s\t%s\n", out.ExternalID, out.Message)

	return out.ExternalID, err
}

// Two processes remind from one folder, one of them is killed (kill -9) again and
// again: every customer is reminded, and nobody twice.
func TestKillingRemindsOnce(t *testing.T) {
	d := newDesk(t)
	for i := range crashTotal {
		// a conversation each, as an import leaves them: nothing of it is due
		contact := d.company.Contact()
		conversation := d.company.Create(collections.Conversations, map[string]any{
			"contact": contact.Id, "channel": d.channel.Id, "status": "open", "answerer": "waiting", "last_message_at": monday,
		})
		agenda := d.company.Agenda()
		service := d.company.Service(agenda)
		a := d.company.Create(collections.Appointments, map[string]any{
			"agenda": agenda.Id, "service": service.Id, "contact": contact.Id, "conversation": conversation.Id, "source": "bot",
			"start": monday.Add(50 * time.Hour), "status": "confirmed",
		})
		if i == 0 {
			d.want(a, "booked", "1440 scheduled", "120 scheduled")
		}
	}
	dir := d.DataDir()
	d.Leave() // the children have the folder to themselves

	now := monday.Add(26 * time.Hour)
	for _, kill := range []int{10, 25, 0} {
		var wait sync.WaitGroup
		for _, after := range []int{kill, 0} {
			if kill > 0 && after == 0 {
				after = kill + 15 // the other one lives a little longer
			}
			wait.Go(func() { child(t, dir, now, after) })
		}
		wait.Wait()
		now = now.Add(10 * time.Minute) // the claims of the killed have run out
	}

	if err := d.Bootstrap(); err != nil {
		t.Fatal(err)
	}
	var rows []struct {
		Reminder string `db:"id"`
		Message  string `db:"message"`
	}
	err := d.DB().Select("id", "message").From(collections.Reminders).Where(dbx.HashExp{"status": "sent"}).All(&rows)
	if err != nil || len(rows) != crashTotal {
		t.Fatalf("%d reminders are sent, want %d (%v)", len(rows), crashTotal, err)
	}
	messages, err := d.CountRecords(collections.Messages, dbx.HashExp{"direction": "out", "status": "sent"})
	if err != nil || messages != crashTotal {
		t.Errorf("%d messages are sent, want %d (%v)", messages, crashTotal, err)
	}

	raw, err := os.ReadFile(filepath.Join(dir, "deliveries.log"))
	if err != nil {
		t.Fatal(err)
	}
	delivered := map[string]string{} // message → external id
	for line := range strings.Lines(string(raw)) {
		id, message, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if known, again := delivered[message]; again && known != id {
			t.Errorf("a message went out as %s and as %s", known, id)
		}
		delivered[message] = id
	}
	for _, row := range rows {
		if delivered[row.Message] == "" {
			t.Errorf("reminder %s was never delivered", row.Reminder)
		}
	}
}

// child runs a child and kills it after so many reminders; 0 lets it finish.
func child(t *testing.T, dir string, now time.Time, kill int) {
	process := exec.Command(os.Args[0])
	process.Env = append(os.Environ(), crashDir+"="+dir, fmt.Sprintf("%s=%d", crashNow, now.Unix()))
	process.Stderr = os.Stderr
	stdout, err := process.StdoutPipe()
	if err != nil {
		t.Error(err)

		return
	}
	if err := process.Start(); err != nil {
		t.Error(err)

		return
	}
	seen := 0
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "sent ") {
			seen++
		}
		if kill > 0 && seen >= kill {
			_ = process.Process.Kill()
			kill = 0
		}
	}
	_ = process.Wait()
}
