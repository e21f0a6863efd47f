package webchat

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"

	"recado/collections"
)

// keyLength makes a public key that nobody guesses; it is no secret all the same.
const keyLength = 24

// bindKeys gives every website channel the public key of its script tag, whoever
// makes the channel.
func (r *Room) bindKeys() {
	give := func(e *core.RecordEvent) error {
		if e.Record.GetString("kind") == Kind && e.Record.GetString("public_key") == "" {
			e.Record.Set("public_key", security.RandomString(keyLength))
		}

		return e.Next()
	}
	r.app.OnRecordCreate(collections.Channels).BindFunc(give)
	r.app.OnRecordUpdate(collections.Channels).BindFunc(give)
}
