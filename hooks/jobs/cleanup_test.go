package jobs

import (
	"fmt"
	"testing"

	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
)

func cleanUpKeepsWhatIsNeeded(t *testing.T, h *house) {
	now := start
	at := func(days int) string { return now.AddDate(0, 0, -days).Format(types.DefaultDateLayout) }
	insert := func(collection string, row map[string]any) {
		t.Helper()
		row["company"] = "company00000001"
		if _, err := h.app.NonconcurrentDB().Insert(collection, row).Execute(); err != nil {
			t.Fatal(err)
		}
	}
	// more than one batch is old
	for i := range batch + 10 {
		insert(collections.IdempotencyKeys, map[string]any{"id": fmt.Sprintf("old%012d", i), "key": fmt.Sprint("old", i), "created": at(3)})
	}
	insert(collections.IdempotencyKeys, map[string]any{"id": "new000000000000", "key": "new", "created": at(1)})
	insert(collections.WebchatVisitors, map[string]any{"id": "visitor00000001", "token_hash": "1", "last_seen": at(31)})
	insert(collections.WebchatVisitors, map[string]any{"id": "visitor00000002", "token_hash": "2", "last_seen": at(31), "contact": "contact00000001"})
	insert(collections.WebchatVisitors, map[string]any{"id": "visitor00000003", "token_hash": "3", "last_seen": at(29)})
	insert(collections.Files, map[string]any{"id": "file00000000001", "created": at(2)})
	insert(collections.Files, map[string]any{"id": "file00000000002", "created": at(2), "message": "message00000001"})
	insert(collections.Files, map[string]any{"id": "file00000000003", "created": at(0)})

	for range 2 { // the second time there is nothing to do
		if err := CleanUp(t.Context(), h.app, now); err != nil {
			t.Fatal(err)
		}
	}

	for collection, want := range map[string]int64{
		collections.IdempotencyKeys: 1, collections.WebchatVisitors: 2, collections.Files: 2,
	} {
		have, err := h.app.CountRecords(collection)
		if err != nil || have != want {
			t.Errorf("%s: %d rows, want %d (%v)", collection, have, want, err)
		}
	}
}
