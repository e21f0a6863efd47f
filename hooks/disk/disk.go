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

// Fills is IsFull for work in the folder dir. Where there is no room SQLite may say
// anything: that a file can't be read, that a table can't be made.
func Fills(dir string, err error) bool {
	if err == nil || IsFull(err) {
		return err != nil
	}
	free, _, unknown := Space(dir)

	return unknown == nil && free < 1<<20
}
