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
