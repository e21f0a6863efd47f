package whatsapp_test

import (
	"testing"

	"github.com/pocketbase/pocketbase/tools/filesystem"
)

func fileOf(t testing.TB, name string, content []byte) *filesystem.File {
	t.Helper()

	return got(filesystem.NewFileFromBytes(content, name))(t)
}
