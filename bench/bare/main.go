// Command bare is PocketBase with nothing added: what the start and the memory
// of Recado are measured against.
package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
)

func main() {
	if err := pocketbase.New().Start(); err != nil {
		log.Fatal(err)
	}
}
