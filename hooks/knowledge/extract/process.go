package extract

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"time"
)

// Command is what the program is called with to read one document: see [Serve].
const Command = "read-document"

// Limits of the process that reads a document.
const (
	MostTime   = 20 * time.Second
	mostMemory = 300 << 20 // bytes
	mostBytes  = 200 << 20 // of the document
)

// Ways in which that process ends early.
const (
	endedMemory = 3
	endedTime   = 4
)

// answer is what it says: a document, or why there is none.
type answer struct {
	Document
	Problem string
}

// reasons are the errors that are told by name.
var reasons = map[string]error{
	"unreadable": ErrUnreadable, "old": ErrOld, "locked": ErrLocked, "empty": ErrEmpty, "too_large": ErrTooLarge,
}

// Process reads documents in a process of its own, which knows no secret, has little
// memory, and is ended when it takes longer than it may. path is the program, of which
// main calls [Serve].
func Process(path string, most time.Duration) func(ctx context.Context, kind string, content []byte) (Document, error) {
	return func(ctx context.Context, kind string, content []byte) (Document, error) {
		ctx, cancel := context.WithTimeout(ctx, most+5*time.Second)
		defer cancel()
		command := exec.CommandContext(ctx, path, Command, kind, most.String())
		command.Env = []string{} // none of ours
		command.Stdin = bytes.NewReader(content)
		command.WaitDelay = time.Second
		var out bytes.Buffer
		command.Stdout = &out

		err := command.Run()
		var ended *exec.ExitError
		switch {
		case errors.Is(ctx.Err(), context.DeadlineExceeded), errors.As(err, &ended) && ended.ExitCode() == endedTime:
			return Document{}, ErrSlow
		case ctx.Err() != nil:
			return Document{}, ctx.Err()
		case ended != nil: // for lack of memory, or broken by the document
			return Document{}, ErrUnreadable
		case err != nil:
			return Document{}, err
		}
		var said answer
		if err := json.Unmarshal(out.Bytes(), &said); err != nil {
			return Document{}, ErrUnreadable
		}

		return said.Document, reasons[said.Problem]
	}
}

// Serve is all that the process does if it was called with [Command]: it reads a
// document, writes its text and ends. Otherwise it does nothing.
func Serve() {
	if len(os.Args) != 4 || os.Args[1] != Command {
		return
	}
	most, err := time.ParseDuration(os.Args[3])
	if err != nil {
		most = MostTime
	}
	debug.SetMaxStack(64 << 20)
	debug.SetMemoryLimit(mostMemory * 3 / 4)
	go watch(time.Now().Add(most))

	content, err := io.ReadAll(io.LimitReader(os.Stdin, mostBytes))
	said := answer{}
	if err == nil {
		said.Document, err = Read(os.Args[2], content)
	}
	if err != nil {
		said = answer{Problem: "unreadable"}
		for name, reason := range reasons {
			if errors.Is(err, reason) {
				said.Problem = name
			}
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(said); err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// watch ends the process when it has had what it may.
func watch(end time.Time) {
	var now runtime.MemStats
	for range time.Tick(20 * time.Millisecond) {
		if runtime.ReadMemStats(&now); now.HeapAlloc+now.StackInuse > mostMemory {
			os.Exit(endedMemory)
		}
		if time.Now().After(end) {
			os.Exit(endedTime)
		}
	}
}
