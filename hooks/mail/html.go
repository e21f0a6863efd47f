package mail

import (
	"html"
	"strings"
)

// Paragraph is a short text as the HTML of a mail.
func Paragraph(text string) string {
	return `<p style="font:16px/1.5 system-ui,sans-serif;color:#1d2433">` +
		strings.ReplaceAll(html.EscapeString(text), "\n", "<br>") + "</p>"
}

// Link is a link to press as the HTML of a mail.
func Link(label, url string) string {
	return `<p style="font:16px/1.5 system-ui,sans-serif"><a style="display:inline-block;padding:8px 16px;border-radius:8px;background:#3b5bdb;color:#fff;text-decoration:none" href="` +
		html.EscapeString(url) + `">` + html.EscapeString(label) + "</a></p>"
}
