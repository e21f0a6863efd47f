package inbox

import (
	"net/http"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// forwardMost is how many conversations a message is forwarded to at once.
const forwardMost = 20

// forwardMessage sends what a message says, with copies of its files, into other
// conversations: to all of them or, if one refuses, to none.
func (r *Room) forwardMessage(e *core.RequestEvent) error {
	var form struct {
		Conversations []string `json:"conversations"`
	}
	if err := e.BindBody(&form); err != nil || len(form.Conversations) == 0 || len(form.Conversations) > forwardMost {
		return apierr.Invalid("conversations", "Name the conversations to forward to, up to 20.")
	}
	c, err := r.changing(e)
	if err != nil {
		return err
	}
	kind := c.message.GetString("kind")
	files := c.message.GetStringSlice("attachments")
	if kind == "note" {
		return apierr.Invalid("id", "A note is for colleagues and is not forwarded.")
	}
	if !writable[kind] || len(files) == 0 {
		kind = "text"
	}
	if c.message.GetString("text") == "" && len(files) == 0 {
		return apierr.Invalid("id", "There is nothing in this message that could be forwarded.")
	}

	info, err := e.RequestInfo()
	if err != nil {
		return err
	}
	targets := slices.Compact(slices.Sorted(slices.Values(form.Conversations)))
	messages := make([]*core.Record, len(targets))
	for i, id := range targets {
		target, err := visible(e.App, info, collections.Conversations, id, "conversation")
		if err != nil {
			return err
		}
		if ok, err := e.App.CanAccessRecord(target, info, target.Collection().UpdateRule); err != nil || !ok {
			return apierr.Forbidden("inbox.edit_all")
		}
		copies, err := copyFiles(e.App, files, target)
		if err != nil {
			return err
		}
		messages[i], err = newRecord(e.App, collections.Messages, map[string]any{
			"company": target.GetString("company"), "conversation": target.Id,
			"contact": target.GetString("contact"), "channel": target.GetString("channel"),
			"direction": "out", "kind": kind, "text": c.message.GetString("text"), "attachments": copies, "status": "queued",
			"answered_by": "human", "author": c.member, "due": r.deps.Now(), "forwarded": true,
		})
		if err != nil {
			return err
		}
	}

	err = e.App.RunInTransaction(func(txApp core.App) error {
		for _, message := range messages {
			if err := txApp.SaveNoValidate(message); err != nil {
				return err
			}
		}

		return nil
	})
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, map[string]any{"items": messages})
}

// copyFiles gives a conversation files of its own with the same content. What no
// message claims in the end is cleaned up as any upload that was given up.
func copyFiles(app core.App, ids []string, conversation *core.Record) ([]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	storage, err := app.NewFilesystem()
	if err != nil {
		return nil, err
	}
	defer storage.Close()

	copies := make([]string, len(ids))
	for i, id := range ids {
		original, err := lookup(app, collections.Files, id)
		if err != nil {
			return nil, err
		}
		copies[i], err = storeFile(app, storage, original.BaseFilesPath()+"/"+original.GetString("file"), original.GetString("name"), conversation)
		if err != nil {
			return nil, err
		}
	}

	return copies, nil
}
