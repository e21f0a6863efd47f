package whatsapp_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/config"
	"recado/hooks"
	"recado/hooks/channels/whatsapp/wasim"
	"recado/hooks/recadotest"
)

// The crash test runs this test binary again as a Recado that is killed.
const (
	crashDir = "RECADO_TEST_CRASH_DIR"
	crashSim = "RECADO_TEST_CRASH_SIM"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		if err := crashChild(dir, os.Getenv(crashSim)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// crashChild is a Recado on the given folder, with its numbers, until it is killed.
func crashChild(dir, sim string) error {
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: dir, DBConnect: config.DBConnect})
	if err := app.Bootstrap(); err != nil {
		return err
	}
	cfg, err := config.Load([]string{"RECADO_WHATSAPP_SIMULATOR=" + sim, "RECADO_WHATSAPP_PACE_MS=0"}, nil)
	if err != nil {
		return err
	}
	rooms := hooks.Register(app, cfg, time.Now)
	rooms.Inbox.Start()
	if err := rooms.WhatsApp.Start(context.Background()); err != nil {
		return err
	}
	for range time.Tick(200 * time.Millisecond) {
		_ = rooms.Inbox.Tick(context.Background())
		_ = rooms.WhatsApp.Tick(context.Background())
	}

	return nil
}

// Every message arrives once and in the order of its customer, and every queued
// message reaches its customer once, whoever is killed, cut, repeated or overtaken.
//
// Parity: WT-whatsapp, WT-messages.
func TestKillingLosesAndDoublesNothing(t *testing.T) {
	const customers, each, outgoing = 20, 40, 60

	sim, endpoint := simulate(t)
	t.Cleanup(sim.Close)
	d := &desk{t: t, sim: sim}
	d.App = recadotest.New(t, nil, "RECADO_WHATSAPP_SIMULATOR="+endpoint, "RECADO_WHATSAPP_PACE_MS=0")
	d.company = d.Company()
	d.owner = d.company.Member("owner")
	d.shop = sim.NewPhone("5511999990001", "Shop")
	d.channel = d.company.Create(collections.Channels, map[string]any{
		"kind": "whatsapp", "name": "Recepção", "answerer": "none", "active": true, "settings": map[string]any{"answer": "nobody"},
	})
	d.link()
	phones := make([]*wasim.Phone, customers)
	for i := range phones {
		phones[i] = sim.NewPhone(fmt.Sprintf("55119888%05d", i), fmt.Sprint("Customer ", i))
	}
	first := d.says(phones[0], "primeira")
	must(t, d.shop.Settled(within(t)))
	dir := d.DataDir()
	must(t, d.WhatsApp.Stop(t.Context()))
	d.Inbox.Stop()

	// What is to be sent stands in the outbox before the first process dies.
	for i := range outgoing {
		d.reply(first, map[string]any{"text": fmt.Sprint("out-", i)})
	}
	must(t, d.ClearBootstrap()) // the child has the folder to itself

	sim.Faults.Play(wasim.Script{Duplicate: 0.02, Reorder: 0.02, Delay: 0.05, Late: 20 * time.Millisecond, CutEvery: 150})
	sent := make(chan error, 1)
	go func() {
		for i := range each {
			for _, phone := range phones {
				if _, err := phone.Say(d.shop, fmt.Sprint("in-", i)); err != nil {
					sent <- err

					return
				}
			}
			time.Sleep(20 * time.Millisecond) // spread over the lives of the processes
		}
		sent <- nil
	}()
	for _, life := range []time.Duration{900, 700, 1100, 600, 800} {
		child := startChild(t, dir, endpoint)
		time.Sleep(life * time.Millisecond)
		_ = child.Process.Kill()
		_ = child.Wait()
	}
	must(t, <-sent)
	sim.Faults.Play(wasim.Script{})
	last := startChild(t, dir, endpoint)
	defer func() {
		_ = last.Process.Kill()
		_ = last.Wait()
	}()
	long, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	must(t, d.shop.Online(long))
	must(t, d.shop.Settled(long))
	for i := range outgoing {
		got(phones[0].Received().Wait(long, heard(fmt.Sprint("out-", i))))(t)
	}

	must(t, d.Bootstrap())
	d.eventually("all events are handled", func() bool {
		n, err := d.CountRecords(collections.ChannelEvents, dbx.HashExp{"handled": ""}, dbx.NewExp("kind = 'message'"))

		return err == nil && n == 0
	})
	if n := got(d.CountRecords(collections.Contacts, dbx.HashExp{"company": d.company.Id}))(t); n != customers {
		t.Errorf("%d contacts of %d customers", n, customers)
	}
	for i, phone := range phones {
		contact := got(d.FindFirstRecordByData(collections.Contacts, "phone", "+"+phone.PN.User))(t)
		messages := got(d.FindRecordsByFilter(collections.Messages, "contact = {:c} && direction = 'in' && text ~ 'in-'", "id", 0, 0, dbx.Params{"c": contact.Id}))(t)
		seen := map[string]int{}
		for _, message := range messages {
			seen[message.GetString("text")]++
		}
		for j := range each {
			if n := seen[fmt.Sprint("in-", j)]; n != 1 {
				t.Errorf("message %d of customer %d is there %d times", j, i, n)
			}
		}
	}
	counts := map[string]int{}
	for _, r := range phones[0].Received().All() {
		if r.Err == nil && strings.HasPrefix(r.Text(), "out-") {
			counts[r.Text()]++
		}
	}
	for i := range outgoing {
		if n := counts[fmt.Sprint("out-", i)]; n != 1 {
			t.Errorf("message %d reached the customer %d times", i, n)
		}
	}
	if sim.Faults.Cuts() == 0 {
		t.Error("nothing was cut")
	}
}

func startChild(t *testing.T, dir, sim string) *exec.Cmd {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), crashDir+"="+dir, crashSim+"="+sim)
	child.Stderr = os.Stderr
	must(t, child.Start())

	return child
}
