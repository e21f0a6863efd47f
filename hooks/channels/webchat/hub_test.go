package webchat

import (
	"fmt"
	"testing"
)

func ended(s *stream) bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}

func TestTheHubBoundsStreamsByVisitorAndAddress(t *testing.T) {
	h := newHub()
	v := &visitor{Visitor: "v"}
	first := h.join(v, "a")
	for range perVisitor {
		h.join(v, "a")
	}
	if !ended(first) || len(h.streams["v"]) != perVisitor || h.from["a"] != perVisitor {
		t.Fatalf("%d streams of one visitor, %d counted", len(h.streams["v"]), h.from["a"])
	}

	for i := range perAddress - perVisitor {
		if h.join(&visitor{Visitor: fmt.Sprint(i)}, "a") == nil {
			t.Fatalf("refused after %d", i)
		}
	}
	if h.join(&visitor{Visitor: "other"}, "a") != nil {
		t.Fatal("one address may hold any number of streams")
	}
	if h.join(&visitor{Visitor: "other"}, "b") == nil {
		t.Fatal("another address suffers")
	}
	if h.join(v, "a") == nil {
		t.Fatal("a visitor's own newest stream is refused")
	}

	h.closeAll()
	if !h.empty() || len(h.from) != 0 {
		t.Fatalf("left behind: %v", h.from)
	}
}

func TestLeavingTwiceCountsOnce(t *testing.T) {
	h := newHub()
	s := h.join(&visitor{Visitor: "v"}, "a")
	h.join(&visitor{Visitor: "w"}, "a")
	h.leave(s)
	h.leave(s)
	if h.from["a"] != 1 {
		t.Fatalf("%d streams counted, want 1", h.from["a"])
	}
}

func TestOnlyTheNewestTypingMatters(t *testing.T) {
	h := newHub()
	s := h.join(&visitor{Visitor: "v"}, "a")
	for range 100 {
		h.typing("v", true)
	}
	h.typing("v", false)
	if <-s.dots {
		t.Fatal("an old state was kept")
	}
	h.wake("nobody")
	h.typing("nobody", true)
}
