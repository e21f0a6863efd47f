package whatsapp

import (
	"context"
	"strings"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types/events"

	"recado/hooks/disk"
)

// newClient makes a whatsmeow client that loses nothing: what it decrypted is
// kept until it is handled, WhatsApp is told afterwards, what was sent is kept
// for those who can't read it. It connects again when its supervisor says so.
func (n *number) newClient(device *store.Device) (*whatsmeow.Client, error) {
	ctx, stop := context.WithCancel(n.ctx)
	failed := func(err error) {
		stop() // before whatsmeow goes on: a client at its end acknowledges nothing
		n.signal(storageFailed{err})
	}
	device.Container = guardedContainer{device.Container, failed}
	guard(device, failed)

	client := whatsmeow.NewClient(device, logger{n.room.app.Logger(), "whatsmeow"})
	client.EnableAutoReconnect = false
	client.SynchronousAck = true
	client.EnableDecryptedEventBuffer = true
	client.UseRetryMessageStore = true
	client.AutoTrustIdentity = true
	client.ManualHistorySyncDownload = true
	client.BackgroundEventCtx = ctx
	client.SetMediaHTTPClient(slowClient())
	if n.room.deps.Network != nil {
		if err := n.room.deps.Network(client); err != nil {
			stop()

			return nil, err
		}
	}
	client.AddEventHandlerWithSuccessStatus(func(event any) bool { return n.handle(client, event) })

	return client, nil
}

// handle takes an event of the client. False means that it was not kept, and
// that WhatsApp shall send it again.
func (n *number) handle(client *whatsmeow.Client, event any) bool {
	var err error
	switch e := event.(type) {
	case *events.Message:
		n.progress.Store(time.Now().UnixNano())
		err = n.keepMessage(client, e)
	case *events.UndecryptableMessage:
		n.progress.Store(time.Now().UnixNano())
		err = n.keepUndecryptable(e)
	case *events.Receipt:
		n.progress.Store(time.Now().UnixNano())
		err = n.takeReceipt(e)
	case *events.CallOffer:
		err = n.keepCall(e)
	case *events.MediaRetry:
		err = n.takeFileAgain(e)
	case *events.CallTerminate:
		err = n.keepMissedCall(e)
	case *events.ChatPresence:
		n.showTyping(e)
	case *events.GroupInfo:
		n.renamed(e)
	case *events.PushName:
		n.calledNow(e)
	case *events.Connected, *events.Disconnected, *events.StreamReplaced, *events.StreamError, *events.LoggedOut,
		*events.TemporaryBan, *events.ClientOutdated, *events.ConnectFailure, *events.KeepAliveTimeout,
		*events.OfflineSyncPreview, *events.OfflineSyncCompleted:
		n.signal(event)
	}
	if err != nil {
		n.signal(handlerFailed{err})

		return false
	}

	return true
}

// isStorage says whether the database, not the message, is at fault.
func isStorage(err error) bool {
	if err == nil {
		return false
	}
	text := err.Error()

	return disk.IsFull(err) || strings.Contains(text, "readonly database") || strings.Contains(text, "disk I/O error") ||
		strings.Contains(text, "unable to open database")
}
