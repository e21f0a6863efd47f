package limits

import (
	"fmt"
	"testing"
	"time"
)

// Strangers make up addresses: the table does not grow with those who are gone.
func TestFullBucketsAreForgotten(t *testing.T) {
	now := time.Unix(0, 0)
	l := New(func() time.Time { return now })
	one := Allowance{Name: "one", Every: 1, Burst: 1}
	for i := range sweepAt {
		l.Take(one, fmt.Sprint(i))
	}
	now = now.Add(time.Hour)
	l.Take(one, "one more")
	if len(l.buckets) != 1 {
		t.Fatalf("%d buckets are kept", len(l.buckets))
	}
}
