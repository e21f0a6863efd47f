package wasim

import (
	"bytes"
	"compress/zlib"
	"time"

	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/proto/waWeb"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// Past is a message of a chat before the client was linked.
type Past struct {
	ID   string
	Mine bool   // the account itself wrote it
	By   *Phone // whoever else wrote it, in a group
	Text string
	At   time.Time
	File []byte // a picture, with the text below
}

// ShareHistory tells a client what was said with another account before.
func (p *Phone) ShareHistory(d *Device, with *Phone, past ...Past) error {
	for i := range past {
		past[i].By = with
	}

	return p.share(d, with.PN, with.Name, past)
}

// ShareGroupHistory tells a client what was said in a group before.
func (p *Phone) ShareGroupHistory(d *Device, g *Group, past ...Past) error {
	return p.share(d, g.JID, g.Name, past)
}

func (p *Phone) share(d *Device, jid types.JID, name string, past []Past) error {
	chat := &waHistorySync.Conversation{ID: proto.String(jid.String()), Name: &name}
	for _, one := range past {
		author := one.By
		if one.Mine {
			author = p
		}
		message := &waE2E.Message{Conversation: &one.Text}
		if one.File != nil {
			var err error
			if message, err = author.attach(one.ID, "image", one.File, "image/png", one.Text); err != nil {
				return err
			}
		}
		info := &waWeb.WebMessageInfo{
			Key:     &waCommon.MessageKey{RemoteJID: proto.String(jid.String()), FromMe: &one.Mine, ID: &one.ID},
			Message: message, MessageTimestamp: proto.Uint64(uint64(one.At.Unix())), PushName: &author.Name,
		}
		if jid.Server == types.GroupServer {
			info.Participant = proto.String(author.PN.String())
		}
		chat.Messages = append(chat.Messages, &waHistorySync.HistorySyncMsg{Message: info})
	}
	raw, err := proto.Marshal(&waHistorySync.HistorySync{
		SyncType: waHistorySync.HistorySync_INITIAL_BOOTSTRAP.Enum(), Conversations: []*waHistorySync.Conversation{chat},
	})
	if err != nil {
		return err
	}
	var packed bytes.Buffer
	writer := zlib.NewWriter(&packed)
	if _, err := writer.Write(raw); err != nil {
		return err
	}
	if err := writer.Close(); err != nil {
		return err
	}

	return p.peer(d, &waE2E.ProtocolMessage{
		Type: waE2E.ProtocolMessage_HISTORY_SYNC_NOTIFICATION.Enum(),
		HistorySyncNotification: &waE2E.HistorySyncNotification{
			SyncType: waE2E.HistorySyncType_INITIAL_BOOTSTRAP.Enum(), InitialHistBootstrapInlinePayload: packed.Bytes(),
		},
	})
}
