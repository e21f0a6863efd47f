package limits_test

import (
	"testing"
	"time"

	"recado/hooks/limits"
)

func TestAllowance(t *testing.T) {
	now := time.Date(2040, 3, 5, 8, 0, 0, 0, time.UTC)
	l := limits.New(func() time.Time { return now })
	two := limits.Allowance{Name: "two", Every: 1, Burst: 2}

	for range 2 {
		if _, ok := l.Take(two, "ana"); !ok {
			t.Fatal("refused within the burst")
		}
	}
	if wait, ok := l.Take(two, "ana"); ok || wait != time.Second {
		t.Errorf("a third: %v, %v", wait, ok)
	}
	if _, ok := l.Take(two, "bruno"); !ok {
		t.Error("somebody else pays for it")
	}
	if _, ok := l.Take(limits.Allowance{Name: "other", Every: 1, Burst: 1}, "ana"); !ok {
		t.Error("another allowance is used up too")
	}
	now = now.Add(time.Second)
	if _, ok := l.Take(two, "ana"); !ok {
		t.Error("still refused after the wait")
	}
}
