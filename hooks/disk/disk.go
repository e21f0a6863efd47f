// Package disk says how much room there is, and whether an error means that
// there is none.
package disk

import (
	"errors"
	"strings"
	"syscall"
)

// IsFull tells whether err came of a disk (or a quota) without room. SQLite's
// driver has the system's error in its text only.
func IsFull(err error) bool {
	if err == nil {
		return false
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EFBIG) {
		return true
	}
	text := err.Error()

	return strings.Contains(text, "disk is full") || strings.Contains(text, "no space left on device")
}
