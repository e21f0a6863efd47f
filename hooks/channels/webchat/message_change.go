package webchat

import (
	"context"

	"recado/hooks/channels"
)

var _ channels.Changer = (*Room)(nil)

// The transcript is read from the message record, so a change is there with the
// record's commit. What remains is to send the message again to those who have
// it on the screen; the widget keeps one message an id. It happens when the
// record is committed (bindRecords), not here, where it is yet to come.

// Edit can't fail.
func (r *Room) Edit(context.Context, channels.Outgoing) error { return nil }

// Delete can't fail.
func (r *Room) Delete(context.Context, channels.Outgoing) error { return nil }

// React is not offered: the widget has no place for it.
func (r *Room) React(context.Context, channels.Outgoing, string) error { return nil }
