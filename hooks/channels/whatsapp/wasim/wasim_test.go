package wasim_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"go.mau.fi/libsignal/logger"
	"go.mau.fi/whatsmeow"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/store/sqlstore"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	waLog "go.mau.fi/whatsmeow/util/log"
	"google.golang.org/protobuf/proto"
	_ "modernc.org/sqlite"

	"recado/hooks/channels/whatsapp/wasim"
)

const dsn = "?_pragma=foreign_keys(1)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=busy_timeout(10000)&_txlock=immediate"

// quiet keeps libsignal from printing what it can't read.
type quiet struct{}

func (quiet) Debug(string, string)   {}
func (quiet) Info(string, string)    {}
func (quiet) Warning(string, string) {}
func (quiet) Error(string, string)   {}
func (quiet) Configure(string)       {}

func TestMain(m *testing.M) {
	var silent logger.Loggable = quiet{}
	logger.Setup(&silent)
	m.Run()
}

// patience is how long something that is to happen may take: long, for machines that are busy.
const patience = time.Minute

func within(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)

	return ctx
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func got[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		must(t, err)

		return v
	}
}

func simulator(t testing.TB) *wasim.Server {
	s := got(wasim.New(wasim.Options{Seed: 1}))(t)
	t.Cleanup(s.Close)

	return s
}

func storage(t testing.TB) *sqlstore.Container {
	db := got(sqlstore.New(t.Context(), "sqlite", "file:"+filepath.Join(t.TempDir(), "wa.db")+dsn, waLog.Noop))(t)
	t.Cleanup(func() { _ = db.Close() })

	return db
}

// client is a whatsmeow client as it comes.
type client struct {
	*whatsmeow.Client
	t testing.TB

	mu     sync.Mutex
	events []any
	more   chan struct{}
}

func newClient(t testing.TB, s *wasim.Server, db *sqlstore.Container) *client {
	c := &client{Client: whatsmeow.NewClient(db.NewDevice(), waLog.Noop), t: t, more: make(chan struct{}, 1)}
	must(t, s.Configure(c.Client))
	c.listen()

	return c
}

func (c *client) listen() {
	c.AddEventHandler(func(event any) {
		c.mu.Lock()
		c.events = append(c.events, event)
		c.mu.Unlock()
		select {
		case c.more <- struct{}{}:
		default:
		}
	})
	c.t.Cleanup(c.Disconnect) // before the simulator closes: whatsmeow races with a remote end
}

// next returns the next event of the type that matches and was not returned before.
func next[T any](c *client, match func(T) bool) T {
	c.t.Helper()
	deadline := time.After(patience)
	for {
		c.mu.Lock()
		for i, event := range c.events {
			if v, ok := event.(T); ok && (match == nil || match(v)) {
				c.events = slices.Delete(c.events, i, i+1)
				c.mu.Unlock()

				return v
			}
		}
		c.mu.Unlock()
		select {
		case <-c.more:
		case <-time.After(20 * time.Millisecond):
		case <-deadline:
			c.t.Fatalf("no %T", *new(T))
		}
	}
}

func says(words string) func(*events.Message) bool {
	return func(m *events.Message) bool {
		return m.Message.GetConversation() == words || m.Message.GetExtendedTextMessage().GetText() == words
	}
}

func heard(words string) func(wasim.Received) bool {
	return func(r wasim.Received) bool { return r.Err == nil && r.Text() == words && !r.Own }
}

func (c *client) link(p *wasim.Phone) *wasim.Device {
	c.t.Helper()
	codes := got(c.GetQRChannel(c.t.Context()))(c.t)
	must(c.t, c.Connect())
	d := got(p.Scan(within(c.t), (<-codes).Code))(c.t)
	if last := <-codes; last != whatsmeow.QRChannelSuccess {
		c.t.Fatalf("linking ended with %+v", last)
	}
	next[*events.Connected](c, nil)

	return d
}

func (c *client) say(to types.JID, words string) string {
	c.t.Helper()

	return got(c.SendMessage(c.t.Context(), to, &waE2E.Message{Conversation: &words}))(c.t).ID
}

func TestAClientIsLinkedByQRAndTalks(t *testing.T) {
	s := simulator(t)
	shop, maria := s.NewPhone("5511999990001", "Shop"), s.NewPhone("5511988880001", "Maria")
	c := newClient(t, s, storage(t))
	d := c.link(shop)
	if d.Keys() != 812 {
		t.Errorf("%d keys uploaded", d.Keys())
	}

	id := got(maria.Say(shop, "olá"))(t)
	m := next(c, says("olá"))
	if m.Info.ID != id || m.Info.PushName != "Maria" || m.Info.Chat != maria.PN || m.Info.SenderAlt != maria.LID {
		t.Errorf("arrived as %+v", m.Info)
	}
	got(maria.Receipts().Wait(within(t), func(r wasim.Receipt) bool { return r.IDs[0] == id }))(t)

	sent := c.say(maria.PN, "oi Maria")
	if r := got(maria.Received().Wait(within(t), heard("oi Maria")))(t); r.ID != sent {
		t.Errorf("arrived as %s, sent as %s", r.ID, sent)
	}
	got(shop.Received().Wait(within(t), func(r wasim.Received) bool { return r.Own && r.Text() == "oi Maria" }))(t)
	next(c, func(r *events.Receipt) bool { return r.MessageIDs[0] == sent && r.Type == types.ReceiptTypeDelivered })
	maria.Read(shop, sent)
	next(c, func(r *events.Receipt) bool { return r.MessageIDs[0] == sent && r.Type == types.ReceiptTypeRead })

	maria.Typing(shop, true)
	if p := next[*events.ChatPresence](c, nil); p.State != types.ChatPresenceComposing {
		t.Errorf("typing is %v", p.State)
	}
	must(t, c.MarkRead(t.Context(), []string{id}, time.Now(), maria.PN, maria.PN))
	got(maria.Receipts().Wait(within(t), func(r wasim.Receipt) bool { return r.Type == "read" }))(t)

	found := got(c.IsOnWhatsApp(t.Context(), []string{"+551188880001", "+5511000000000"}))(t)
	if len(found) != 2 || !found[0].IsIn || found[0].PhoneNumber != maria.PN || found[1].IsIn {
		t.Errorf("looked up as %+v", found)
	}
}

func TestAClientIsLinkedByCode(t *testing.T) {
	s := simulator(t)
	shop := s.NewPhone("5511999990002", "Shop")
	c := newClient(t, s, storage(t))
	must(t, c.Connect())
	next[*events.QR](c, nil)
	code := got(c.PairPhone(t.Context(), "+55 11 99999-0002", true, whatsmeow.PairClientChrome, "Chrome (Linux)"))(t)
	got(shop.TypeCode(within(t), code))(t)
	next[*events.PairSuccess](c, nil)
	next[*events.Connected](c, nil)
}

func TestAWrongCodeLinksNothing(t *testing.T) {
	s := simulator(t)
	shop := s.NewPhone("5511999990002", "Shop")
	if _, err := shop.Scan(within(t), "https://example.com"); err == nil {
		t.Error("a code of something else is taken")
	}
	if _, err := shop.Scan(within(t), "2@abc,AA==,AA==,AA=="); err == nil {
		t.Error("a code that ran out is taken")
	}
}

func TestWhatIsMissedComesAfterARestart(t *testing.T) {
	s := simulator(t)
	shop, maria := s.NewPhone("5511999990003", "Shop"), s.NewPhone("5511988880003", "Maria")
	db := storage(t)
	c := newClient(t, s, db)
	d := c.link(shop)
	got(maria.Say(shop, "1"))(t)
	next(c, says("1"))
	must(t, shop.Settled(within(t)))
	c.Disconnect()
	got(maria.Say(shop, "2"))(t)

	c2 := &client{Client: whatsmeow.NewClient(got(db.GetDevice(t.Context(), d.JID))(t), waLog.Noop), t: t, more: make(chan struct{}, 1)}
	must(t, s.Configure(c2.Client))
	c2.listen()
	must(t, c2.Connect())
	next(c2, says("2"))
	next[*events.OfflineSyncCompleted](c2, nil)
	must(t, shop.Settled(within(t)))
	must(t, c2.Logout(t.Context()))
	if shop.Device(1) != nil {
		t.Error("still linked")
	}
}

func TestACutConnectionComesBackWithWhatWasMissed(t *testing.T) {
	s := simulator(t)
	shop, maria := s.NewPhone("5511999990004", "Shop"), s.NewPhone("5511988880004", "Maria")
	c := newClient(t, s, storage(t))
	d := c.link(shop)
	d.Cut()
	next[*events.Disconnected](c, nil)
	got(maria.Say(shop, "offline"))(t)
	next(c, says("offline"))
	must(t, shop.Settled(within(t)))

	shop.Unlink(d)
	if out := next[*events.LoggedOut](c, nil); out.OnConnect {
		t.Errorf("%+v", out)
	}
}

func TestStreamsEnd(t *testing.T) {
	s := simulator(t)
	shop := s.NewPhone("5511999990005", "Shop")
	db := storage(t)
	c := newClient(t, s, db)
	d := c.link(shop)

	c2 := &client{Client: whatsmeow.NewClient(got(db.GetDevice(t.Context(), d.JID))(t), waLog.Noop), t: t, more: make(chan struct{}, 1)}
	must(t, s.Configure(c2.Client))
	c2.listen()
	must(t, c2.Connect())
	next[*events.StreamReplaced](c, nil)
	next[*events.Connected](c2, nil)
	c2.Disconnect()

	for reason, want := range map[int]func(*client){
		403: func(c *client) { next[*events.LoggedOut](c, nil) },
		402: func(c *client) { next[*events.TemporaryBan](c, nil) },
		405: func(c *client) { next[*events.ClientOutdated](c, nil) },
	} {
		phone := s.NewPhone(fmt.Sprint("55119777700", reason), "Shop")
		c := newClient(t, s, storage(t))
		c.link(phone)
		phone.Ban(reason)
		want(c)
		c.Disconnect()
	}
}

func TestMediaTravels(t *testing.T) {
	s := simulator(t)
	shop, maria := s.NewPhone("5511999990006", "Shop"), s.NewPhone("5511988880006", "Maria")
	c := newClient(t, s, storage(t))
	c.link(shop)
	data := bytes.Repeat([]byte("png"), 5000)
	id := got(maria.Attach(shop, "image", data, "image/png", "foto"))(t)
	m := next(c, func(m *events.Message) bool { return m.Message.GetImageMessage() != nil })
	if down := got(c.Download(t.Context(), m.Message.GetImageMessage()))(t); !bytes.Equal(down, data) {
		t.Error("the file is another one")
	}

	// Files expire, and the phone has them still.
	s.ExpireMedia()
	if _, err := c.Download(t.Context(), m.Message.GetImageMessage()); err == nil {
		t.Fatal("an expired file is there")
	}
	must(t, c.SendMediaRetryReceipt(t.Context(), &m.Info, m.Message.GetImageMessage().GetMediaKey()))
	retry := next(c, func(r *events.MediaRetry) bool { return r.MessageID == id })
	again := got(whatsmeow.DecryptMediaRetryNotification(retry, m.Message.GetImageMessage().GetMediaKey()))(t)
	m.Message.ImageMessage.DirectPath = again.DirectPath
	if down := got(c.Download(t.Context(), m.Message.GetImageMessage()))(t); !bytes.Equal(down, data) {
		t.Error("the file uploaded again is another one")
	}

	up := got(c.Upload(t.Context(), data, whatsmeow.MediaImage))(t)
	got(c.SendMessage(t.Context(), maria.PN, &waE2E.Message{ImageMessage: &waE2E.ImageMessage{
		Mimetype: proto.String("image/png"), URL: &up.URL, DirectPath: &up.DirectPath, MediaKey: up.MediaKey,
		FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256, FileLength: &up.FileLength,
	}}))(t)
	r := got(maria.Received().Wait(within(t), func(r wasim.Received) bool { return r.Message.GetImageMessage() != nil }))(t)
	if file := got(s.Attachment(r.Message))(t); !bytes.Equal(file, data) {
		t.Error("the phone got another file")
	}
}

func TestPeopleShowThemselvesByNumberOrHiddenID(t *testing.T) {
	s := simulator(t)
	shop, maria := s.NewPhone("5511999990007", "Shop"), s.NewPhone("5511988880007", "Maria")
	c := newClient(t, s, storage(t))
	c.link(shop)

	maria.HideNumber()
	got(maria.Say(shop, "quem sou eu?"))(t)
	if m := next(c, says("quem sou eu?")); m.Info.Chat != maria.LID || !m.Info.SenderAlt.IsEmpty() {
		t.Errorf("arrived as %+v", m.Info)
	}
	c.say(maria.LID, "não sei")
	got(maria.Received().Wait(within(t), heard("não sei")))(t)

	maria.ShowLID()
	got(maria.Say(shop, "Maria"))(t)
	if m := next(c, says("Maria")); m.Info.Chat != maria.LID || m.Info.SenderAlt != maria.PN {
		t.Errorf("arrived as %+v", m.Info)
	}
	if pn := got(c.Store.LIDs.GetPNForLID(t.Context(), maria.LID))(t); pn != maria.PN {
		t.Errorf("revealed as %v", pn)
	}
}

func TestEveryKindOfMessageArrives(t *testing.T) {
	s := simulator(t)
	shop, maria := s.NewPhone("5511999990008", "Shop"), s.NewPhone("5511988880008", "Maria")
	c := newClient(t, s, storage(t))
	d := c.link(shop)
	id := got(maria.Say(shop, "primeira"))(t)
	next(c, says("primeira"))

	has := func(check func(m *waE2E.Message) bool) func(*events.Message) bool {
		return func(m *events.Message) bool { return check(m.Message) }
	}
	got(maria.React(shop, id, true, "👍"))(t)
	next(c, has(func(m *waE2E.Message) bool { return m.GetReactionMessage().GetKey().GetID() == id }))
	got(maria.Edit(shop, id, "corrigida"))(t)
	next(c, func(m *events.Message) bool { return m.IsEdit })
	got(maria.Revoke(shop, id))(t)
	next(c, has(func(m *waE2E.Message) bool {
		return m.GetProtocolMessage().GetType() == waE2E.ProtocolMessage_REVOKE && m.GetProtocolMessage().GetKey() != nil
	}))
	got(maria.Answer(shop, "resposta", id, maria))(t)
	next(c, says("resposta"))
	got(maria.Locate(shop, -23.5, -46.6, "Paulista"))(t)
	next(c, has(func(m *waE2E.Message) bool { return m.GetLocationMessage() != nil }))
	got(maria.Introduce(shop, "Ana", "5511955550000"))(t)
	next(c, has(func(m *waE2E.Message) bool { return m.GetContactMessage() != nil }))
	for kind, mime := range map[string]string{"voice": "audio/ogg; codecs=opus", "sticker": "image/webp", "document": "application/pdf", "video": "video/mp4"} {
		got(maria.Attach(shop, kind, []byte("content of "+kind), mime, "name"))(t)
		m := next(c, has(func(m *waE2E.Message) bool {
			return m.GetImageMessage() == nil && whatsmeow.MediaType("") != mediaOf(m)
		}))
		//lint:ignore SA1019 of any kind is what this is about
		if file := got(c.DownloadAny(t.Context(), m.Message))(t); string(file) != "content of "+kind {
			t.Errorf("%s is %q", kind, file)
		}
	}

	poll := got(maria.Ask(shop, "Quando?", "hoje", "amanhã"))(t)
	next(c, has(func(m *waE2E.Message) bool { return m.GetPollCreationMessage() != nil }))
	got(maria.Vote(shop, poll, "amanhã"))(t)
	vote := next(c, has(func(m *waE2E.Message) bool { return m.GetPollUpdateMessage() != nil }))
	if chosen := got(c.DecryptPollVote(t.Context(), vote))(t); !bytes.Equal(chosen.SelectedOptions[0], whatsmeow.HashPollOptions([]string{"amanhã"})[0]) {
		t.Error("the vote is for something else")
	}

	maria.Call(shop)
	next[*events.CallOffer](c, nil)
	next[*events.CallTerminate](c, nil)

	got(shop.TypeOn(maria, &waE2E.Message{Conversation: proto.String("do celular")}))(t)
	if m := next(c, says("do celular")); !m.Info.IsFromMe || m.Info.Chat != maria.PN {
		t.Errorf("arrived as %+v", m.Info)
	}
	shop.ReadHere(maria, id)
	if r := next[*events.Receipt](c, nil); r.Type != types.ReceiptTypeReadSelf || r.Chat != maria.PN {
		t.Errorf("%+v", r)
	}

	must(t, shop.ShareState(d))
	for range 5 {
		next[*events.AppStateSyncComplete](c, nil)
	}
	if c.Store.PushName != "Shop" {
		t.Errorf("the account's name is %q", c.Store.PushName)
	}
	must(t, c.SendPresence(t.Context(), types.PresenceAvailable))
	got(shop.Signals().Wait(within(t), func(sig wasim.Signal) bool { return sig.State == "available" }))(t)

	must(t, shop.ShareHistory(d, maria, wasim.Past{ID: "OLD1", Text: "ontem", At: time.Now().Add(-24 * time.Hour)}))
	if h := next[*events.HistorySync](c, nil); len(h.Data.GetConversations()[0].GetMessages()) != 1 {
		t.Errorf("history %v", h.Data)
	}
}

func mediaOf(m *waE2E.Message) whatsmeow.MediaType {
	switch {
	case m.GetAudioMessage() != nil:
		return whatsmeow.MediaAudio
	case m.GetStickerMessage() != nil:
		return whatsmeow.MediaImage
	case m.GetDocumentMessage() != nil:
		return whatsmeow.MediaDocument
	case m.GetVideoMessage() != nil:
		return whatsmeow.MediaVideo
	}

	return ""
}

func TestGroupsAreRead(t *testing.T) {
	s := simulator(t)
	shop, maria := s.NewPhone("5511999990009", "Shop"), s.NewPhone("5511988880009", "Maria")
	c := newClient(t, s, storage(t))
	c.link(shop)
	g := s.NewGroup("Clientes", maria, shop)
	for _, words := range []string{"oi grupo", "de novo"} {
		got(g.Say(maria, words))(t)
		if m := next(c, says(words)); !m.Info.IsGroup || m.Info.Chat != g.JID || m.Info.Sender != maria.PN {
			t.Errorf("arrived as %+v", m.Info)
		}
	}
	info := got(c.GetGroupInfo(t.Context(), g.JID))(t)
	if info.Name != "Clientes" || len(info.Participants) != 2 {
		t.Errorf("%+v", info)
	}
}

func TestWhatCantBeReadIsAskedForAgain(t *testing.T) {
	s := simulator(t)
	shop, maria := s.NewPhone("5511999990010", "Shop"), s.NewPhone("5511988880010", "Maria")
	c := newClient(t, s, storage(t))
	c.link(shop)
	got(maria.Say(shop, "um"))(t)
	next(c, says("um"))
	maria.Garble(1)
	got(maria.Say(shop, "dois"))(t)
	next[*events.UndecryptableMessage](c, nil)
	next(c, says("dois"))
	must(t, shop.Settled(within(t)))
}

func TestQueriesFailAsScripted(t *testing.T) {
	s := simulator(t)
	shop := s.NewPhone("5511999990011", "Shop")
	c := newClient(t, s, storage(t))
	c.link(shop)
	s.OnQuery(func(q *waBinary.Node) *waBinary.Node {
		if q.Attrs["xmlns"] == "usync" {
			return wasim.QueryError(q, 429, "rate-overlimit")
		}

		return nil
	})
	if _, err := c.IsOnWhatsApp(t.Context(), []string{"+5511"}); err == nil {
		t.Error("a refused question is answered")
	}
}

func TestMessagesAreRefusedAndAcknowledgementsMissing(t *testing.T) {
	s := simulator(t)
	shop, maria, ana := s.NewPhone("5511999990012", "Shop"), s.NewPhone("5511988880012", "Maria"), s.NewPhone("5511988880013", "Ana")
	c := newClient(t, s, storage(t))
	c.link(shop)
	got(maria.Say(shop, "oi"))(t)
	next(c, says("oi"))

	s.Faults.RefuseMessages(func(from, to *wasim.Phone) int {
		if to != from && !to.HasWrittenTo(from) {
			return wasim.ReachOutTimelock
		}

		return 0
	})
	_, err := c.SendMessage(t.Context(), ana.PN, &waE2E.Message{Conversation: proto.String("promoção")})
	if err == nil || ana.Received().Len() != 0 {
		t.Errorf("a cold message got through: %v", err)
	}
	c.say(maria.PN, "tudo bem?")
	got(maria.Received().Wait(within(t), heard("tudo bem?")))(t)

	// An acknowledgement that never comes: the same message again is one message.
	s.Faults.HoldAcks(true)
	id := c.GenerateMessageID()
	again := whatsmeow.SendRequestExtra{ID: id, Timeout: 100 * time.Millisecond}
	if _, err := c.SendMessage(t.Context(), maria.PN, &waE2E.Message{Conversation: proto.String("uma vez")}, again); err == nil {
		t.Error("acknowledged all the same")
	}
	s.Faults.HoldAcks(false)
	got(c.SendMessage(t.Context(), maria.PN, &waE2E.Message{Conversation: proto.String("uma vez")}, again))(t)
	c.say(maria.PN, "fim")
	got(maria.Received().Wait(within(t), heard("fim")))(t)
	times := 0
	for _, r := range maria.Received().All() {
		if r.ID == id && r.Err == nil {
			times++
		}
	}
	if times != 1 {
		t.Errorf("it arrived %d times", times)
	}
}

// Every message arrives in spite of the faults, and the faults are the same again
// under the same seed. What can't be decrypted and connections that are cut come one
// after the other: whatsmeow acknowledges a message over the next connection whose
// request to be sent again was lost with the last one.
func TestFaultsLoseNothing(t *testing.T) {
	s := simulator(t)
	shop, maria := s.NewPhone("5511999990014", "Shop"), s.NewPhone("5511988880014", "Maria")
	c := newClient(t, s, storage(t))
	c.SynchronousAck, c.EnableDecryptedEventBuffer = true, true // without them whatsmeow itself loses some
	d := c.link(shop)
	const total = 200
	seen := map[string]bool{}
	hear := func(until int) {
		t.Helper()
		for len(seen) < until {
			m := next(c, func(m *events.Message) bool { return m.Info.Sender.User == maria.PN.User })
			seen[m.Message.GetConversation()] = true
		}
	}
	say := func(number int) { got(maria.Say(shop, fmt.Sprint("m", number)))(t) }

	s.Faults.Play(wasim.Script{Duplicate: 0.1, Reorder: 0.1, Corrupt: 0.1, Delay: 0.1, Late: 5 * time.Millisecond})
	for i := range total / 2 {
		say(i)
	}
	hear(total / 2)
	s.Faults.Play(wasim.Script{Drop: 0.05, Duplicate: 0.1, Reorder: 0.1, Delay: 0.1, Late: 5 * time.Millisecond, CutEvery: 45})
	for i := range total / 2 {
		say(total/2 + i)
	}
	hear(total * 3 / 4)
	s.Faults.Play(wasim.Script{})
	d.Cut()
	hear(total)
	if s.Faults.Cuts() == 0 {
		t.Error("no cut was made")
	}
	next[*events.UndecryptableMessage](c, nil)
}

func TestTwoClientsTalk(t *testing.T) {
	s := simulator(t)
	one, two := s.NewPhone("5511999990015", "A"), s.NewPhone("5511999990016", "B")
	a, b := newClient(t, s, storage(t)), newClient(t, s, storage(t))
	a.link(one)
	b.link(two)
	a.say(two.PN, "ping")
	if m := next(b, says("ping")); m.Info.Sender.User != one.PN.User && m.Info.Sender.User != one.LID.User {
		t.Errorf("%+v", m.Info)
	}
	b.say(one.PN, "pong")
	next(a, says("pong"))
}

func TestAnEndpointIsLoopbackOnly(t *testing.T) {
	s := simulator(t)
	path := filepath.Join(t.TempDir(), "simulator.json")
	must(t, s.Endpoint().Write(path))
	e := got(wasim.ReadEndpoint(path))(t)
	if e.Address != s.Endpoint().Address {
		t.Errorf("read as %q", e.Address)
	}
	for _, address := range []string{"192.0.2.1:443", "web.whatsapp.com:443", "", "[2001:db8::1]:1"} {
		e.Address = address
		if err := e.Configure(whatsmeow.NewClient(storage(t).NewDevice(), waLog.Noop)); err == nil {
			t.Errorf("a client is sent to %q", address)
		}
	}
}
