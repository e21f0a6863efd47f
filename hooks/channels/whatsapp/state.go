package whatsapp

import (
	"database/sql"
	"errors"
	"log/slog"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// The states of a linked number. What to do about each is said on the screen.
const (
	stateUnlinked   = "unlinked"     // nobody has linked a phone yet
	statePairing    = "pairing"      // a code is shown
	stateConnecting = "connecting"   // or connecting again
	stateOnline     = "online"       //
	stateThrottled  = "throttled"    // WhatsApp wants fewer messages, or none for a while
	stateReplaced   = "replaced"     // another program uses the same link
	stateLoggedOut  = "logged_out"   // unlinked on the phone
	stateBanned     = "banned"       // the account is closed
	stateOutdated   = "outdated"     // WhatsApp wants a newer version of Recado
	stateFull       = "storage_full" // nothing can be kept, so nothing is taken
)

// linkedChannels are the channels with a number to connect.
var linkedChannels = dbx.And(dbx.HashExp{"kind": Kind, "active": true}, dbx.NewExp("device != ''"))

// setState writes how the number is. What it is already is not written again.
func (n *number) setState(state, reason string) {
	n.mu.Lock()
	changed := n.state != state || n.reason != reason
	if n.state != state {
		n.since = time.Now()
	}
	n.state, n.reason = state, reason
	off := !n.online && state != stateUnlinked && state != statePairing
	n.mu.Unlock()
	if !changed {
		return
	}

	err := n.room.update(n.channel, func(channel *core.Record) {
		if channel.GetString("state") != state {
			channel.Set("state_since", n.room.deps.Now())
		}
		channel.Set("state", state)
		channel.Set("state_reason", reason)
		switch {
		case off && channel.GetDateTime("off_since").IsZero():
			channel.Set("off_since", n.room.deps.Now())
		case !off && state != statePairing:
			channel.Set("off_since", "")
		}
	})
	if err != nil {
		n.room.app.Logger().Error("The state of a number could not be written",
			slog.String("channel", n.channel), slog.String("state", state), slog.Any("error", err))
	}
	n.room.deps.Live.LinkChanged(n.company, n.channel)
}

// ignoreMissing takes a row that is gone for nothing to do.
func ignoreMissing(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}

	return err
}

// update changes a channel, if it is still there.
func (r *Room) update(id string, change func(*core.Record)) error {
	return r.app.RunInTransaction(func(txApp core.App) error {
		channel, err := txApp.FindRecordById(collections.Channels, id)
		if err != nil {
			return nil // deleted meanwhile
		}
		change(channel)
		channel.IgnoreUnchangedFields(true)

		return txApp.SaveNoValidate(channel)
	})
}
