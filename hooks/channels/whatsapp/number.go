package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"recado/collections"
	"recado/hooks/disk"
)

const (
	firstPause   = time.Second // between two tries to connect, doubled each time
	longestPause = 2 * time.Minute
	storagePause = 5 * time.Second
	outdatedWait = 6 * time.Hour
)

// patience is how long a connection may go without getting anywhere.
type patience struct {
	login    time.Duration // from connecting to being signed in
	progress time.Duration // without a message while some are promised
	every    time.Duration // how often that is looked at
}

var usualPatience = patience{login: 60 * time.Second, progress: 90 * time.Second, every: 5 * time.Second}

// number supervises one linked number: its only client, and how it is.
type number struct {
	room             *Room
	channel, company string
	ctx              context.Context
	cancel           context.CancelFunc
	done             chan struct{}
	signals          chan any     // lifecycle events, in the order they came
	progress         atomic.Int64 // when something last arrived, Unix nanoseconds

	mu     sync.Mutex
	client *whatsmeow.Client
	online bool
	state  string
	reason string
	since  time.Time
	link   link      // what is shown for linking
	next   time.Time // when the next message may leave
}

// Signals of our own, beside whatsmeow's events.
type (
	storageFailed struct{ err error } // nothing can be kept
	handlerFailed struct{ err error } // something was not taken; it comes again
)

func newNumber(r *Room, channel *core.Record) *number {
	n := &number{
		room: r, channel: channel.Id, company: channel.GetString("company"),
		done: make(chan struct{}), signals: make(chan any, 256),
		state: channel.GetString("state"), reason: channel.GetString("state_reason"),
		since: channel.GetDateTime("state_since").Time(),
	}
	n.ctx, n.cancel = context.WithCancel(r.ctx)

	return n
}

// run lives as long as the number is to be connected. wish is how to link it,
// nil for one that is linked.
func (n *number) run(wish *wish) {
	var client *whatsmeow.Client
	if wish != nil {
		if client = n.pair(wish); client == nil {
			return
		}
	}
	n.keepConnected(client)
}

// ending is why a connection ended.
type ending int

const (
	endStopped ending = iota // by us
	endLost
	endStorage
	endReplaced
	endLoggedOut
	endBanned
	endThrottled
	endOutdated
)

// keepConnected connects, watches, and connects again until there is no sense in
// it. client is one that is connecting already, or nil.
func (n *number) keepConnected(client *whatsmeow.Client) {
	for attempt := 0; n.ctx.Err() == nil; {
		var end ending
		var reason string
		var wait time.Duration
		var err error
		over := func() {}
		if client == nil {
			n.setState(stateConnecting, n.waitingFor(attempt))
			over = n.room.turn(n.ctx)
			n.clearSignals()
			client, err = n.dial()
		}
		if err != nil {
			if errors.Is(err, errNotLinked) {
				n.forget(stateLoggedOut, "The link is not in this data folder. Link the number again; its conversations are still here.")

				return
			}
			end, reason = endLost, plainReason(err)
			if n.isFull(err) {
				end = endStorage
			}
		} else {
			var wasOnline bool
			end, reason, wait, wasOnline = n.watch(client, over)
			if wasOnline {
				attempt = 0
			}
		}
		over()
		n.offline()

		switch end {
		case endStopped:
			disconnect(client)

			return
		case endReplaced:
			disconnect(client)
			n.setState(stateReplaced, "Another program connected with the same link.")

			return
		case endLoggedOut:
			n.forget(stateLoggedOut, reason)

			return
		case endBanned:
			n.forget(stateBanned, reason)

			return
		case endThrottled:
			n.setState(stateThrottled, reason)
		case endOutdated:
			n.setState(stateOutdated, reason)
			wait = outdatedWait
		case endStorage:
			disconnect(client)
			client = nil // its context is at an end
			n.setState(stateFull, reason)
			wait = storagePause
		case endLost:
			wait = pause(attempt)
			attempt++
			n.setState(stateConnecting, reason)
		}
		if client != nil && end != endLost {
			disconnect(client)
			client = nil
		}
		if !n.sleep(wait) {
			disconnect(client)

			return
		}
		if client != nil && !client.IsConnected() { // what it sends meanwhile waits for it
			n.clearSignals()
			if err := client.ConnectContext(client.BackgroundEventCtx); err != nil {
				disconnect(client)
				client = nil
			}
		}
	}
	disconnect(client)
}

// waitingFor keeps the reason of the last failure in sight while trying again.
func (n *number) waitingFor(attempt int) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if attempt == 0 {
		return ""
	}

	return n.reason
}

// pause grows with the failures and is varied, so that many numbers don't come
// back in one moment.
func pause(attempt int) time.Duration {
	if attempt == 0 {
		return rand.N(firstPause / 4)
	}
	long := min(firstPause<<min(attempt-1, 16), longestPause)

	return long/2 + rand.N(long/2)
}

// sleep reports false where the number is to stop.
func (n *number) sleep(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-n.ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

func disconnect(client *whatsmeow.Client) {
	if client != nil {
		client.Disconnect()
	}
}

var errNotLinked = errors.New("not linked")

// dial makes the client of the stored device and connects it.
func (n *number) dial() (*whatsmeow.Client, error) {
	channel, err := n.room.app.FindRecordById(collections.Channels, n.channel)
	if err != nil {
		return nil, err
	}
	jid, err := types.ParseJID(channel.GetString("device"))
	if err != nil || jid.IsEmpty() {
		return nil, errNotLinked
	}
	container, err := n.room.storage.open(n.ctx, n.room.app.Logger())
	if err != nil {
		return nil, err
	}
	device, err := container.GetDevice(n.ctx, jid)
	if err != nil {
		return nil, err
	}
	if device == nil {
		return nil, errNotLinked
	}
	client, err := n.newClient(device)
	if err != nil {
		return nil, err
	}
	if err := client.ConnectContext(client.BackgroundEventCtx); err != nil {
		client.Disconnect()

		return nil, err
	}

	return client, nil
}

// watch stays with a connected client until its connection ends. signedIn is called
// once it is signed in.
func (n *number) watch(client *whatsmeow.Client, signedIn func()) (end ending, reason string, wait time.Duration, online bool) {
	n.mu.Lock()
	n.client = client
	n.mu.Unlock()

	started := time.Now()
	n.progress.Store(started.UnixNano())
	promised := false // what was missed is on its way
	patience := n.room.patience
	ticker := time.NewTicker(patience.every)
	defer ticker.Stop()
	for {
		select {
		case <-n.ctx.Done():
			return endStopped, "", 0, online
		case <-ticker.C:
			quiet := time.Since(time.Unix(0, n.progress.Load()))
			switch {
			case !online && time.Since(started) > patience.login:
				client.Disconnect()

				return endLost, "WhatsApp did not answer in time.", 0, online
			case promised && quiet > patience.progress:
				client.Disconnect()

				return endLost, "Messages were announced and did not come.", 0, online
			}
		case signal := <-n.signals:
			switch s := signal.(type) {
			case *events.Connected:
				online = true
				signedIn()
				n.connected(client)
			case *events.OfflineSyncPreview:
				promised = s.Total > 0
			case *events.OfflineSyncCompleted:
				promised = false
			case *events.KeepAliveTimeout:
				if s.ErrorCount > 2 {
					client.ResetConnection()
				}
			case *events.Disconnected:
				return endLost, "The connection was lost.", 0, online
			case *events.StreamError:
				client.Disconnect()

				return endLost, "WhatsApp ended the connection (" + s.Code + ").", 0, online
			case *events.StreamReplaced:
				return endReplaced, "", 0, online
			case *events.LoggedOut:
				if s.Reason == events.ConnectFailureUnknownLogout || s.Reason == events.ConnectFailureMainDeviceGone {
					return endBanned, "WhatsApp has locked this account.", 0, online
				}

				return endLoggedOut, "The link was removed on the phone.", 0, online
			case *events.TemporaryBan:
				return endThrottled, "WhatsApp has paused this account: " + s.Code.String(), max(s.Expire, time.Minute), online
			case *events.ClientOutdated:
				return endOutdated, "WhatsApp asks for a newer version of Recado.", 0, online
			case *events.ConnectFailure:
				return endLost, fmt.Sprintf("WhatsApp refused the connection (%d).", int(s.Reason)), 0, online
			case storageFailed:
				return endStorage, "There is no room to keep messages.", 0, online
			case handlerFailed:
				n.room.app.Logger().Error("A message was not taken; it will come again", slog.String("channel", n.channel), slog.Any("error", s.err))
				client.Disconnect()
				if n.isFull(s.err) {
					return endStorage, "There is no room to keep messages.", 0, online
				}

				return endLost, "A message could not be kept.", 0, false // as a failure, so that the pauses grow
			}
		}
	}
}

func (n *number) connected(client *whatsmeow.Client) {
	n.mu.Lock()
	n.online = true
	n.mu.Unlock()
	n.setState(stateOnline, "")
	if err := n.room.deps.Inbox.Flush(n.channel); err != nil {
		n.room.app.Logger().Error("Waiting messages were not woken", slog.Any("error", err))
	}
}

func (n *number) offline() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.online = false
}

// ready is the client of a number that is online, or nil.
func (n *number) ready() *whatsmeow.Client {
	if n == nil {
		return nil
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.online || n.client == nil || !n.client.IsLoggedIn() {
		return nil
	}

	return n.client
}

// forget ends a link that is gone for good. The number stays as it is shown.
func (n *number) forget(state, reason string) {
	err := n.room.update(n.channel, func(channel *core.Record) { channel.Set("device", "") })
	if err != nil {
		n.room.app.Logger().Error("A link that is gone could not be forgotten", slog.Any("error", err))
	}
	n.setState(state, reason)
}

// signal passes an event on to the supervisor. It never blocks a handler.
func (n *number) signal(event any) {
	select {
	case n.signals <- event:
	default:
		n.room.app.Logger().Error("A number has too many events waiting", slog.String("channel", n.channel))
	}
}

// clearSignals forgets what was said of the connection before.
func (n *number) clearSignals() {
	for {
		select {
		case <-n.signals:
		default:
			return
		}
	}
}

func (n *number) isFull(err error) bool {
	return isStorage(err) || disk.Fills(n.room.app.DataDir(), err)
}

// plainReason is an error in words that tell no secrets.
func plainReason(err error) string {
	var timeout interface{ Timeout() bool }
	switch {
	case errors.As(err, &timeout):
		return "WhatsApp can't be reached. Is the server connected to the internet?"
	case isStorage(err):
		return "There is no room to keep messages."
	}

	return "The connection failed."
}
