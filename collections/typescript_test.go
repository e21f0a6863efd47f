package collections

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

func TestTypeScriptIsCurrent(t *testing.T) {
	var want bytes.Buffer
	if err := TypeScript(&want); err != nil {
		t.Fatal(err)
	}
	have, err := os.ReadFile("../ui/src/lib/pb-types.ts")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, want.Bytes()) {
		t.Fatal("ui/src/lib/pb-types.ts is stale; run: go generate ./collections")
	}
}

func TestTypeScriptShowsWhatTheAPIShows(t *testing.T) {
	var out bytes.Buffer
	if err := TypeScript(&out); err != nil {
		t.Fatal(err)
	}
	text := out.String()

	for _, want := range []string{
		"export interface WebchatVisitorsRecord extends BaseRecord {",
		"  kind: 'member' | 'room' | 'device'\n",      // a required choice
		"  settings: unknown\n",                       // JSON
		"  active: boolean\n",                         //
		"members: MembersRecord",                      // the map of collections
		"  agendas: string[]\n",                       // several relations
		"expand?: { company?: CompaniesRecord; ",      //
		"role?: RolesRecord",                          //
		"agendas?: AgendasRecord[]",                   //
		"  email: string\n  emailVisibility: boolean", // an auth collection
	} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q", want)
		}
	}
	for _, hidden := range []string{"token_hash", "triage_due", "dialogue:"} {
		if strings.Contains(text, hidden) {
			t.Errorf("shows the hidden %s", hidden)
		}
	}
}
