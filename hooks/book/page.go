package book

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"html/template"
	"net/http"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/hooks/texts"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS []byte

//go:embed page.js
var pageJS []byte

// pages is parsed with the first visitor.
var pages = sync.OnceValue(func() *template.Template { return template.Must(template.New("page").Parse(pageHTML)) })

// asset is a file of the page. Its address changes with its content.
type asset struct {
	body              []byte
	contentType, hash string
}

func newAsset(body []byte, contentType string) asset {
	sum := sha256.Sum256(body)

	return asset{body, contentType, hex.EncodeToString(sum[:6])}
}

var (
	style  = newAsset(pageCSS, "text/css; charset=utf-8")
	script = newAsset(pageJS, "text/javascript; charset=utf-8")
)

func serveAsset(a asset) func(e *core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		header := e.Response.Header()
		header.Set("Content-Type", a.contentType)
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
		header.Set("X-Content-Type-Options", "nosniff")
		e.Response.WriteHeader(http.StatusOK)
		_, err := e.Response.Write(a.body)

		return err
	}
}

// frame is what every page is made of: the visit around, the step within.
type frame struct {
	*visit
	Name      string // of the step
	Step      any
	Style     string
	Script    string
	Languages []language
}

type language struct {
	Tag, Name, URL string
	Chosen         bool
}

// languageNames are what speakers call their language.
var languageNames = map[string]string{texts.English: "English", texts.Portuguese: "Português", texts.Spanish: "Español"}

// write answers with a step of the page. Nothing of it may be kept: what is free
// changes, and what was booked is the visitor's.
func (r *Room) write(e *core.RequestEvent, v *visit, status int, name string, step any) error {
	f := frame{visit: v, Name: name, Step: step, Style: style.hash, Script: script.hash}
	query := e.Request.URL.Query()
	for _, tag := range texts.Locales() {
		query.Set("lang", tag)
		f.Languages = append(f.Languages, language{tag, languageNames[tag], e.Request.URL.EscapedPath() + "?" + query.Encode(), tag == v.Locale()})
	}

	var body bytes.Buffer
	if err := pages().Execute(&body, f); err != nil {
		return err
	}
	header := e.Response.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Language", v.Locale())
	header.Set("Cache-Control", "no-store")
	header.Set("Vary", "Accept-Language, Accept-Encoding")
	header.Set("Referrer-Policy", "same-origin")
	header.Set("X-Frame-Options", "DENY")
	header.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-"+v.Nonce+"'; "+
		"img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	e.Response.WriteHeader(status)
	_, err := body.WriteTo(e.Response)

	return err
}

// tooMany says so on a page.
func (r *Room) tooMany(e *core.RequestEvent, v *visit, wait time.Duration) error {
	retryAfter(e, wait)

	return r.write(e, v, http.StatusTooManyRequests, "busy", nil)
}

// Theme are the company's colours; they are the one thing of the styles that
// differs from page to page.
func (v *visit) Theme() template.CSS {
	p := v.Colors

	return template.CSS(":root{--ground:" + p.Ground + ";--on:" + p.OnGround + ";--light:" + p.Light + ";--dark:" + p.Dark + "}")
}
