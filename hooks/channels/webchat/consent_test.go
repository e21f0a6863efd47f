package webchat_test

import (
	"net/http"
	"strings"
	"testing"

	"recado/collections"
)

// A channel can ask for consent before the first message; the evidence stands
// with the contact, once for each text.
func TestConsentBeforeTheFirstMessage(t *testing.T) {
	d := newDesk(t, nil)
	ask := func(mode, text string, address bool) {
		d.change(d.channel, map[string]any{"settings": map[string]any{
			"privacy_url": "https://example.com/privacy", "consent": map[string]any{"mode": mode, "text": text, "address": address},
		}})
	}
	asked := func() map[string]any {
		t.Helper()
		consent, _ := d.Do("GET", "/api/recado/webchat/"+d.key+"/config", "", nil).JSON["consent"].(map[string]any)

		return consent
	}
	write := func(b *browser, clientID, consent string) answer {
		return b.do("POST", "messages", map[string]any{"clientId": clientID, "text": "hi", "consent": consent})
	}
	kept := func() string {
		t.Helper()
		records, err := d.FindRecordsByFilter(collections.Consents, "id != ''", "id", 0, 0)
		must(t, err)
		var list []string
		for _, one := range records {
			list = append(list, one.GetString("kind")+" "+one.GetString("text")+" "+one.GetString("url")+" "+one.GetString("address"))
		}

		return strings.Join(list, ", ")
	}

	if asked() != nil {
		t.Error("consent is asked for by itself")
	}
	ask("accept", "We keep what you write.", false)
	first := asked()
	if first["accept"] != true || first["text"] != "We keep what you write." {
		t.Fatalf("asked: %v", first)
	}
	id := first["id"].(string)
	b := d.visit()
	write(b, "1", "").refused(t, http.StatusForbidden, "consent_required")
	write(b, "1", "something else").refused(t, http.StatusForbidden, "consent_required")
	write(b, "1", id).must(t, http.StatusCreated)
	write(b, "2", id).must(t, http.StatusCreated)
	write(b, "3", "").must(t, http.StatusCreated)
	if got, want := kept(), "accepted We keep what you write. https://example.com/privacy "; got != want {
		t.Errorf("kept: %q, want %q", got, want)
	}

	ask("shown", "By writing you agree.", true)
	other := d.visit()
	write(other, "1", asked()["id"].(string)).must(t, http.StatusCreated)
	if got := kept(); !strings.Contains(got, ", shown By writing you agree. https://example.com/privacy 127.0.0.1") {
		t.Errorf("kept: %q", got)
	}
	write(d.visit(), "1", "").must(t, http.StatusCreated) // a widget of one's own that shows nothing proves nothing
	if got := strings.Count(kept(), ","); got != 1 {
		t.Errorf("%d consents are kept", got+1)
	}
}
