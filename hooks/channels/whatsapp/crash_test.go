package whatsapp_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
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
	crashDir   = "RECADO_TEST_CRASH_DIR"
	crashSim   = "RECADO_TEST_CRASH_SIM"
	crashAhead = "RECADO_TEST_CRASH_AHEAD" // seconds its clock is ahead
)

func TestMain(m *testing.M) {
	if benchChild() {
		os.Exit(0)
	}
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
	ahead, _ := strconv.Atoi(os.Getenv(crashAhead))
	now := func() time.Time { return time.Now().Add(time.Duration(ahead) * time.Second) }
	rooms := hooks.Register(app, cfg, now)
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

// chaos is how much goes through how many numbers, and what happens meanwhile.
type chaos struct {
	numbers, customers, each, outgoing, kills, cutEvery int
}

// chaosSize is a small one, or with RECADO_CHAOS set the whole: 10,000 messages of
// 200 customers over five numbers in, and as many out.
func chaosSize() (chaos, time.Duration) {
	if os.Getenv("RECADO_CHAOS") != "" {
		return chaos{numbers: 5, customers: 200, each: 50, outgoing: 50, kills: 5, cutEvery: 450}, 5 * time.Minute
	}

	return chaos{numbers: 2, customers: 20, each: 20, outgoing: 5, kills: 2, cutEvery: 150}, time.Minute
}

// Every message arrives once and in the order of its customer, and every queued
// message reaches its customer once, whoever is killed, cut, repeated or overtaken.
//
// Parity: WT-whatsapp, WT-messages.
func TestKillingLosesAndDoublesNothing(t *testing.T) {
	size, patience := chaosSize()

	// The phones' clock goes on by a second with each round, so that the order of a
	// customer's messages can be told whatever the network does to it.
	var clock sync.Mutex
	at := time.Now().Add(-time.Duration(size.each+10) * time.Second)
	sim := got(wasim.New(wasim.Options{Seed: 7, Now: func() time.Time {
		clock.Lock()
		defer clock.Unlock()

		return at
	}}))(t)
	t.Cleanup(sim.Close)
	endpoint := t.TempDir() + "/simulator.json"
	must(t, sim.Endpoint().Write(endpoint))

	d := &desk{t: t, sim: sim}
	d.App = recadotest.New(t, nil, "RECADO_WHATSAPP_SIMULATOR="+endpoint, "RECADO_WHATSAPP_PACE_MS=0")
	d.company = d.Company()
	d.owner = d.company.Member("owner")
	var shops []*wasim.Phone
	for i := range size.numbers {
		d.shop = sim.NewPhone(fmt.Sprintf("551199999%04d", i), "Shop")
		d.channel = d.company.Create(collections.Channels, map[string]any{
			"kind": "whatsapp", "name": fmt.Sprint("Recepção ", i), "answerer": "none", "active": true, "settings": map[string]any{"answer": "nobody"},
		})
		d.link()
		shops = append(shops, d.shop)
	}
	shopOf := func(customer int) *wasim.Phone { return shops[customer%len(shops)] }
	phones := make([]*wasim.Phone, size.customers)
	for i := range phones {
		phones[i] = sim.NewPhone(fmt.Sprintf("55119888%05d", i), fmt.Sprint("Customer ", i))
		got(phones[i].Say(shopOf(i), "primeira"))(t)
	}
	d.eventually("all have written", func() bool {
		n, err := d.CountRecords(collections.Messages, dbx.HashExp{"text": "primeira"})

		return err == nil && int(n) == size.customers
	})
	for _, shop := range shops {
		must(t, shop.Settled(within(t)))
	}
	dir := d.DataDir()
	must(t, d.WhatsApp.Stop(t.Context()))
	d.Inbox.Stop()
	d.queue(size.outgoing) // what is to be sent stands in the outbox before the first process dies
	d.Leave()

	sim.Faults.Play(wasim.Script{Duplicate: 0.02, Reorder: 0.02, Delay: 0.05, Late: 20 * time.Millisecond, CutEvery: size.cutEvery})
	lives := 0
	child := startChild(t, dir, endpoint, lives)
	end := func() {
		_ = child.Process.Kill()
		_ = child.Wait()
	}
	defer func() { end() }()
	began := time.Now()
	waiting := func() (n int) {
		for _, shop := range shops {
			n += shop.Devices()[0].Waiting()
		}

		return n
	}
	for round := range size.each {
		clock.Lock()
		at = at.Add(time.Second)
		clock.Unlock()
		for i, phone := range phones {
			got(phone.Say(shopOf(i), fmt.Sprint("in-", round)))(t)
		}
		if lives < size.kills && round >= (lives+1)*size.each/(size.kills+2) { // in the midst of it
			end()
			lives++
			child = startChild(t, dir, endpoint, lives)
		}
		for deadline := time.Now().Add(2 * time.Second); waiting() > 2*size.customers && time.Now().Before(deadline); {
			time.Sleep(5 * time.Millisecond)
		}
	}
	sim.Faults.Play(wasim.Script{})

	long, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for i, shop := range shops {
		if err := shop.Settled(long); err != nil {
			t.Fatalf("number %d has %d stanzas waiting: %v", i, shop.Devices()[0].Waiting(), err)
		}
	}
	for i, phone := range phones {
		for j := range size.outgoing {
			if _, err := phone.Received().Wait(long, heard(fmt.Sprint("out-", j))); err != nil {
				t.Fatalf("message %d did not reach customer %d: %v", j, i, err)
			}
		}
	}
	t.Logf("%d in and %d out in %s; %d cuts, %d kills", size.customers*size.each, size.customers*size.outgoing,
		time.Since(began).Round(time.Millisecond), sim.Faults.Cuts(), lives)

	must(t, d.Bootstrap())
	d.eventually("all events are handled", func() bool {
		n, err := d.CountRecords(collections.ChannelEvents, dbx.HashExp{"handled": ""}, dbx.NewExp("kind = 'message'"))

		return err == nil && n == 0
	})
	if n := got(d.CountRecords(collections.Contacts, dbx.HashExp{"company": d.company.Id}))(t); int(n) != size.customers {
		t.Errorf("%d contacts of %d customers", n, size.customers)
	}
	for i, phone := range phones {
		d.arrivedInOrder(phone, size.each)
		counts := map[string]int{}
		for _, r := range phone.Received().All() {
			if r.Err == nil && strings.HasPrefix(r.Text(), "out-") {
				counts[r.Text()]++
			}
		}
		for j := range size.outgoing {
			if n := counts[fmt.Sprint("out-", j)]; n != 1 {
				t.Errorf("message %d reached customer %d %d times", j, i, n)
			}
		}
	}
	if sim.Faults.Cuts() == 0 || lives != size.kills {
		t.Errorf("%d cuts, %d kills", sim.Faults.Cuts(), lives)
	}
}

// queue writes so many messages to every customer.
func (d *desk) queue(each int) { d.queueFor(each, "out-", time.Now()) }

// queueFor does so with the words of each, to be sent at a time.
func (d *desk) queueFor(each int, words string, due time.Time) {
	d.t.Helper()
	conversations := got(d.FindAllRecords(collections.Conversations, dbx.HashExp{"company": d.company.Id}))(d.t)
	definition := got(d.FindCollectionByNameOrId(collections.Messages))(d.t)
	must(d.t, d.RunInTransaction(func(txApp core.App) error {
		for i := range each {
			for _, conversation := range conversations {
				message := core.NewRecord(definition)
				message.Load(map[string]any{
					"company": d.company.Id, "conversation": conversation.Id, "contact": conversation.GetString("contact"), "channel": conversation.GetString("channel"),
					"direction": "out", "kind": "text", "text": fmt.Sprint(words, i), "status": "queued", "answered_by": "human", "due": due,
				})
				if err := txApp.Save(message); err != nil {
					return err
				}
			}
		}

		return nil
	}))
}

// arrivedInOrder checks that all messages of a customer are there once, and shown
// in the order they were written in.
func (d *desk) arrivedInOrder(phone *wasim.Phone, each int) {
	d.t.Helper()
	contact := got(d.FindFirstRecordByData(collections.Contacts, "phone", "+"+phone.PN.User))(d.t)
	messages := got(d.FindRecordsByFilter(collections.Messages, "contact = {:c} && direction = 'in' && text ~ 'in-'", "at,id", 0, 0, dbx.Params{"c": contact.Id}))(d.t)
	if len(messages) != each {
		d.t.Errorf("%s has %d messages of %d", phone.Name, len(messages), each)

		return
	}
	for i, message := range messages {
		if message.GetString("text") != fmt.Sprint("in-", i) {
			d.t.Errorf("%s wrote %q in place %d", phone.Name, message.GetString("text"), i)

			return
		}
	}
}

// startChild starts the process. Each later one is a minute ahead: what its
// predecessor had in hand when it was killed is due at once.
func startChild(t testing.TB, dir, sim string, life int) *exec.Cmd {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), crashDir+"="+dir, crashSim+"="+sim, crashAhead+"="+strconv.Itoa(life*61))
	child.Stderr = os.Stderr
	must(t, child.Start())

	return child
}

// A number writes to someone who is writing to it: neither side gets anything it
// can't read.
func TestWritingToWhoIsWritingSpoilsNothing(t *testing.T) {
	each := 60
	if os.Getenv("RECADO_CHAOS") != "" {
		each = 800
	}
	d := linked(t)
	d.says(d.maria, "oi")
	must(t, d.shop.Settled(within(t)))
	said := make(chan error, 1)
	d.queue(each)
	go func() {
		var failed error
		for i := range each {
			if _, err := d.maria.Say(d.shop, fmt.Sprint("in-", i)); err != nil {
				failed = err
			}
			for d.shop.Devices()[0].Waiting() > 100 {
				time.Sleep(time.Millisecond)
			}
		}
		said <- failed
	}()
	must(t, d.Inbox.Tick(t.Context()))
	long, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	must(t, <-said)
	for i := range each {
		got(d.maria.Received().Wait(long, heard(fmt.Sprint("out-", i))))(t)
	}
	must(t, d.shop.Settled(long))
	d.eventually("all is there", func() bool {
		n, err := d.CountRecords(collections.Messages, dbx.HashExp{"direction": "in"}, dbx.NewExp("text LIKE 'in-%'"))

		return err == nil && int(n) == each
	})
	for _, r := range d.maria.Received().All() {
		if r.Err != nil {
			t.Errorf("she can't read %s: %v", r.ID, r.Err)
		}
	}
	if n := got(d.CountRecords(collections.ChannelEvents, dbx.HashExp{"kind": "undecryptable"}))(t); n != 0 {
		t.Errorf("%d messages could not be read", n)
	}
	d.arrivedInOrder(d.maria, each)
}
