package webchat

import (
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// The states of a website channel. It has no line that could break: it is online
// unless someone switched it off.
const (
	stateOnline = "online"
	stateOff    = "off"
)

// bindState keeps the state of website channels, which screens and the health
// check read as they read that of every other kind.
func (r *Room) bindState() {
	keep := func(e *core.RecordEvent) error {
		if e.Record.GetString("kind") != Kind {
			return e.Next()
		}

		state := stateOff
		if e.Record.GetBool("active") {
			state = stateOnline
		}
		if e.Record.GetString("state") != state {
			e.Record.Set("state", state)
			e.Record.Set("state_since", r.deps.Now())
		}

		return e.Next()
	}
	r.app.OnRecordCreate(collections.Channels).BindFunc(keep)
	r.app.OnRecordUpdate(collections.Channels).BindFunc(keep)
}
