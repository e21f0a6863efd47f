package inbox_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/recadotest"
)

func TestFiftyFirstMessagesAtOnce(t *testing.T) {
	d := newDesk(t, recadotest.New(t, nil), "none")

	var wait sync.WaitGroup
	for i := range 50 {
		wait.Go(func() {
			if _, err := d.Inbox.Ingest(context.Background(), d.inbound("ana", fmt.Sprint(i), fmt.Sprint("message ", i))); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()

	for collection, want := range map[string]int64{
		collections.Contacts: 1, collections.Identities: 1, collections.Conversations: 1, collections.Messages: 50,
	} {
		if got, err := d.CountRecords(collection); err != nil || got != want {
			t.Errorf("%d %s, want %d (%v)", got, collection, want, err)
		}
	}

	conversation, err := d.FindFirstRecordByFilter(collections.Conversations, "id != ''")
	if err != nil {
		t.Fatal(err)
	}
	if got := conversation.GetInt("unread"); got != 50 {
		t.Errorf("unread is %d, want 50", got)
	}
}

func TestMessagesKeepTheOrderInWhichTheyCame(t *testing.T) {
	d := newDesk(t, recadotest.New(t, nil), "none")

	for i := range 60 {
		d.ingest("ana", fmt.Sprint(i), fmt.Sprint(i))
	}

	var messages []*core.Record
	if err := d.RecordQuery(collections.Messages).OrderBy("at", "id").All(&messages); err != nil {
		t.Fatal(err)
	}
	for i, message := range messages {
		if got := message.GetString("text"); got != fmt.Sprint(i) {
			t.Fatalf("message %d by (at, id) is %q", i, got)
		}
	}
	if !slices.IsSortedFunc(messages, func(a, b *core.Record) int {
		if a.Id < b.Id {
			return -1
		}
		return 1
	}) {
		t.Error("ids do not follow the order of commits")
	}
}

func TestTheSameExternalIDIsTheSameMessage(t *testing.T) {
	d := newDesk(t, recadotest.New(t, nil), "none")

	first := d.ingest("ana", "wamid.1", "hello")
	second := d.ingest("ana", "wamid.1", "hello")

	if !second.Duplicate || second.Message.Id != first.Message.Id {
		t.Errorf("second delivery: duplicate %v, message %s, want %s", second.Duplicate, second.Message.Id, first.Message.Id)
	}
	if got := d.conversation(first).GetInt("unread"); got != 1 {
		t.Errorf("unread is %d, want 1", got)
	}
}

func TestABadMessageFailsAlone(t *testing.T) {
	d := newDesk(t, recadotest.New(t, nil), "none")

	var wait sync.WaitGroup
	for i := range 40 {
		wait.Go(func() {
			in := d.inbound("ana", fmt.Sprint(i), "hello")
			if i%10 == 0 {
				in.Channel = "nosuchchannel00"
			}
			_, err := d.Inbox.Ingest(context.Background(), in)
			if bad := i%10 == 0; bad != (apierr.Code(err) == "not_found") {
				t.Errorf("message %d: %v", i, err)
			}
		})
	}
	wait.Wait()

	if got, _ := d.CountRecords(collections.Messages); got != 36 {
		t.Errorf("%d messages, want 36", got)
	}
}

func TestAChannelOfAnotherCompanyIsNoWayIn(t *testing.T) {
	app := recadotest.New(t, nil)
	d, other := newDesk(t, app, "none"), newDesk(t, app, "none")

	in := d.inbound("ana", "1", "hello")
	in.Channel = other.channel
	if _, err := d.Inbox.Ingest(context.Background(), in); apierr.Code(err) != "not_found" {
		t.Errorf("got %v, want not_found", err)
	}
}

func TestASelfToldEMailDoesNotOpenSomeoneElsesContact(t *testing.T) {
	d := newDesk(t, recadotest.New(t, nil), "none")
	victim := d.company.Create(collections.Contacts, map[string]any{"name": "Victim", "email": "victim@example.com"})

	in := d.inbound("stranger", "1", "hello")
	in.Email = "victim@example.com"
	result, err := d.Inbox.Ingest(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	if result.Contact == victim.Id {
		t.Error("a stranger became an existing contact by typing an e-mail")
	}
}

func TestAMistypedPhoneLosesNoMessage(t *testing.T) {
	d := newDesk(t, recadotest.New(t, nil), "none")

	in := d.inbound("ana", "1", "hello \U0001F600 \u05e9\u05dc\u05d5\u05dd")
	in.Phone, in.Email = "12", "not an address"
	result, err := d.Inbox.Ingest(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Reload(result.Message).GetString("text"); got != in.Text {
		t.Errorf("text is %q", got)
	}
}

// Parity: LS-client-threads, WT-tickets.
func TestOneActiveConversationIsLaw(t *testing.T) {
	d := newDesk(t, recadotest.New(t, nil), "none")
	first := d.ingest("ana", "1", "hello")

	_, err := d.NonconcurrentDB().Insert(collections.Conversations, dbx.Params{
		"id": "zzzzzzzzzzzzzzz", "company": d.company.Id, "contact": first.Contact, "channel": d.channel,
		"status": "open", "answerer": "bot",
	}).Execute()
	if err == nil {
		t.Error("the database took a second active conversation")
	}
}
