package webchat_test

import (
	"net/http"
	"testing"

	"recado/collections"
	"recado/hooks/recadotest"
)

func TestAChannelMadeWithoutAKeyGetsOne(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	owner := company.Member("owner")
	make := func() string {
		t.Helper()
		made := app.Do(http.MethodPost, company.Records(collections.Channels), owner.Token, map[string]any{
			"company": company.Id, "kind": "webchat", "name": "Shop", "answerer": "bot", "active": true,
		}).Must(t, http.StatusOK)

		return made.JSON["public_key"].(string)
	}

	key := make()
	if len(key) != 24 || key == make() {
		t.Fatalf("the key is %q", key)
	}
	app.Do(http.MethodGet, "/api/recado/webchat/"+key+"/config", "", nil).Must(t, http.StatusOK)
}
