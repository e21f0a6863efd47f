package webchat_test

import (
	"net/http"
	"testing"

	"recado/hooks/recadotest"
)

func TestAWebsiteChannelIsOnlineUnlessSwitchedOff(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	owner := company.Member("owner")
	channel := company.Webchat()
	if got := channel.GetString("state"); got != "online" || channel.GetDateTime("state_since").IsZero() {
		t.Errorf("a new channel is %q", got)
	}

	off := app.Do(http.MethodPatch, company.RecordURL(channel), owner.Token, map[string]any{"active": false}).Must(t, http.StatusOK)
	if off.JSON["state"] != "off" {
		t.Errorf("a channel switched off is %v", off.JSON["state"])
	}
}
