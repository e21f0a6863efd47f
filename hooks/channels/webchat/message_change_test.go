package webchat_test

import (
	"net/http"
	"slices"
	"testing"

	"recado/hooks/recadotest"
)

// Parity: WT-messages.
func TestAChangedMessageIsSentAgain(t *testing.T) {
	d := newDesk(t, nil)
	b := d.visit().listen()
	asked := b.send("c1", "Quanto custa?").must(t, http.StatusCreated).Body
	conversation := d.conversation()
	sent := d.reply(conversation.Id, "30 reais", map[string]any{"reply_to": asked.ID}).Must(t, http.StatusOK).JSON["id"].(string)
	b.until(func() bool { return len(b.seen) == 2 })
	if b.seen[1].Quote != "Quanto custa?" {
		t.Errorf("the quote is %q", b.seen[1].Quote)
	}
	d.waitStatus(sent, "delivered")

	change := func(action string, body map[string]any) recadotest.Response {
		return d.Do(http.MethodPost, d.company.URL("/api/recado/messages/"+sent+"/"+action), d.member.Token, body).Must(t, http.StatusOK)
	}
	// An open widget hears of it, a new one reads it so.
	heard := func(text string) {
		t.Helper()
		b.until(func() bool { return b.seen[1].Text == text })
		if got := texts(b.list("")); !slices.Equal(got, []string{"Quanto custa?", text}) {
			t.Errorf("the transcript says %q", got)
		}
	}
	change("edit", map[string]any{"text": "40 reais"})
	heard("40 reais")
	change("delete", nil)
	heard("Esta mensagem foi apagada.")
}
