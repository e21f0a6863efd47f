package webchat_test

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/jpeg"
	pngformat "image/png"
	"net/http"
	"strings"
	"testing"
)

// png is a picture of 3 × 2 pixels.
var png = func() []byte {
	var out bytes.Buffer
	_ = pngformat.Encode(&out, image.NewGray(image.Rect(0, 0, 3, 2)))

	return out.Bytes()
}()

var (
	jpg = func() []byte {
		var out bytes.Buffer
		_ = jpeg.Encode(&out, image.NewGray(image.Rect(0, 0, 4, 4)), nil)

		return out.Bytes()
	}()
	gif, _  = base64.StdEncoding.DecodeString("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
	webp, _ = base64.StdEncoding.DecodeString("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
	pdf     = []byte("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF")
)

func TestFilesAreJudgedByContent(t *testing.T) {
	d := newDesk(t, nil)
	b := d.visit()

	for _, tc := range []struct {
		name, claimed string
		content       []byte
		shown, mime   string // mime empty: refused
	}{
		{"a.png", "image/png", png, "a.png", "image/png"},
		{"photo.jpeg", "image/jpeg", jpg, "photo.jpeg", "image/jpeg"},
		{"a.GIF", "image/gif", gif, "a.GIF", "image/gif"},
		{"a.webp", "image/webp", webp, "a.webp", "image/webp"},
		{"orçamento.pdf", "application/pdf", pdf, "orçamento.pdf", "application/pdf"},
		{"evil.html", "text/html", png, "evil.html.png", "image/png"},
		{`..\..\etc\passwd`, "image/png", png, "passwd.png", "image/png"},
		{"../../x.png", "image/png", png, "x.png", "image/png"},
		{"a.exe", "application/pdf", pdf, "a.exe.pdf", "application/pdf"},
		{"a.png", "image/png", []byte("<html><script>alert(1)</script></html>"), "", ""},
		{"a.png", "image/png", []byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "", ""},
		{"a.svg", "image/svg+xml", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), "", ""},
		{"a.pdf", "application/pdf", []byte("MZ\x90\x00 this program cannot be run in DOS mode"), "", ""},
		{"a.zip", "application/zip", []byte("PK\x03\x04aaaaaaaaaaaaaaaaaaaaaaaaaaaa"), "", ""},
		{"a.txt", "image/png", []byte("just text"), "", ""},
		{"a.mp4", "image/png", []byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), "", ""},
	} {
		a := b.do("POST", "files", fileForm(tc.name, tc.claimed, tc.content))
		if tc.mime == "" {
			a.refused(t, http.StatusUnsupportedMediaType, "file_type")
		} else if a.must(t, http.StatusOK); a.Body.Name != tc.shown || a.Body.Mime != tc.mime || a.Body.Size != int64(len(tc.content)) {
			t.Errorf("%s became %+v", tc.name, a.Body)
		}
	}

	b = d.visit()
	b.do("POST", "files", fileForm("a.png", "image/png", nil)).refused(t, http.StatusUnsupportedMediaType, "file_type")
	big := append(bytes.Clone(png), make([]byte, 10<<20)...)
	b.do("POST", "files", fileForm("a.png", "image/png", big)).refused(t, http.StatusRequestEntityTooLarge, "file_too_large")
	b.do("POST", "files", fileForm("a.png", "image/png", append(big, make([]byte, 1<<20)...))).refused(t, http.StatusRequestEntityTooLarge, "file_too_large")
	b.do("POST", "files", map[string]any{}).refused(t, http.StatusBadRequest, "invalid")
	b.do("POST", "files", fileForm("a.png", "image/png", big[:10<<20])).must(t, http.StatusOK)
}

func TestFilesTravelWithTheirMessage(t *testing.T) {
	d := newDesk(t, nil)
	b := d.visit()
	picture := b.do("POST", "files", fileForm("a.png", "image/png", png)).must(t, http.StatusOK).Body
	if picture.Width != 3 || picture.Height != 2 {
		t.Fatalf("the picture is %d × %d", picture.Width, picture.Height)
	}
	paper := b.do("POST", "files", fileForm("b.pdf", "application/pdf", pdf)).must(t, http.StatusOK).Body

	sent := b.do("POST", "messages", map[string]any{"clientId": "c1", "attachment": picture.ID}).must(t, http.StatusCreated).Body
	if sent.Kind != "image" || len(sent.Attachments) != 1 || sent.Attachments[0].ID != picture.ID {
		t.Fatalf("unexpected message %+v", sent)
	}
	again := b.do("POST", "messages", map[string]any{"clientId": "c1", "attachment": picture.ID}).must(t, http.StatusCreated).Body
	if again.ID != sent.ID {
		t.Fatal("a repeated message with a file became another")
	}
	b.do("POST", "messages", map[string]any{"clientId": "c2", "attachment": picture.ID}).refused(t, http.StatusBadRequest, "invalid")
	if kind := b.do("POST", "messages", map[string]any{"clientId": "c3", "text": "here", "attachment": paper.ID}).must(t, http.StatusCreated).Body.Kind; kind != "document" {
		t.Fatalf("a PDF is a %s", kind)
	}

	for id, want := range map[string][]byte{picture.ID: png, paper.ID: pdf} {
		a := b.do("GET", "files/"+id, nil).must(t, http.StatusOK)
		if !bytes.Equal(a.Raw, want) || a.Header.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.HasPrefix(a.Header.Get("Cache-Control"), "private") || !strings.Contains(a.Header.Get("Cache-Control"), "immutable") {
			t.Fatalf("headers %v", a.Header)
		}
		// The team sees the same bytes.
		if r := d.Do("GET", d.company.URL("/api/recado/files/"+id), d.member.Token, nil).Must(t, http.StatusOK); !bytes.Equal(r.Raw, want) {
			t.Fatal("the team gets other bytes")
		}
	}
}

// Parity: WT-messages.
func TestFilesOfTheTeam(t *testing.T) {
	d := newDesk(t, nil)
	b := d.visit()
	b.send("c1", "hi").must(t, http.StatusCreated)
	conversation := d.conversation()

	page := []byte("<html><script>alert(1)</script></html>")
	shared, note, loose := d.teamFile(conversation.Id, page), d.teamFile(conversation.Id, png), d.teamFile(conversation.Id, png)
	d.reply(conversation.Id, "", map[string]any{"kind": "document", "attachments": []string{shared}})
	d.reply(conversation.Id, "", map[string]any{"kind": "note", "attachments": []string{note}})

	a := b.do("GET", "files/"+shared, nil).must(t, http.StatusOK)
	if !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment") || strings.Contains(a.Header.Get("Content-Type"), "html") {
		t.Fatalf("HTML would be shown: %v", a.Header)
	}
	b.do("GET", "files/"+note, nil).refused(t, http.StatusNotFound, "not_found")
	b.do("GET", "files/"+loose, nil).refused(t, http.StatusNotFound, "not_found")
	if got := b.list(""); len(got) != 2 {
		t.Fatalf("the visitor sees %v", got)
	}
}

// teamFile uploads as the member does.
func (d *desk) teamFile(conversation string, content []byte) string {
	d.t.Helper()
	var body bytes.Buffer
	form := fileForm("x.html", "text/html", content)
	boundary := strings.TrimPrefix(form.kind, "multipart/form-data; boundary=")
	for key, value := range map[string]string{"company": d.company.Id, "conversation": conversation} {
		body.WriteString("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + key + "\"\r\n\r\n" + value + "\r\n")
	}
	body.Write(form.body)
	request, err := http.NewRequest("POST", d.company.Records("files"), &body)
	must(d.t, err)
	request.Header.Set("Content-Type", form.kind)
	request.Header.Set("Authorization", d.member.Token)
	id, _ := d.Send(request).Must(d.t, http.StatusOK).JSON["id"].(string)

	return id
}
