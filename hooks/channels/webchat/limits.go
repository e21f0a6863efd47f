package webchat

import (
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/hooks/limits"
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
