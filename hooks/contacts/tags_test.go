package contacts_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"recado/collections"
	"recado/hooks/recadotest"
)

// Parity: WT-tags.
func TestATagIsOneInEverySpelling(t *testing.T) {
	app := recadotest.New(t, nil)
	company, other := app.Company(), app.Company()
	agent := company.Member("agent")
	make := func(name string) recadotest.Response {
		return app.Do(http.MethodPost, company.Records(collections.Tags), agent.Token, map[string]any{"company": company.Id, "name": name})
	}

	vip := make("  Fiel  Cliente ").Must(t, http.StatusOK)
	if vip.JSON["name"] != "Fiel Cliente" || vip.JSON["key"] != "fiel cliente" || vip.JSON["color"] == "" {
		t.Errorf("the tag is %s", vip.Raw)
	}
	if again := make("FIEL CLIÉNTE"); again.Status != http.StatusBadRequest {
		t.Errorf("a second spelling made a second tag: %s", again.Raw)
	}
	if empty := make(" ́ "); empty.Status != http.StatusBadRequest {
		t.Errorf("a tag without a name was made: %s", empty.Raw)
	}
	other.Create(collections.Tags, map[string]any{"name": "Fiel Cliente"})
}

// Parity: WT-tags, WB-contacts.
func TestTagsOnContactsAndConversations(t *testing.T) {
	app := recadotest.New(t, nil)
	company, other := app.Company(), app.Company()
	owner := company.Member("owner")
	tag := company.Create(collections.Tags, map[string]any{"name": "VIP"})
	foreign := other.Create(collections.Tags, map[string]any{"name": "VIP"})
	conversation := company.Conversation(company.Webchat())
	contact, err := app.FindRecordById(collections.Contacts, conversation.GetString("contact"))
	if err != nil {
		t.Fatal(err)
	}
	company.Contact()

	for _, record := range []string{company.RecordURL(contact), company.RecordURL(conversation)} {
		if got := app.Do(http.MethodPatch, record, owner.Token, map[string]any{"tags": []string{foreign.Id}}); got.Status != http.StatusBadRequest {
			t.Errorf("a tag of another company was taken: %s", got.Raw)
		}
		app.Do(http.MethodPatch, record, owner.Token, map[string]any{"tags": []string{tag.Id}}).Must(t, http.StatusOK)
	}
	for _, collection := range []string{collections.Contacts, collections.Conversations} {
		list := app.Do(http.MethodGet, company.Records(collection)+"&filter="+url.QueryEscape("tags ~ '"+tag.Id+"'"), owner.Token, nil)
		if len(list.Items()) != 1 {
			t.Errorf("%s with the tag: %s", collection, list.Raw)
		}
	}

	app.Do(http.MethodPatch, company.RecordURL(tag), owner.Token, map[string]any{"archived": true}).Must(t, http.StatusOK)
	app.Do(http.MethodPatch, company.RecordURL(contact), owner.Token, map[string]any{"notes": "still has it"}).Must(t, http.StatusOK)
	fresh := company.Contact()
	if got := app.Do(http.MethodPatch, company.RecordURL(fresh), owner.Token, map[string]any{"tags": []string{tag.Id}}); got.Code() != "invalid" {
		t.Errorf("an archived tag was given: %s", got.Raw)
	}
	if got := app.Reload(contact).GetStringSlice("tags"); !slices.Equal(got, []string{tag.Id}) {
		t.Errorf("the contact lost its archived tag: %v", got)
	}
}
