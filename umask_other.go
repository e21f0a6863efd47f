//go:build !unix

package main

// keepFilesPrivate has nothing to do where files inherit their folder's rights.
func keepFilesPrivate() {}
