package main

import (
	"os"
	"time"
	_ "time/tzdata"

	"github.com/pocketbase/pocketbase"

	"recado/hooks"
)

func main() {
	app := pocketbase.New()
	hooks.Register(app, time.Now)
	if err := app.Start(); err != nil {
		os.Exit(1)
	}
}
