package main

import (
	"embed"
	"io/fs"
)

// built is the web app as the last `make ui` left it. Without one it holds only
// .gitkeep, and the web room says how to build it.
//
//go:embed all:pb_public
var built embed.FS

func publicFiles() fs.FS {
	files, err := fs.Sub(built, "pb_public")
	if err != nil {
		panic(err) // the path is a constant that go:embed has checked
	}

	return files
}
