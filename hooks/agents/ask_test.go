package agents

import (
	"testing"
	"time"
)

// Two keys that do not answer: the dialogue, or a person, within 35 seconds.
func TestAModelThatIsDownIsToldOfInTime(t *testing.T) {
	const call = 30 * time.Second // the most an agent can be given
	waited := time.Duration(0)
	for range 2 { // a key, and the other one
		if waited > failBy {
			break
		}
		waited += patienceFor(call, waited, false)
	}
	if waited > 35*time.Second || waited < call {
		t.Errorf("a customer waits %s", waited)
	}
	if got := patienceFor(call, failBy-time.Millisecond, false); got != time.Second {
		t.Errorf("another key is given %s at the last moment", got)
	}
	if got := patienceFor(call, time.Minute, true); got != call {
		t.Errorf("a model that has answered is given %s", got)
	}
	if momentAfter > 35*time.Second {
		t.Errorf("the customer is told that it takes a moment after %s", momentAfter)
	}
}

// What nobody sets is the standard, and what is set has a bound.
func TestLimitsAreComplete(t *testing.T) {
	standard := limits{Rounds: 6, Calls: 12, Same: 3, CallSeconds: 30, RunSeconds: 90, Replies: 20, Debounce: 3, DebounceMax: 20}
	if got := (limits{}).complete(); got != standard {
		t.Errorf("the standard is %+v", got)
	}
	most := limits{Rounds: 99, Calls: 99, Same: 99, CallSeconds: 999, RunSeconds: 999, Replies: 9999, Debounce: 999, DebounceMax: 999}.complete()
	if most.Rounds != 20 || most.Calls != 50 || most.Same != 10 || most.CallSeconds != 30 || most.RunSeconds != 90 || most.Debounce != 60 || most.DebounceMax != 120 {
		t.Errorf("at most %+v", most)
	}
	if got := (limits{Rounds: -1, RunSeconds: -1}).complete(); got != standard {
		t.Errorf("less than nothing is %+v", got)
	}
}
