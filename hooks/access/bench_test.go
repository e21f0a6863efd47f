package access_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"recado/collections"
	"recado/hooks/recadotest"
)

// BenchmarkAdmitted compares requests with the same ones where nothing looks at
// sign-ins, keys and suspended companies, and nothing is ready to write down who
// changes what: PocketBase's token and the rule of the collection decide alone.
func BenchmarkAdmitted(b *testing.B) {
	app := recadotest.New(b, nil)
	company := app.Company()
	member := company.Member("agent")
	for range 30 {
		company.Contact()
	}
	contact := company.Contact()
	list := company.Records(collections.Contacts) + "&perPage=30&skipTotal=1&sort=-created,-id&filter=" + url.QueryEscape("company = '"+company.Id+"'")

	whole := app.Handler()
	bare := app.Without("recadoKeys", "recadoSessions", "recadoSuspended", "recadoAudit")
	for _, c := range []struct {
		name, address string
		handler       http.Handler
	}{
		{"list", list, whole},
		{"list-bare", list, bare},
		{"view", company.RecordURL(contact), whole},
		{"view-bare", company.RecordURL(contact), bare},
	} {
		b.Run(c.name, func(b *testing.B) {
			recadotest.CPU(b, func() {
				request := httptest.NewRequest(http.MethodGet, c.address, nil)
				request.Header.Set("Authorization", member.Token)
				answer := httptest.NewRecorder()
				c.handler.ServeHTTP(answer, request)
				if answer.Code != http.StatusOK || answer.Body.Len() < 100 {
					b.Fatalf("%d %s", answer.Code, answer.Body)
				}
			})
		})
	}
}
