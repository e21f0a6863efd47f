package inbox

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"

	"recado/hooks/apierr"
	"recado/hooks/channels"
)

// reaction is one emoji on a message, by a member or "contact".
type reaction struct {
	By    string `json:"by"`
	Emoji string `json:"emoji"`
}

// reactToMessage puts the caller's emoji on a message, in place of the one
// before; an empty one takes it off. Where the channel can show it, the customer
// sees it too; elsewhere, and on notes, it is among colleagues.
func (r *Room) reactToMessage(e *core.RequestEvent) error {
	var form struct {
		Emoji string `json:"emoji"`
	}
	if err := e.BindBody(&form); err != nil || (form.Emoji != "" && !isEmoji(form.Emoji)) {
		return apierr.Invalid("emoji", "Send one emoji, or an empty one to take yours back.")
	}
	c, err := r.changing(e)
	if err != nil {
		return err
	}
	if c.member == "" {
		return apierr.New(http.StatusForbidden, "not_a_member", "Only members react.", nil)
	}

	if !c.local() {
		err := r.carry(e.Request.Context(), c,
			func(can channels.Capabilities) time.Duration {
				if can.React {
					return channels.Always
				}

				return 0
			},
			func(ctx context.Context, channel channels.Changer, out channels.Outgoing) error {
				return channel.React(ctx, out, form.Emoji)
			})
		if err != nil && !errors.Is(err, errChannelCannot) {
			return err
		}
	}

	message, err := r.changed(c, func(_ core.App, message *core.Record) error {
		message.Set("reactions", withReaction(reactionsOf(message), c.member, form.Emoji))

		return nil
	})
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, message)
}

func reactionsOf(message *core.Record) []reaction {
	var list []reaction
	_ = message.UnmarshalJSONField("reactions", &list) // none, or what was written here

	return list
}

// withReaction replaces who's reaction; an empty emoji only removes it.
func withReaction(list []reaction, by, emoji string) []reaction {
	list = slices.DeleteFunc(list, func(one reaction) bool { return one.By == by })
	if emoji != "" {
		list = append(list, reaction{By: by, Emoji: emoji})
	}

	return list
}

// isEmoji is a coarse judgement: short, and nothing that words are made of.
func isEmoji(text string) bool {
	if !utf8.ValidString(text) || utf8.RuneCountInString(text) > 12 {
		return false
	}
	symbol := false
	for _, r := range text {
		switch {
		case unicode.IsLetter(r), unicode.IsSpace(r), unicode.IsControl(r), unicode.IsPunct(r) && r != '#' && r != '*':
			return false
		case r > 0x203B:
			symbol = true
		}
	}

	return symbol
}
