package main

import (
	"fmt"
	"os"
	"time"
	_ "time/tzdata"

	"github.com/pocketbase/pocketbase"

	"recado/config"
	"recado/hooks"
)

func main() {
	cfg, err := config.Load(os.Environ(), os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}

	app := pocketbase.New()
	hooks.Register(app, cfg, time.Now)
	if err := app.Start(); err != nil {
		os.Exit(1)
	}
}
