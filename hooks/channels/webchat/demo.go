package webchat

import (
	_ "embed"
	"html/template"
	"net/http"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

//go:embed demo.html
var demoHTML string

var demoPage = template.Must(template.New("demo").Parse(demoHTML))

// demoTexts are the words of the page, by locale.
var demoTexts = map[string]map[string]string{
	"en": {
		"title": "Try the chat", "lead": "This is a plain page with your chat on it. Write to it like a customer would.",
		"how": "Put it on your website", "paste": "Paste this line before </body> on every page that shall have the chat:",
		"origins": "Then add the website's address to the allowed websites in the channel's settings.",
		"none":    "There is no active website chat yet. Set up Recado first, or switch a website channel on.",
	},
	"pt-BR": {
		"title": "Experimente o chat", "lead": "Esta é uma página simples com o seu chat. Escreva como um cliente escreveria.",
		"how": "Coloque no seu site", "paste": "Cole esta linha antes de </body> em cada página que deve ter o chat:",
		"origins": "Depois, adicione o endereço do site aos sites permitidos nas configurações do canal.",
		"none":    "Ainda não há um chat de site ativo. Configure o Recado primeiro ou ative um canal de site.",
	},
	"es": {
		"title": "Prueba el chat", "lead": "Esta es una página sencilla con tu chat. Escribe como lo haría un cliente.",
		"how": "Ponlo en tu sitio web", "paste": "Pega esta línea antes de </body> en cada página que deba tener el chat:",
		"origins": "Después, añade la dirección del sitio a los sitios permitidos en los ajustes del canal.",
		"none":    "Todavía no hay ningún chat web activo. Configura Recado primero o activa un canal web.",
	},
}

// demo is a plain page with the widget, of the channel in ?channel= or the
// first active one. The other parameters preview settings that are not saved.
func (r *Room) demo(e *core.RequestEvent) error {
	query := e.Request.URL.Query()
	channel := &core.Record{}
	find := r.app.RecordQuery(collections.Channels).AndWhere(dbx.HashExp{"kind": Kind, "active": true})
	if key := query.Get("channel"); key != "" {
		find.AndWhere(dbx.HashExp{"public_key": key})
	}
	page := map[string]any{"Origin": r.deps.PublicURL}
	if page["Origin"] == "" {
		scheme := "http://"
		if e.IsTLS() || e.Request.Header.Get("X-Forwarded-Proto") == "https" {
			scheme = "https://"
		}
		page["Origin"] = scheme + e.Request.Host
	}

	locale := query.Get("locale")
	if err := find.OrderBy("created", "id").Limit(1).One(channel); err == nil {
		page["Key"] = channel.GetString("public_key")
		if company, err := r.app.FindRecordById(collections.Companies, channel.GetString("company")); err == nil {
			page["Company"] = company.GetString("name")
			if locale == "" {
				locale = company.GetString("locale")
			}
		}
	}
	if demoTexts[locale] == nil {
		locale = "en"
	}
	page["Locale"], page["T"] = locale, demoTexts[locale]
	for _, name := range []string{"Color", "Title", "Greeting"} {
		page[name] = query.Get(strings.ToLower(name))
	}
	page["Open"], page["Forced"] = query.Has("open"), query.Get("locale")

	header := e.Response.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-cache")
	header.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; connect-src 'self'; "+
		"style-src 'unsafe-inline'; img-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'")
	e.Response.WriteHeader(http.StatusOK)

	return demoPage.Execute(e.Response, page)
}
