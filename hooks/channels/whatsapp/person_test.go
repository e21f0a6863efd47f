package whatsapp_test

import (
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

func TestAHiddenIDIsOnePersonWithItsNumber(t *testing.T) {
	d := linked(t)
	d.maria.HideNumber()
	first := d.says(d.maria, "quem sou eu?")
	contact := got(d.FindRecordById(collections.Contacts, first.GetString("contact")))(t)
	if contact.GetString("phone") != "" {
		t.Errorf("the number is known already: %v", contact.PublicExport())
	}
	out := d.reply(first, map[string]any{"text": "oi"})
	d.waitStatus(out, "delivered")

	d.maria.ShowLID()
	second := d.says(d.maria, "sou eu")
	if second.GetString("contact") != contact.Id {
		t.Error("one person is two contacts")
	}
	if phone := d.Reload(contact).GetString("phone"); phone != "+5511988880001" {
		t.Errorf("the number is not known: %q", phone)
	}
	third := d.says(d.maria, "de novo")
	if third.GetString("conversation") != first.GetString("conversation") {
		t.Error("one person has two conversations")
	}
}

func TestAKnownNumberAndAHiddenIDBecomeOneContact(t *testing.T) {
	d := linked(t)
	known := d.company.Create(collections.Contacts, map[string]any{"name": "Maria Silva", "phone": "+5511988880001", "lifecycle": "customer"})
	d.maria.HideNumber()
	first := d.says(d.maria, "oi")
	if first.GetString("contact") == known.Id {
		t.Fatal("known by magic")
	}
	d.maria.ShowLID()
	second := d.says(d.maria, "sou a Maria")
	if second.GetString("contact") != known.Id && d.Reload(first).GetString("contact") != second.GetString("contact") {
		t.Fatal("not merged")
	}
	merge := got(d.FindFirstRecordByFilter(collections.ContactMerges, "reason = 'revealed'"))(t)
	if n := len(got(d.FindAllRecords(collections.Contacts, dbx.HashExp{"company": d.company.Id, "deleted": ""}))(t)); n != 1 {
		t.Fatalf("%d contacts", n)
	}
	must(t, d.RunInTransaction(func(txApp core.App) error { return d.Contacts.Unmerge(txApp, merge, "") }))
	if n := len(got(d.FindAllRecords(collections.Contacts, dbx.HashExp{"company": d.company.Id, "deleted": ""}))(t)); n != 2 {
		t.Fatalf("%d contacts after taking it back", n)
	}
}

func TestTheSameNumberInTwoCompaniesIsTwoContacts(t *testing.T) {
	d := linked(t)
	d.says(d.maria, "oi")
	other := d.Company()
	other.Create(collections.Contacts, map[string]any{"name": "Maria", "phone": "+5511988880001", "lifecycle": "lead"})
	d.maria.ShowLID()
	d.says(d.maria, "de novo")
	if n := len(got(d.FindAllRecords(collections.Contacts, dbx.HashExp{"phone": "+5511988880001"}))(t)); n != 2 {
		t.Errorf("%d contacts in two companies", n)
	}
}

func TestVariantsOfANumberAreOneContact(t *testing.T) {
	d := linked(t)
	for written, shown := range map[string]string{
		"+551177770000": "5511977770000", "+5511977770001": "551177770001",
		"+525512345678": "5215512345678", "+5491123456789": "541123456789",
	} {
		contact := d.company.Create(collections.Contacts, map[string]any{"name": written, "phone": written, "lifecycle": "lead"})
		phone := d.sim.NewPhone(shown, "P"+shown)
		if in := d.says(phone, "oi"); in.GetString("contact") != contact.Id {
			t.Errorf("%s and %s are two contacts", written, shown)
		}
	}
}
