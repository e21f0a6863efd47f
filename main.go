package main

import (
	_ "time/tzdata"

	"github.com/pocketbase/pocketbase"
)

func main() {
	_ = pocketbase.New()
}
