package wasim_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.mau.fi/whatsmeow/types/events"
)

func TestPhonesHaveARemoteControl(t *testing.T) {
	s := simulator(t)
	control := s.Control()
	post := func(path, kind, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", path, strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		w := httptest.NewRecorder()
		control.ServeHTTP(w, r)

		return w
	}
	const kind = "application/json"
	if w := post("/phones", kind, `{"number":"5511999990001","name":"Shop"}`); w.Code != http.StatusOK {
		t.Fatal(w.Body)
	}
	post("/phones", kind, `{"number":"5511988880001","name":"Maria"}`)
	if w := post("/phones", kind, `{"number":"12","name":"?"}`); w.Code != http.StatusConflict {
		t.Errorf("a number of two digits: %d", w.Code)
	}
	if w := post("/say", "text/plain", `{"number":"5511988880001"}`); w.Code != http.StatusUnsupportedMediaType {
		t.Errorf("a page of another website may send: %d", w.Code)
	}

	c := newClient(t, s, storage(t))
	codes := got(c.GetQRChannel(t.Context()))(t)
	must(t, c.Connect())
	raw := got(json.Marshal(map[string]string{"number": "5511999990001", "text": (<-codes).Code}))(t)
	if w := post("/scan", kind, string(raw)); w.Code != http.StatusOK {
		t.Fatal(w.Body)
	}
	next[*events.Connected](c, nil)
	if w := post("/say", kind, `{"number":"5511988880001","to":"5511999990001","text":"oi"}`); w.Code != http.StatusOK {
		t.Fatal(w.Body)
	}
	next(c, says("oi"))

	for path, body := range map[string]string{
		"/show": `{"number":"5511988880001","file":"iVBORw=="}`, "/history": `{"number":"5511999990001","to":"5511988880001","text":"ontem","file":"iVBORw=="}`,
	} {
		if w := post(path, kind, body); w.Code != http.StatusOK {
			t.Errorf("%s: %s", path, w.Body)
		}
	}
	w := httptest.NewRecorder()
	control.ServeHTTP(w, httptest.NewRequest("GET", "/state", nil))
	if !strings.Contains(w.Body.String(), `"name":"Shop","linked":1`) {
		t.Errorf("the state is %s", w.Body)
	}
	post("/unlink", kind, `{"number":"5511999990001"}`)
	next[*events.LoggedOut](c, nil)
}
