// Package qr draws addresses for cameras.
package qr

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"rsc.io/qr"
)

// Answer sends a text as a QR code, an SVG picture that fills the space it is given.
func Answer(e *core.RequestEvent, text string) error {
	picture, err := Draw(text)
	if err != nil {
		return e.BadRequestError("This address is too long for a code.", err)
	}
	header := e.Response.Header()
	header.Set("Content-Type", "image/svg+xml")
	header.Set("Cache-Control", "public, max-age=300")
	e.Response.WriteHeader(http.StatusOK)
	_, err = io.WriteString(e.Response, picture)

	return err
}

// Draw makes the picture of a text, an SVG; an error means that it is too long.
func Draw(text string) (string, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", err
	}

	const quiet = 4 // modules of white around, which cameras need
	var path strings.Builder
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	size := code.Size + 2*quiet

	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="%s"/></svg>`,
		size, size, size, size, path.String()), nil
}
