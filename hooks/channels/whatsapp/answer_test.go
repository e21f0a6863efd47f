package whatsapp_test

import (
	"net/http"
	"strings"
	"testing"

	"recado/hooks/channels/whatsapp/wasim"
)

func TestANewNumberAnswersNobody(t *testing.T) {
	d := linked(t)
	if got := d.Reload(d.channel).GetString("settings"); !strings.Contains(got, `"answer":"nobody"`) {
		t.Fatalf("settings begin as %s", got)
	}
	in := d.says(d.maria, "oi")
	d.eventually("it waits for a person", func() bool {
		return d.Reload(d.conversation()).GetString("answerer") == "waiting" && d.Reload(d.conversation()).GetString("triage_due") == ""
	})
	if n := d.maria.Received().Len(); n != 0 {
		t.Fatalf("%d answers to someone who was to get none", n)
	}

	preview := d.Do("GET", d.url("answering?answer=everyone"), d.owner.Token, nil).Must(t, http.StatusOK)
	if preview.JSON["total"] != 1.0 || !strings.Contains(string(preview.Raw), in.GetString("contact")) {
		t.Errorf("the preview is %s", preview.Raw)
	}

	// New contacts only: Maria is none.
	d.Do("PATCH", d.company.RecordURL(d.channel), d.owner.Token, map[string]any{"settings": map[string]any{"answer": "new"}}).Must(t, http.StatusOK)
	ana := d.sim.NewPhone("5511988880002", "Ana")
	got(ana.Say(d.shop, "olá"))(t)
	got(ana.Received().Wait(within(t), func(r wasim.Received) bool { return r.Text() != "" }))(t)
	d.says(d.maria, "e eu?")
	must(t, d.Inbox.Drain(t.Context()))
	if n := d.maria.Received().Len(); n != 0 {
		t.Errorf("%d answers to someone who was there before", n)
	}
}

func TestAnswersAreSentOnceTheNumberIsSwitchedOn(t *testing.T) {
	d := linked(t)
	d.Do("PATCH", d.company.RecordURL(d.channel), d.owner.Token, map[string]any{"settings": map[string]any{"answer": "everyone"}}).Must(t, http.StatusOK)
	got(d.maria.Say(d.shop, "oi"))(t)
	got(d.maria.Received().Wait(within(t), func(r wasim.Received) bool { return r.Text() != "" }))(t)
}
