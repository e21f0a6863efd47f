package contacts_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/contacts"
	"recado/hooks/recadotest"
)

func TestFold(t *testing.T) {
	for text, want := range map[string]string{
		"":                         "",
		"  José  ÁVILA ":           "jose avila",
		"Łódź Ñandú":               "łodz nandu",
		"\u05e9\u05dc\u05d5\u05dd": "\u05e9\u05dc\u05d5\u05dd",
		"ﬁ \U0001F600":             "ﬁ \U0001F600",
	} {
		if got := contacts.Fold(text); got != want {
			t.Errorf("Fold(%q) = %q, want %q", text, got, want)
		}
	}
}

func FuzzFold(f *testing.F) {
	f.Add("José")
	f.Add("\xff\xfe")
	f.Fuzz(func(t *testing.T, text string) {
		folded := contacts.Fold(text)
		if contacts.Fold(folded) != folded && utf8.ValidString(text) {
			t.Errorf("Fold is not stable: %q, %q", folded, contacts.Fold(folded))
		}
		if strings.HasPrefix(folded, " ") || strings.Contains(folded, "  ") {
			t.Errorf("Fold(%q) leaves spaces: %q", text, folded)
		}
	})
}

// Whatever is typed as a number, it is refused or a number in the one form, which stays as it is wherever it is read again.
func FuzzE164(f *testing.F) {
	for _, seed := range []string{"(11) 98765-4321", "+55 11 98765-4321", "0055 11", "tel:+1;ext=3", "+1-800-FLOWERS", "\u0661\u0662", "\xff", ""} {
		f.Add(seed, "America/Sao_Paulo")
	}
	form := regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	f.Fuzz(func(t *testing.T, typed, timezone string) {
		number, err := contacts.E164(typed, timezone)
		if err != nil || number == "" {
			if number != "" {
				t.Errorf("%q is refused and %q", typed, number)
			}

			return
		}
		if again, err := contacts.E164(number, "Europe/London"); !form.MatchString(number) || again != number || err != nil {
			t.Errorf("%q is %q, then %q, %v", typed, number, again, err)
		}
	})
}

func TestE164(t *testing.T) {
	for _, example := range []struct{ number, timezone, want string }{
		{"", "America/Sao_Paulo", ""},
		{"(11) 98765-4321", "America/Sao_Paulo", "+5511987654321"},
		{"11 98765 4321", "America/Recife", "+5511987654321"},
		{"+55 11 98765-4321", "Europe/London", "+5511987654321"},
		{"0055 11 98765-4321", "Europe/London", "+5511987654321"},
		{"020 7946 0018", "Europe/London", "+442079460018"},
		{"612 34 56 78", "Europe/Madrid", "+34612345678"},
		{"(212) 555-0123", "America/New_York", "+12125550123"},
	} {
		got, err := contacts.E164(example.number, example.timezone)
		if err != nil || got != example.want {
			t.Errorf("E164(%q, %s) = %q, %v, want %q", example.number, example.timezone, got, err, example.want)
		}
	}
	for _, wrong := range []string{"12", "hello", "+999 1", strings.Repeat("9", 40)} {
		if got, err := contacts.E164(wrong, "America/Sao_Paulo"); err == nil {
			t.Errorf("E164(%q) = %q, want an error", wrong, got)
		}
	}
}

// LS-clients: create, list, update, and the bin.
func TestContactsThroughTheAPI(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	agent, manager := company.Member("agent"), company.Member("manager")

	created := app.Do(http.MethodPost, company.Records(collections.Contacts), agent.Token, map[string]any{
		"company": company.Id, "name": " João Ávila ", "phone": "(11) 98765-4321", "email": " Joao@Example.COM ",
	}).Must(t, http.StatusOK)
	if created.JSON["phone"] != "+5511987654321" || created.JSON["name"] != "João Ávila" || created.JSON["lifecycle"] != "lead" {
		t.Errorf("the contact was not brought into its one form: %s", created.Raw)
	}
	id := created.JSON["id"].(string)

	for _, query := range []string{"joao", "avila", "98765", "example.com"} {
		list := app.Do(http.MethodGet, company.Records(collections.Contacts)+"&filter=search~'"+query+"'", agent.Token, nil)
		if got := list.Items(); len(got) != 1 || got[0] != id {
			t.Errorf("search for %s finds %v", query, got)
		}
	}

	url := company.URL("/api/collections/contacts/records/" + id)
	if wrong := app.Do(http.MethodPatch, url, agent.Token, map[string]any{"phone": "12"}); wrong.Status != http.StatusBadRequest || wrong.Code() != "invalid" {
		t.Errorf("a wrong phone was answered with %s", wrong.Raw)
	}
	if got := app.Do(http.MethodPatch, url, agent.Token, map[string]any{"deleted": "2026-01-01 00:00:00.000Z"}); got.Code() != "forbidden" {
		t.Errorf("an agent put a contact into the bin: %s", got.Raw)
	}
	app.Do(http.MethodPatch, url, manager.Token, map[string]any{"deleted": "2026-01-01 00:00:00.000Z"}).Must(t, http.StatusOK)
	app.Do(http.MethodPatch, url, manager.Token, map[string]any{"deleted": ""}).Must(t, http.StatusOK)
	if got := app.Do(http.MethodDelete, url, manager.Token, nil); got.Status == http.StatusNoContent {
		t.Error("a contact was deleted for good")
	}
}

// Parity: WB-conversations.
func TestConversationsAreFoundByTheNewName(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	owner := company.Member("owner")
	conversation := company.Conversation(company.Webchat())

	url := company.URL("/api/collections/contacts/records/" + conversation.GetString("contact"))
	app.Do(http.MethodPatch, url, owner.Token, map[string]any{"name": "Zoë Quill"}).Must(t, http.StatusOK)

	list := app.Do(http.MethodGet, company.Records(collections.Conversations)+"&filter=search~'zoe+quill'", owner.Token, nil)
	if got := list.Items(); len(got) != 1 || got[0] != conversation.Id {
		t.Errorf("found %v: %s", got, list.Raw)
	}
}

// Parity: WB-contacts.
func TestTheSamePhoneTwice(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	owner, narrow := company.Member("owner"), company.Member("agent")
	company.Permit(narrow.Record, "contacts.view_own", "contacts.add")
	add := func(who *recadotest.Member, query string) recadotest.Response {
		return app.Do(http.MethodPost, company.Records(collections.Contacts)+query, who.Token,
			map[string]any{"company": company.Id, "name": "Ana", "phone": "11 98765-4321"})
	}

	first := add(owner, "").Must(t, http.StatusOK)
	again := add(owner, "")
	if data, _ := again.JSON["data"].(map[string]any); again.Status != http.StatusConflict || again.Code() != "phone_taken" || data["contact"] != first.JSON["id"] {
		t.Errorf("the second time: %s", again.Raw)
	}
	if hidden := add(narrow, ""); hidden.Code() != "phone_taken" || strings.Contains(string(hidden.Raw), first.JSON["id"].(string)) {
		t.Errorf("who may not see the contact got %s", hidden.Raw)
	}
	variant := app.Do(http.MethodPost, company.Records(collections.Contacts), owner.Token, map[string]any{"company": company.Id, "name": "Ana", "phone": "+55 11 8765-4321"})
	if variant.Code() != "phone_taken" {
		t.Errorf("without the ninth digit: %s", variant.Raw)
	}
	add(owner, "&confirmed=1").Must(t, http.StatusOK)
	app.Company().Create(collections.Contacts, map[string]any{"phone": "+5511987654321"})
}

// A contact is found by its notes; its conversations are not, for who may see them
// need not see the notes.
//
// Parity: WB-contacts.
func TestNotesAreSearched(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	owner := company.Member("owner")
	conversation := company.Conversation(company.Webchat())
	url := company.URL("/api/collections/contacts/records/" + conversation.GetString("contact"))
	app.Do(http.MethodPatch, url, owner.Token, map[string]any{"name": "Zoë", "notes": "Alérgica a Penicilina " + strings.Repeat("x", 19_000)}).Must(t, http.StatusOK)

	for collection, want := range map[string]int{collections.Contacts: 1, collections.Conversations: 0} {
		list := app.Do(http.MethodGet, company.Records(collection)+"&filter=search~'penicilina'", owner.Token, nil).Must(t, http.StatusOK)
		if len(list.Items()) != want {
			t.Errorf("%d %s are found", len(list.Items()), collection)
		}
	}
	found := app.Do(http.MethodGet, company.URL("/api/recado/search?q=alergica"), owner.Token, nil)
	if got, _ := found.JSON["contacts"].([]any); len(got) != 1 {
		t.Errorf("the search finds %s", found.Raw)
	}
}

// Who was taken down by hand or by an import is known when they write from their
// phone, however the number was written.
//
// Parity: LC-import, WB-contacts.
func TestAMessageFindsTheContactByThePhone(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	resolve := func(kind, value, phone string) (contact string) {
		t.Helper()
		err := app.RunInTransaction(func(txApp core.App) error {
			found, identity, err := app.Contacts.Resolve(txApp, contacts.Person{Company: company.Id, Kind: kind, Value: value, Phone: phone, Name: "As they call themselves"})
			if err == nil && identity.GetString("contact") != found.Id {
				t.Errorf("the identity belongs to %s", identity.GetString("contact"))
			}
			contact = found.Id

			return err
		})
		if err != nil {
			t.Fatal(err)
		}

		return contact
	}

	app.Company().Create(collections.Contacts, map[string]any{"name": "Of another company", "phone": "+5511987654321"})
	company.Create(collections.Contacts, map[string]any{"name": "In the bin", "phone": "+5511987654321", "deleted": "2026-01-01 00:00:00.000Z"})
	known := company.Create(collections.Contacts, map[string]any{"name": "João", "phone": "+551187654321"})
	if got := resolve("phone", "+5511987654321", ""); got != known.Id {
		t.Errorf("%s wrote, not the known one", got)
	}
	if got := resolve("phone", "551187654321", ""); got != known.Id {
		t.Error("a variant of a known identity is someone else")
	}
	if got := app.Reload(known); got.GetString("name") != "João" || got.GetString("phone") != "+551187654321" {
		t.Errorf("the contact became %v", got.PublicExport())
	}
	if got := resolve("phone", "+5511987654399", ""); got == known.Id {
		t.Error("another number is the same person")
	}
	// Anyone can type anyone's number.
	if got := resolve("visitor", "v1", "+5511987654321"); got == known.Id {
		t.Error("a visitor became the contact whose phone they typed")
	}
}
