//go:build unix

package main

import "syscall"

// keepFilesPrivate makes every new file readable by Recado's own user only:
// the data folder holds other people's words.
func keepFilesPrivate() { syscall.Umask(0o077) }
