package wasim

import (
	"bytes"
	"compress/zlib"
	"time"

	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/proto/waWeb"
	"google.golang.org/protobuf/proto"
)

// Past is a message of a chat before the client was linked.
type Past struct {
	ID   string
	Mine bool // the account itself wrote it
	Text string
	At   time.Time
}

// ShareHistory tells a client what was said with another account before.
func (p *Phone) ShareHistory(d *Device, with *Phone, past ...Past) error {
	chat := &waHistorySync.Conversation{ID: proto.String(with.PN.String()), Name: &with.Name}
	for _, one := range past {
		chat.Messages = append(chat.Messages, &waHistorySync.HistorySyncMsg{Message: &waWeb.WebMessageInfo{
			Key:              &waCommon.MessageKey{RemoteJID: proto.String(with.PN.String()), FromMe: &one.Mine, ID: &one.ID},
			Message:          &waE2E.Message{Conversation: &one.Text},
			MessageTimestamp: proto.Uint64(uint64(one.At.Unix())), PushName: &with.Name,
		}})
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
