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
