package whatsapp

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"

	"recado/collections"
)

// pairFor is how long codes are shown before someone has to ask for them again.
const pairFor = 15 * time.Minute

// wish is how a number is to be linked: by a QR code, or by a code for the phone
// with the given number, digits only.
type wish struct{ phone string }

// link is what the screen shows for linking. Only one of the codes is set.
type link struct {
	QR      string
	Code    string // to type on the phone
	Expires time.Time
	Problem string // why the last try failed: a code for the UI
}

func (n *number) show(l link) {
	n.mu.Lock()
	n.link = l
	n.mu.Unlock()
	n.room.deps.Live.LinkChanged(n.company, n.channel)
}

// pair shows codes until one is used and returns the client that was linked by
// it, which is about to connect; nil if nobody did.
func (n *number) pair(w *wish) *whatsmeow.Client {
	n.setState(statePairing, "")
	last := ""
	deadline := time.Now().Add(pairFor)
	for failures := 0; n.ctx.Err() == nil && time.Now().Before(deadline); {
		client, problem := n.pairOnce(w)
		if client != nil {
			n.show(link{})

			return client
		}
		last = problem
		if problem == "" { // the codes ran out: show new ones
			failures = 0

			continue
		}
		n.show(link{Problem: problem})
		if problem == problemTaken || problem == problemPhone {
			break
		}
		if !n.sleep(pause(failures)) {
			break
		}
		failures++
	}
	n.mu.Lock()
	n.link.QR, n.link.Code = "", ""
	n.mu.Unlock()
	n.setState(stateUnlinked, last)

	return nil
}

// Why linking failed, for the UI.
const (
	problemTaken   = "number_taken" // linked in another channel
	problemPhone   = "phone_invalid"
	problemNetwork = "unreachable"
	problemStorage = "storage"
)

// pairOnce runs one round of codes. problem is "" where they just ran out.
func (n *number) pairOnce(w *wish) (linked *whatsmeow.Client, problem string) {
	container, err := n.room.storage.open(n.ctx, n.room.app.Logger())
	if err != nil {
		n.room.app.Logger().Error("The database of links can't be opened", slog.Any("error", err))

		return nil, problemStorage
	}
	n.clearSignals()
	client, err := n.newClient(container.NewDevice())
	if err != nil {
		n.room.app.Logger().Error("A client could not be made", slog.Any("error", err))

		return nil, problemNetwork
	}
	var taken atomic.Bool
	client.PrePairCallback = func(jid types.JID, _, _ string) bool {
		taken.Store(!n.claim(jid))

		return !taken.Load()
	}
	ctx, cancel := context.WithCancel(client.BackgroundEventCtx)
	defer cancel()
	codes, err := client.GetQRChannel(ctx)
	if err == nil {
		err = client.ConnectContext(client.BackgroundEventCtx)
	}
	if err != nil {
		client.Disconnect()

		return nil, problemNetwork
	}

	done, problem := n.follow(codes, w, func() (string, error) {
		return client.PairPhone(ctx, w.phone, true, whatsmeow.PairClientChrome, "Chrome (Linux)")
	})
	if done {
		return client, ""
	}
	client.Disconnect()
	if taken.Load() {
		return nil, problemTaken
	}

	return nil, problem
}

// follow shows the codes as they come, each in place of the one before, until one is
// used; problem is "" where they just ran out. ask gets the code for a phone.
func (n *number) follow(codes <-chan whatsmeow.QRChannelItem, w *wish, ask func() (string, error)) (done bool, problem string) {
	asked := false
	for item := range codes {
		switch {
		case item.Event == whatsmeow.QRChannelEventCode && w.phone == "":
			n.show(link{QR: item.Code, Expires: time.Now().Add(item.Timeout)})
		case item.Event == whatsmeow.QRChannelEventCode && !asked:
			asked = true
			code, err := ask()
			if errors.Is(err, whatsmeow.ErrPhoneNumberTooShort) || errors.Is(err, whatsmeow.ErrPhoneNumberIsNotInternational) {
				return false, problemPhone
			}
			if err != nil {
				return false, problemNetwork
			}
			n.show(link{Code: code, Expires: time.Now().Add(160 * time.Second)})
		case item == whatsmeow.QRChannelSuccess:
			return true, ""
		case item == whatsmeow.QRChannelTimeout:
			return false, ""
		}
	}

	return false, problemNetwork
}

// claim makes the number this channel's before whatsmeow keeps the link, so that
// a process that dies in between leaves no link without a channel. False means
// that another channel has the number.
func (n *number) claim(jid types.JID) bool {
	phone := "+" + jid.User
	err := n.room.app.RunInTransaction(func(txApp core.App) error {
		var other string
		err := txApp.DB().Select("id").From(collections.Channels).
			Where(dbx.HashExp{"number": phone}).AndWhere(dbx.NewExp("device != ''")).
			AndWhere(dbx.Not(dbx.HashExp{"id": n.channel})).Limit(1).Row(&other)
		if err == nil {
			return errTaken
		}
		channel, err := txApp.FindRecordById(collections.Channels, n.channel)
		if err != nil {
			return err
		}
		if channel.GetString("number") != phone || channel.GetDateTime("linked_at").IsZero() {
			channel.Set("linked_at", n.room.deps.Now())
		}
		channel.Set("device", jid.String())
		channel.Set("number", phone)
		channel.IgnoreUnchangedFields(true)

		return txApp.SaveNoValidate(channel)
	})
	if err != nil {
		n.room.app.Logger().Warn("A number was not linked", slog.String("channel", n.channel), slog.Any("error", err))
	}

	return err == nil
}

var errTaken = errors.New("the number is linked in another channel")

// unlink removes the link, over there as well where that can be told.
func (r *Room) unlink(ctx context.Context, channel *core.Record) error {
	if client := r.number(channel.Id).ready(); client != nil {
		logout, cancel := context.WithTimeout(ctx, 10*time.Second)
		if err := client.Logout(logout); err != nil {
			r.app.Logger().Warn("WhatsApp was not told that a number is unlinked", slog.Any("error", err))
		}
		cancel()
	}
	r.release(channel.Id)
	if err := r.dropDevice(ctx, channel.GetString("device")); err != nil {
		return err
	}
	err := r.update(channel.Id, func(c *core.Record) {
		c.Load(map[string]any{"device": "", "state": stateUnlinked, "state_reason": "", "state_since": r.deps.Now(), "off_since": ""})
	})
	r.deps.Live.LinkChanged(channel.GetString("company"), channel.Id)

	return err
}

// dropDevice forgets the keys of a link.
func (r *Room) dropDevice(ctx context.Context, device string) error {
	jid, err := types.ParseJID(device)
	if err != nil || jid.IsEmpty() {
		return nil
	}
	container, err := r.storage.open(ctx, r.app.Logger())
	if err != nil {
		return err
	}
	stored, err := container.GetDevice(ctx, jid)
	if err != nil || stored == nil {
		return err
	}

	return stored.Delete(ctx)
}
