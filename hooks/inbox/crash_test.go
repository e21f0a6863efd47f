package inbox_test

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
	"recado/hooks/inbox"
	"recado/hooks/recadotest"
	"recado/hooks/recadotest/readers"
)

// The crash test runs this test binary again as a Recado that is killed. These
// variables tell the child what to do.
const (
	crashDir   = "RECADO_TEST_CRASH_DIR"
	crashRun   = "RECADO_TEST_CRASH_RUN"
	crashTotal = 400
)

func TestMain(m *testing.M) {
	readers.Main()
	if dir := os.Getenv(crashDir); dir != "" {
		if err := crashChild(dir, os.Getenv(crashRun)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}

	os.Exit(m.Run())
}

// crashChild is a Recado on the given folder that receives the whole burst,
// again from the start as a network would redeliver it, and prints a line for
// every acknowledged message.
func crashChild(dir, run string) error {
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: dir, DBConnect: config.DBConnect})
	if err := app.Bootstrap(); err != nil {
		return err
	}
	cfg, err := config.Load(nil, nil)
	if err != nil {
		return err
	}

	// Each run is minutes later, so that the claims of the killed one have run out.
	var minutes int
	fmt.Sscan(run, &minutes)
	now := func() time.Time { return time.Now().Add(time.Duration(minutes) * 10 * time.Minute) }
	rooms := hooks.Register(app, cfg, now)
	rooms.Answerers["bot"] = plainEcho{}
	rooms.Channels.Add("whatsapp", &logChannel{path: filepath.Join(dir, "deliveries.log")})

	channel, err := app.FindFirstRecordByFilter(collections.Channels, "kind = 'whatsapp'")
	if err != nil {
		return err
	}
	rooms.Inbox.Start()

	var wait sync.WaitGroup
	var out sync.Mutex
	for lane := range 8 {
		wait.Go(func() {
			for i := lane; i < crashTotal; i += 8 {
				_, err := rooms.Inbox.Ingest(context.Background(), channels.Inbound{
					Company: channel.GetString("company"), Channel: channel.Id, IdentityKind: "visitor",
					IdentityValue: fmt.Sprint("visitor", i%10), ExternalID: fmt.Sprint("in-", i), Text: fmt.Sprint("text-", i),
				})
				out.Lock()
				if err == nil {
					fmt.Println("ack", i)
				} else {
					fmt.Fprintln(os.Stderr, err)
				}
				out.Unlock()
			}
		})
	}
	wait.Wait()
	if err := rooms.Inbox.Drain(context.Background()); err != nil {
		return err
	}
	fmt.Println("done")

	return nil
}

// plainEcho answers each message with one of its own, and nothing else.
type plainEcho struct{}

func (plainEcho) Answer(app core.App, turn inbox.Turn) (inbox.Answer, error) {
	turn.Greet = false

	return echo{}.Answer(app, turn)
}

// logChannel is a network that survives the crash: a file with a line for each delivery.
type logChannel struct {
	fakeChannel
	path string
	mu   sync.Mutex
}

func (l *logChannel) Send(_ context.Context, out channels.Outgoing) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()

	file, err := os.OpenFile(l.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	defer file.Close()
	_, err = fmt.Fprintf(file, "%s\t%s\n", out.ExternalID, out.Text)

	return out.ExternalID, err
}

// Parity: WT-messages.
func TestKillingLosesAndDoublesNothing(t *testing.T) {
	app := recadotest.New(t, nil)
	d := newDesk(t, app, "bot")
	dir := app.DataDir()
	app.Leave() // the child has the folder to itself

	acknowledged := map[string]bool{}
	for run, kill := range []int{40, 90, 160, 0} {
		runChild(t, dir, run, kill, acknowledged)
	}
	if len(acknowledged) != crashTotal {
		t.Fatalf("%d messages acknowledged in the end, want %d", len(acknowledged), crashTotal)
	}

	if err := app.Bootstrap(); err != nil {
		t.Fatal(err)
	}
	for i := range crashTotal {
		count, err := app.CountRecords(collections.Messages, dbx.HashExp{"channel": d.channel, "external_id": fmt.Sprint("in-", i)})
		if err != nil || count != 1 {
			t.Errorf("message %d is there %d times (%v)", i, count, err)
		}
	}
	unsent, err := app.CountRecords(collections.Messages, dbx.NewExp("direction = 'out' AND status != 'sent'"))
	if err != nil || unsent != 0 {
		t.Errorf("%d replies are not sent (%v)", unsent, err)
	}

	replies := map[string]map[string]bool{} // text -> external ids it came under
	raw, err := os.ReadFile(filepath.Join(dir, "deliveries.log"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		id, text, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if replies[text] == nil {
			replies[text] = map[string]bool{}
		}
		replies[text][id] = true
	}
	for i := range crashTotal {
		if got := replies[fmt.Sprint("echo text-", i)]; len(got) != 1 {
			t.Errorf("the reply to message %d was delivered as %d messages", i, len(got))
		}
	}
}

// runChild runs the child and kills it after so many acknowledgements; 0 lets it finish.
func runChild(t *testing.T, dir string, run, kill int, acknowledged map[string]bool) {
	t.Helper()

	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), crashDir+"="+dir, fmt.Sprintf("%s=%d", crashRun, run))
	child.Stderr = os.Stderr
	stdout, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}

	seen := 0
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if number, ok := strings.CutPrefix(lines.Text(), "ack "); ok {
			acknowledged[number] = true
			seen++
		}
		if kill > 0 && seen >= kill {
			_ = child.Process.Kill()
			kill = 0
		}
	}
	_ = child.Wait()
}
