package wasim

import (
	"math/rand/v2"
	"sync"
	"time"
)

// Share is a part of all cases, 0 for none and 1 for each.
type Share float64

// Script is what goes wrong. The zero value is a faultless network. Messages and
// receipts towards clients are what it is about, where nothing else is said;
// what a client has not confirmed comes again when it connects again.
type Script struct {
	Drop      Share // not delivered over this connection
	Duplicate Share // delivered twice
	Reorder   Share // delivered after the next one
	Corrupt   Share // can't be decrypted; the client asks for it again
	Delay     Share // delivered later, by up to Late
	Late      time.Duration
	CutEvery  int // cut the connection instead of delivering each so manieth

	LoseAck Share         // what a client sent arrives, and is not acknowledged
	SlowAck time.Duration // or later
}

// Faults draws what goes wrong, from the seed of the simulator.
type Faults struct {
	mu      sync.Mutex
	script  Script
	random  *rand.Rand
	counter int
	cuts    int
	hold    bool
	stall   Stall
	refuse  func(from, to *Phone) int
}

func newFaults(seed uint64) *Faults {
	return &Faults{random: rand.New(rand.NewPCG(seed, 0x7ECAD0))}
}

// Play puts another script in place.
func (f *Faults) Play(script Script) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.script = script
}

// Cuts is how often the script has cut a connection.
func (f *Faults) Cuts() int {
	f.mu.Lock()
	defer f.mu.Unlock()

	return f.cuts
}

// HoldAcks keeps back every acknowledgement of what clients send while on.
func (f *Faults) HoldAcks(on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hold = on
}

// RefuseMessages lets the server refuse a message with a code, such as 463 or
// 429; 0 lets it through.
func (f *Faults) RefuseMessages(code func(from, to *Phone) int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.refuse = code
}

// Stall is what the server does not get done.
type Stall struct {
	SignIn  bool // a client that connects hears nothing
	Offline bool // what a client missed is announced and does not come
}

// Stall lets the server hang in places.
func (f *Faults) Stall(stall Stall) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stall = stall
}

func (f *Faults) stalled() Stall {
	f.mu.Lock()
	defer f.mu.Unlock()

	return f.stall
}

// ReachOutTimelock is the code of a message to someone who never wrote.
const ReachOutTimelock = 463

// fate is what becomes of one stanza.
type fate struct {
	cut, drop, twice, behind, corrupt bool
	late                              time.Duration
}

func (f *Faults) of(share Share) bool { return share > 0 && f.random.Float64() < float64(share) }

func (f *Faults) fate() fate {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.script == (Script{}) {
		return fate{}
	}

	f.counter++
	if f.script.CutEvery > 0 && f.counter%f.script.CutEvery == 0 {
		f.cuts++

		return fate{cut: true}
	}
	out := fate{drop: f.of(f.script.Drop), twice: f.of(f.script.Duplicate), behind: f.of(f.script.Reorder), corrupt: f.of(f.script.Corrupt)}
	if f.of(f.script.Delay) && f.script.Late > 0 {
		out.late = time.Duration(f.random.Int64N(int64(f.script.Late)))
	}

	return out
}

// ack says whether and how a message of a client is acknowledged.
func (f *Faults) ack(from, to *Phone) (send bool, code int, late time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.hold || f.of(f.script.LoseAck) {
		return false, 0, 0
	}
	if f.refuse != nil && to != nil {
		code = f.refuse(from, to)
	}

	return true, code, f.script.SlowAck
}
