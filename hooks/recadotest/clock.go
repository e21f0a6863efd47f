package recadotest

import (
	"time"

	"recado/hooks/rehearsal"
)

// Clock is a time that a test moves by hand while the rooms read it.
type Clock = rehearsal.Clock

// NewClock returns a clock that stands at now.
func NewClock(now time.Time) *Clock { return rehearsal.NewClock(now) }
