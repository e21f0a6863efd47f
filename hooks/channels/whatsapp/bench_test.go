package whatsapp_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/store/sqlstore"
	"go.mau.fi/whatsmeow/types/events"
	waLog "go.mau.fi/whatsmeow/util/log"

	"recado/collections"
	"recado/config"
	"recado/hooks"
	"recado/hooks/channels/whatsapp"
	"recado/hooks/channels/whatsapp/wasim"
	"recado/hooks/recadotest"
	"recado/hooks/recadotest/readers"
)

// Recado beside a bare whatsmeow: the same options, database and simulator, and a
// handler that does nothing.

const (
	benchPeople = 50
	benchBatch  = 1000 // messages in
	benchSends  = 300  // messages out
)

// people are customers who write to a shop.
func people(sim *wasim.Server) []*wasim.Phone {
	all := make([]*wasim.Phone, benchPeople)
	for i := range all {
		all[i] = sim.NewPhone(fmt.Sprintf("55119888%05d", i), fmt.Sprint("Customer ", i))
	}

	return all
}

// talk is what people write: mostly words, some of them answers, and an emoji now
// and then.
func talk(b *testing.B, all []*wasim.Phone, shop *wasim.Phone, count int) {
	last := map[int]string{}
	for i := range count {
		who := i % len(all)
		words := fmt.Sprintf("Bom dia, vocês têm horário na quinta à tarde? (%d)", i)
		var id string
		var err error
		switch {
		case i/len(all)%10 == 4 && last[who] != "":
			id, err = all[who].Answer(shop, words, last[who], all[who])
		case i/len(all)%10 == 7 && last[who] != "":
			_, err = all[who].React(shop, last[who], true, "👍")
		default:
			id, err = all[who].Say(shop, words)
		}
		must(b, err)
		if id != "" {
			last[who] = id
		}
	}
}

// bareClient is a linked whatsmeow client with the options Recado has.
func bareClient(b testing.TB, sim *wasim.Server, shop *wasim.Phone, heard func()) *whatsmeow.Client {
	db := got(sql.Open("sqlite", bareDSN(filepath.Join(b.TempDir(), "bare.db"))))(b)
	db.SetMaxOpenConns(8)
	b.Cleanup(func() { _ = db.Close() })
	container := sqlstore.NewWithDB(db, "sqlite", waLog.Noop)
	must(b, container.Upgrade(b.Context()))
	client := bareOptions(container.NewDevice(), heard)
	must(b, sim.Configure(client))
	codes := got(client.GetQRChannel(context.Background()))(b)
	must(b, client.Connect())
	b.Cleanup(client.Disconnect)
	got(shop.Scan(within(b), (<-codes).Code))(b)
	must(b, shop.Online(within(b)))

	return client
}

// bareDSN has the settings that config.DBConnect gives Recado's databases.
func bareDSN(path string) string {
	return path + "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=journal_size_limit(200000000)" +
		"&_pragma=synchronous(FULL)&_pragma=foreign_keys(ON)&_pragma=temp_store(MEMORY)&_pragma=cache_size(-8000)&_defensive=1&_txlock=immediate"
}

func bareOptions(device *store.Device, heard func()) *whatsmeow.Client {
	client := whatsmeow.NewClient(device, waLog.Noop)
	client.SynchronousAck = true
	client.EnableDecryptedEventBuffer = true
	client.UseRetryMessageStore = true
	client.AutoTrustIdentity = true
	client.ManualHistorySyncDownload = true
	client.AddEventHandlerWithSuccessStatus(func(event any) bool {
		if _, ok := event.(*events.Message); ok {
			heard()
		}

		return true
	})

	return client
}

// BenchmarkReceive is a thousand messages from WhatsApp's server to the last of
// them shown on an open screen, and to bare whatsmeow's handler.
func BenchmarkReceive(b *testing.B) {
	b.Run("recado", func(b *testing.B) {
		d := linked(b)
		all := people(d.sim)
		talk(b, all, d.shop, 2*benchPeople) // everyone is known
		handled := func() bool {
			n, err := d.CountRecords(collections.ChannelEvents, dbx.HashExp{"handled": ""})

			return err == nil && n == 0
		}
		must(b, d.shop.Settled(within(b)))
		d.eventually("all is handled", handled)
		must(b, d.Inbox.Drain(b.Context()))
		screen := readers.Elsewhere(b, []string{d.Listen() + d.company.URL("/api/recado/live") + " " + d.owner.Token})
		defer screen.Stop()

		for b.Loop() {
			before, had := screen.Events(), got(d.CountRecords(collections.Messages))(b)
			talk(b, all, d.shop, benchBatch)
			must(b, d.shop.Settled(within(b)))
			for !handled() {
				time.Sleep(2 * time.Millisecond)
			}
			stored := int(got(d.CountRecords(collections.Messages))(b) - had)
			for deadline := time.Now().Add(10 * time.Second); screen.Events()-before < stored; {
				if time.Now().After(deadline) {
					b.Fatalf("%d of %d messages were shown", screen.Events()-before, stored)
				}
			}
		}
		b.ReportMetric(float64(benchBatch)*float64(b.N)/b.Elapsed().Seconds(), "msg/s")
	})
	b.Run("bare", func(b *testing.B) {
		sim, _ := simulate(b)
		b.Cleanup(sim.Close)
		shop := sim.NewPhone("5511999990001", "Shop")
		var heard atomic.Int64
		bareClient(b, sim, shop, func() { heard.Add(1) })
		all := people(sim)
		talk(b, all, shop, 2*benchPeople)
		must(b, shop.Settled(within(b)))

		for b.Loop() {
			before := heard.Load()
			talk(b, all, shop, benchBatch)
			must(b, shop.Settled(within(b)))
			for heard.Load()-before < benchBatch {
				time.Sleep(time.Millisecond)
			}
		}
		b.ReportMetric(float64(benchBatch)*float64(b.N)/b.Elapsed().Seconds(), "msg/s")
	})
}

// arrived waits until the phones have so many messages that begin so.
func arrived(b *testing.B, all []*wasim.Phone, words string, count int) {
	b.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(2 * time.Millisecond) {
		n := 0
		for _, phone := range all {
			for _, r := range phone.Received().All() {
				if r.Err == nil && strings.HasPrefix(r.Text(), words) {
					n++
				}
			}
		}
		if n >= count {
			return
		}
		if time.Now().After(deadline) {
			b.Fatalf("%d of %d arrived", n, count)
		}
	}
}

// BenchmarkSend is 300 messages from the outbox to the customers' phones, and from
// bare whatsmeow's SendMessage, one after the other.
func BenchmarkSend(b *testing.B) {
	b.Run("recado", func(b *testing.B) {
		d := linked(b)
		all := people(d.sim)
		talk(b, all, d.shop, benchPeople)
		must(b, d.shop.Settled(within(b)))
		d.eventually("all are known", func() bool {
			n, err := d.CountRecords(collections.Conversations)

			return err == nil && n == benchPeople
		})
		must(b, d.Inbox.Drain(b.Context()))
		round := 0
		for b.Loop() {
			b.StopTimer()
			words := fmt.Sprint("round ", round, ": ")
			round++
			d.queueFor(benchSends/benchPeople, words, time.Now().Add(time.Hour))
			b.StartTimer()
			must(b, d.Inbox.Flush(d.channel.Id))
			arrived(b, all, words, benchSends)
		}
		b.ReportMetric(float64(benchSends)*float64(b.N)/b.Elapsed().Seconds(), "msg/s")
	})
	b.Run("bare", func(b *testing.B) {
		sim, _ := simulate(b)
		b.Cleanup(sim.Close)
		shop := sim.NewPhone("5511999990001", "Shop")
		client := bareClient(b, sim, shop, func() {})
		all := people(sim)
		talk(b, all, shop, benchPeople)
		must(b, shop.Settled(within(b)))
		round := 0
		for b.Loop() {
			words := fmt.Sprint("round ", round, ": ")
			round++
			for i := range benchSends {
				text := fmt.Sprint(words, i/benchPeople)
				got(client.SendMessage(b.Context(), all[i%benchPeople].PN, &waE2E.Message{Conversation: &text}, whatsmeow.SendRequestExtra{ID: client.GenerateMessageID(), Timeout: 20 * time.Second}))(b)
			}
			arrived(b, all, words, benchSends)
		}
		b.ReportMetric(float64(benchSends)*float64(b.N)/b.Elapsed().Seconds(), "msg/s")
	})
}

// fleet is a Recado with many linked numbers, stopped, and their phones.
type fleet struct {
	*desk
	shops    []*wasim.Phone
	dir      string
	endpoint string
}

func newFleet(b *testing.B, numbers int) *fleet {
	sim, endpoint := simulate(b)
	b.Cleanup(sim.Close)
	d := &desk{t: b, sim: sim}
	d.App = recadotest.New(b, nil, "RECADO_WHATSAPP_SIMULATOR="+endpoint, "RECADO_WHATSAPP_PACE_MS=0")
	d.company = d.Company()
	d.owner = d.company.Member("owner")
	d.maria = sim.NewPhone("5511988880001", "Maria")
	f := &fleet{desk: d, dir: d.DataDir(), endpoint: endpoint}
	for i := range numbers {
		d.shop = sim.NewPhone(fmt.Sprintf("551199999%04d", i), "Shop")
		d.channel = d.company.Create(collections.Channels, map[string]any{
			"kind": "whatsapp", "name": fmt.Sprint("Number ", i), "answerer": "none", "active": true, "settings": map[string]any{"answer": "nobody"},
		})
		d.link()
		f.shops = append(f.shops, d.shop)
	}
	d.says(d.maria, "oi")
	must(b, d.shop.Settled(within(b)))
	must(b, d.WhatsApp.Stop(b.Context()))
	d.Inbox.Stop()
	d.Leave() // the children have the folder to themselves

	return f
}

// switched switches all numbers on or off, while no process has the folder.
func (f *fleet) switched(on bool) {
	f.t.Helper()
	db := got(config.DBConnect(filepath.Join(f.dir, "data.db")))(f.t)
	defer db.Close()
	_ = got(db.NewQuery("UPDATE channels SET active = {:on}").Bind(dbx.Params{"on": on}).Execute())(f.t)
}

func (f *fleet) online() {
	f.t.Helper()
	for _, shop := range f.shops {
		must(f.t, shop.Online(within(f.t)))
	}
}

const benchRole = "RECADO_BENCH_WHATSAPP"

// start runs a role of benchChild on the folder.
func (f *fleet) start(role, address string) *exec.Cmd {
	f.t.Helper()
	child := exec.Command(os.Args[0], role, f.dir, f.endpoint, address)
	child.Env = append(os.Environ(), benchRole+"=1")
	child.Stderr = os.Stderr
	must(f.t, child.Start())

	return child
}

func stop(child *exec.Cmd) {
	_ = child.Process.Kill()
	_ = child.Wait()
}

// benchChild is a process of a benchmark: recado serves the folder, bare connects
// all its links, none does nothing. It reports false where this is none.
func benchChild() bool {
	readers.Main()
	if os.Getenv(benchRole) == "" {
		return false
	}
	role, dir, endpoint, address := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	if err := map[string]func() error{
		"recado": func() error { return serveFolder(dir, endpoint, address) },
		"bare":   func() error { return connectFolder(dir, endpoint) },
		"none":   func() error { return nil },
	}[role](); err != nil {
		fmt.Fprintln(os.Stderr, err)

		return true
	}
	time.Sleep(2 * time.Second)
	debug.FreeOSMemory()
	select {}
}

func serveFolder(dir, endpoint, address string) error {
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: dir, DBConnect: config.DBConnect})
	if err := app.Bootstrap(); err != nil {
		return err
	}
	cfg, err := config.Load([]string{"RECADO_WHATSAPP_SIMULATOR=" + endpoint, "RECADO_WHATSAPP_PACE_MS=0"}, nil)
	if err != nil {
		return err
	}
	hooks.Register(app, cfg, time.Now)
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.InstallerFunc = nil

		return e.Next()
	})
	go func() {
		if err := apis.Serve(app, apis.ServeConfig{HttpAddr: address}); err != nil && !errors.Is(err, http.ErrServerClosed) {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}()

	return nil
}

func connectFolder(dir, endpoint string) error {
	db, err := sql.Open("sqlite", bareDSN(filepath.Join(dir, whatsapp.SimulatedFile)))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(8)
	container := sqlstore.NewWithDB(db, "sqlite", waLog.Noop)
	if err := container.Upgrade(context.Background()); err != nil {
		return err
	}
	devices, err := container.GetAllDevices(context.Background())
	if err != nil {
		return err
	}
	e, err := wasim.ReadEndpoint(endpoint)
	if err != nil {
		return err
	}
	for _, device := range devices {
		client := bareOptions(device, func() {})
		if err := e.Configure(client); err != nil {
			return err
		}
		if err := client.Connect(); err != nil {
			return err
		}
	}

	return nil
}

// resident is the memory of a process, in KB.
func resident(b *testing.B, child *exec.Cmd) float64 {
	b.Helper()
	status := got(os.ReadFile(fmt.Sprintf("/proc/%d/status", child.Process.Pid)))(b)
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			return got(strconv.ParseFloat(strings.Fields(value)[0], 64))(b)
		}
	}
	b.Skip("this system does not tell the memory of a process")

	return 0
}

// BenchmarkMemory is what 50 linked numbers that do nothing take in one process,
// with the simulator in another: KB/number beyond the process without them, and MB
// of all.
func BenchmarkMemory(b *testing.B) {
	const numbers = 50
	f := newFleet(b, numbers)
	settle := func(role string, on bool) float64 {
		f.switched(on)
		child := f.start(role, free(b))
		defer stop(child)
		if on && role != "none" {
			f.online()
		}
		time.Sleep(4 * time.Second)

		return resident(b, child)
	}
	b.Run("recado", func(b *testing.B) {
		for b.Loop() {
			without, with := settle("recado", false), settle("recado", true)
			b.ReportMetric((with-without)/numbers, "KB/number")
			b.ReportMetric(with/1024, "MB")
		}
	})
	b.Run("bare", func(b *testing.B) {
		for b.Loop() {
			without, with := settle("none", false), settle("bare", true)
			b.ReportMetric((with-without)/numbers, "KB/number")
			b.ReportMetric(with/1024, "MB")
		}
	})
}

func free(b *testing.B) string {
	listener := got(net.Listen("tcp", "127.0.0.1:0"))(b)
	defer listener.Close()

	return listener.Addr().String()
}

// BenchmarkRestart is from a start after kill -9 to the first message in the
// inbox, with 20 numbers that each have one waiting; and a start of the same
// Recado without numbers, until it answers.
func BenchmarkRestart(b *testing.B) {
	f := newFleet(b, 20)
	f.switched(true)
	child := f.start("recado", free(b))
	f.online()
	stop(child) // kill -9
	db := got(config.DBConnect(filepath.Join(f.dir, "data.db")))(b)
	defer db.Close()

	round := 0
	b.Run("linked", func(b *testing.B) {
		f.switched(true)
		for b.Loop() {
			b.StopTimer()
			round++
			words := fmt.Sprint("waiting ", round)
			for _, shop := range f.shops {
				got(f.maria.Say(shop, words))(b)
			}
			b.StartTimer()
			child := f.start("recado", free(b))
			for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
				var count int
				must(b, db.NewQuery("SELECT count(*) FROM messages WHERE text = {:words}").Bind(dbx.Params{"words": words}).Row(&count))
				if count > 0 {
					break
				}
				if time.Now().After(deadline) {
					b.Fatal("no message came")
				}
			}
			b.StopTimer()
			for _, shop := range f.shops {
				must(b, shop.Settled(within(b)))
			}
			stop(child)
			b.StartTimer()
		}
	})
	b.Run("bare", func(b *testing.B) {
		f.switched(false)
		for b.Loop() {
			address := free(b)
			child := f.start("recado", address)
			for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
				response, err := http.Get("http://" + address + "/api/health")
				if err == nil {
					_ = response.Body.Close()

					break
				}
				if time.Now().After(deadline) {
					b.Fatal("it does not answer")
				}
			}
			b.StopTimer()
			stop(child)
			b.StartTimer()
		}
	})
}
