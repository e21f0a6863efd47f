package whatsapp_test

import (
	"testing"

	"github.com/pocketbase/pocketbase/tools/filesystem"
	"go.mau.fi/whatsmeow/proto/waE2E"
)

func fileOf(t testing.TB, name string, content []byte) *filesystem.File {
	t.Helper()

	return got(filesystem.NewFileFromBytes(content, name))(t)
}

func text(words string) *waE2E.Message { return &waE2E.Message{Conversation: &words} }
