package notify

import (
	"strings"
	"testing"
	"time"
)

func TestTokens(t *testing.T) {
	const id = "abcdefghij12345"
	key := []byte("a key")
	token := sign(key, id)
	if got, ok := read(key, token); !ok || got != id {
		t.Fatalf("%q %v", got, ok)
	}
	if _, ok := read([]byte("another key"), token); ok {
		t.Error("another key's token is taken")
	}
	for i := range token {
		forged := token[:i] + string(rune('a'+(token[i]-'a'+1)%26)) + token[i+1:]
		if _, ok := read(key, forged); ok && forged != token {
			t.Errorf("%q is taken", forged)
		}
	}
}

// No token but the one that was made opens anything.
func FuzzTokens(f *testing.F) {
	key := []byte("a key")
	f.Add(sign(key, "abcdefghij12345"))
	f.Add("")
	f.Add(strings.Repeat("=", 37))
	f.Fuzz(func(t *testing.T, token string) {
		if id, ok := read(key, token); ok && sign(key, id) != token {
			t.Fatalf("%q opens %q", token, id)
		}
	})
}

// Whatever people are called, a calendar file stays one: short lines, no line of
// its own making.
func FuzzCalendarFile(f *testing.F) {
	f.Add("Corte; de, cabelo\\\r\nATTENDEE:mailto:x@example.com", `Ana "A" Lima`)
	f.Add("ação 👍🏽 "+strings.Repeat("ã", 100), "\xff")
	f.Fuzz(func(t *testing.T, summary, name string) {
		e := event{UID: "x", Summary: summary, Description: summary, Location: name, Organizer: "a@example.com", OrganizerName: name,
			Attendee: "b@example.com", AttendeeName: name, Start: time.Unix(0, 0), End: time.Unix(60, 0)}
		file := e.ics(methodRequest)
		unfolded := strings.ReplaceAll(file, "\r\n ", "")
		if n := strings.Count(unfolded, "\r\n"); n != 19 && n != 18 && n != 17 {
			t.Fatalf("%d lines: %q", n, unfolded)
		}
		for line := range strings.SplitSeq(file, "\r\n") {
			if len(line) > 75 || strings.ContainsAny(line, "\r\n") {
				t.Fatalf("%q", line)
			}
		}
	})
}
