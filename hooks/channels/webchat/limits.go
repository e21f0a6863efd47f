package webchat

import (
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/hooks/limits"
)

// A person types a message in seconds; a queue that was offline comes at once.
// Behind one address there may be a whole office or a mobile network.
var (
	visitorMessages = limits.Allowance{Name: "visitor messages", Every: 4, Burst: 240}
	visitorFiles    = limits.Allowance{Name: "visitor files", Every: 0.5, Burst: 20}
	visitorSignals  = limits.Allowance{Name: "visitor signals", Every: 5, Burst: 100} // typing, read
	visitorReads    = limits.Allowance{Name: "visitor reads", Every: 10, Burst: 300}  // list, stream, files
	addressMessages = limits.Allowance{Name: "address messages", Every: 40, Burst: 2400}
	addressFiles    = limits.Allowance{Name: "address files", Every: 5, Burst: 200}
	addressSessions = limits.Allowance{Name: "address sessions", Every: 2, Burst: 200}
	addressReads    = limits.Allowance{Name: "address reads", Every: 100, Burst: 3000}
)

// limit refuses with 429 and the time to wait when visitor or address has asked
// too often. who may be empty: then only the address counts.
func (r *Room) limit(e *core.RequestEvent, who string, perVisitor, perAddress limits.Allowance) error {
	wait, ok := time.Duration(0), true
	if who != "" {
		wait, ok = r.limits.Take(perVisitor, who)
	}
	if ok {
		wait, ok = r.limits.Take(perAddress, e.RealIP())
	}
	if ok {
		return nil
	}

	return limits.TooMany(e, wait)
}
