package inbox_test

import (
	"testing"

	"recado/hooks/recadotest"
)

// What is said in a group is shown with who said it; nobody waits for an answer there.
func TestAGroupIsNotAnsweredByMachines(t *testing.T) {
	d := newDesk(t, recadotest.New(t, nil), "bot")
	in := d.inbound("120363000001", "1", "quem vem?")
	in.IdentityKind, in.Name, in.Data = "group", "Equipe", map[string]any{"from": map[string]any{"id": "x", "name": "Maria"}}
	result, err := d.Inbox.Ingest(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Inbox.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := d.conversation(result)
	if c.GetString("preview") != "Maria: quem vem?" || c.GetString("answerer") != "human" || !c.GetDateTime("waiting_since").IsZero() {
		t.Errorf("the conversation is %v", c.PublicExport())
	}
	if said := d.out.said(); len(said) != 0 {
		t.Errorf("said %v", said)
	}
}
