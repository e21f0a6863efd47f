package whatsapp_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"image"
	"image/jpeg"
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"recado/collections"
	"recado/hooks/channels/whatsapp/wasim"
)

// inTheDark lets someone do something while the number is not connected.
func (d *desk) inTheDark(do func()) {
	d.t.Helper()
	d.sim.Refuse(true)
	d.shop.Devices()[0].Cut()
	d.eventually("it is offline", func() bool { return d.state()["state"] == "connecting" })
	do()
	d.sim.Refuse(false)
	d.online()
}

func (d *desk) attached(message *core.Record) *core.Record {
	d.t.Helper()
	d.eventually("the file is there", func() bool { message = d.Reload(message); return len(message.GetStringSlice("attachments")) == 1 })

	return got(d.FindRecordById(collections.Files, message.GetStringSlice("attachments")[0]))(d.t)
}

func (d *desk) fileState(message *core.Record, state string) {
	d.t.Helper()
	d.eventually("the file is "+state, func() bool { return strings.Contains(d.Reload(message).GetString("data"), `"file":"`+state+`"`) })
}

// Parity: WT-media.
func TestAFileThatExpiredOrBrokeComesFromThePhone(t *testing.T) {
	d := linked(t)
	for what, harm := range map[string]func(){"expired": d.sim.ExpireMedia, "damaged": d.sim.DamageMedia} {
		var id string
		d.inTheDark(func() {
			id = got(d.maria.Attach(d.shop, "image", picture(), "image/png", what))(t)
			harm()
		})
		message := d.message(id)
		file := d.attached(message)
		down := d.Do("GET", d.company.URL("/api/recado/files/"+file.Id), d.owner.Token, nil).Must(t, http.StatusOK)
		if !bytes.Equal(down.Raw, picture()) || strings.Contains(d.Reload(message).GetString("data"), `"file"`) {
			t.Errorf("%s: another file came: %s", what, d.Reload(message).GetString("data"))
		}
	}
}

func TestAFileThatThePhoneLostIsSaidToBeGone(t *testing.T) {
	d := linked(t)
	var id string
	d.inTheDark(func() {
		id = got(d.maria.Attach(d.shop, "document", []byte("%PDF-1.4 contract"), "application/pdf", "contract.pdf"))(t)
		d.sim.ExpireMedia()
		d.maria.LoseFiles()
	})
	message := d.message(id)
	d.fileState(message, "gone")

	path := d.company.URL("/api/recado/messages/" + message.Id + "/fetch")
	stranger := d.Company()
	d.Do("POST", path, stranger.Member("owner").Token, nil).Must(t, http.StatusNotFound)
	d.Do("POST", path, d.owner.Token, nil).Must(t, http.StatusNoContent)
	d.fileState(message, "gone")
	if _, err := d.DB().Delete(collections.ChannelEvents, dbx.HashExp{"external_id": id}).Execute(); err != nil {
		t.Fatal(err)
	}
	if r := d.Do("POST", path, d.owner.Token, nil); r.Code() != "file_gone" {
		t.Errorf("without the event: %s", r.Raw)
	}
	text := d.says(d.maria, "sem arquivo")
	d.Do("POST", d.company.URL("/api/recado/messages/"+text.Id+"/fetch"), d.owner.Token, nil).Must(t, http.StatusBadRequest)
}

// What a file is said to be is not believed: neither how large it is nor what.
func TestAFileIsNoLargerThanItMayBe(t *testing.T) {
	d := linked(t, "RECADO_UPLOAD_MAX_MB=1")
	large := bytes.Repeat([]byte("x"), 2<<20)
	file := got(d.maria.Upload(large, whatsmeow.MediaDocument))(t)
	for _, said := range []uint64{10, file.Length} {
		message := d.message(got(d.maria.Send(d.shop, &waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{
			DirectPath: &file.Path, Mimetype: proto.String("application/zip"), FileName: proto.String("a.zip"),
			MediaKey: file.Key, FileSHA256: file.Sum, FileEncSHA256: file.EncryptedSum, FileLength: &said,
		}}))(t))
		d.fileState(message, "too_large")
	}
	page := d.attached(d.message(got(d.maria.Attach(d.shop, "image", []byte("<html><script>1</script></html>"), "image/png", ""))(t)))
	down := d.Do("GET", d.company.URL("/api/recado/files/"+page.Id), d.owner.Token, nil).Must(t, http.StatusOK)
	if kind := down.Header.Get("Content-Type"); kind != "application/octet-stream" {
		t.Errorf("a page that says it is a picture is served as %s", kind)
	}
}

// recorded is a recording as Chromium makes it: Opus in WebM, of unknown length.
func recorded() []byte {
	element := func(id string, size int, content ...[]byte) []byte {
		out := []byte(id)
		if size < 0 {
			out = append(out, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF)
		} else {
			out = binary.BigEndian.AppendUint32(append(out, 0x08), uint32(len(bytes.Join(content, nil))))
		}

		return append(out, bytes.Join(content, nil)...)
	}
	var blocks [][]byte
	for i := range 100 {
		blocks = append(blocks, element("\xA3", 0, []byte{0x81, 0, byte(i), 0x80, 0x78, 1, 2, 3}))
	}

	return bytes.Join([][]byte{
		element("\x1A\x45\xDF\xA3", 0, element("\x42\x82", 0, []byte("webm"))),
		element("\x18\x53\x80\x67", -1,
			element("\x16\x54\xAE\x6B", 0, element("\xAE", 0, element("\x86", 0, []byte("A_OPUS")))),
			element("\x1F\x43\xB6\x75", -1, blocks...)),
	}, nil)
}

// A voice note goes out as one, with its picture, and comes in as one.
//
// Parity: WT-media.
func TestVoiceNotes(t *testing.T) {
	d := linked(t)
	in := d.says(d.maria, "oi")
	waveform := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{50}, 64))
	note := d.company.Create(collections.Files, map[string]any{
		"conversation": in.GetString("conversation"), "file": fileOf(t, "voice.webm", recorded()), "voice": true, "duration": 2, "waveform": waveform,
	})
	if note.GetString("mime") != "audio/ogg" || note.GetString("name") != "voice.ogg" {
		t.Fatalf("it is kept as %v", note.PublicExport())
	}
	d.reply(in, map[string]any{"kind": "audio", "attachments": []string{note.Id}})
	arrived := got(d.maria.Received().Wait(within(t), func(r wasim.Received) bool { return r.Message.GetAudioMessage() != nil }))(t)
	sound := arrived.Message.GetAudioMessage()
	if content := got(d.sim.Attachment(arrived.Message))(t); !sound.GetPTT() || sound.GetSeconds() != 2 || len(sound.GetWaveform()) != 64 || !bytes.HasPrefix(content, []byte("OggS")) {
		t.Errorf("it arrived as %v", sound)
	}

	song := d.upload(in, "song.ogg", arrivedSound(t, d, arrived.Message))
	d.reply(in, map[string]any{"kind": "audio", "attachments": []string{song}})
	plain := got(d.maria.Received().Wait(within(t), func(r wasim.Received) bool { return r.Message.GetAudioMessage() != nil && r.ID != arrived.ID }))(t)
	if plain.Message.GetAudioMessage().GetPTT() {
		t.Error("a song is a voice note")
	}

	message := d.message(got(d.maria.Attach(d.shop, "voice", arrivedSound(t, d, arrived.Message), "audio/ogg; codecs=opus", ""))(t))
	heard := d.attached(message)
	if !heard.GetBool("voice") || len(heard.GetString("waveform")) != 88 || heard.GetInt("duration") != 3 {
		t.Errorf("received as %v", heard.PublicExport())
	}
}

// Where there is no ffmpeg a recording that is no Opus is a sound file, and the browser is
// told by its type, and says so.
func TestARecordingThatIsNoOpusIsASoundWithoutFFmpeg(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	d := linked(t)
	in := d.says(d.maria, "oi")
	mp4 := append([]byte("\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00M4A mp42"), bytes.Repeat([]byte{0}, 64)...)
	sound := d.company.Create(collections.Files, map[string]any{
		"conversation": in.GetString("conversation"), "file": fileOf(t, "voice.m4a", mp4), "voice": true, "duration": 2,
	})
	if sound.GetString("mime") != "audio/x-m4a" {
		t.Fatalf("it is kept as %v", sound.PublicExport())
	}
	d.reply(in, map[string]any{"kind": "audio", "attachments": []string{sound.Id}})
	arrived := got(d.maria.Received().Wait(within(t), func(r wasim.Received) bool { return r.Message.GetAudioMessage() != nil }))(t)
	if content := got(d.sim.Attachment(arrived.Message))(t); arrived.Message.GetAudioMessage().GetPTT() || !bytes.Equal(content, mp4) {
		t.Errorf("it arrived as %v", arrived.Message.GetAudioMessage())
	}
}

func arrivedSound(t *testing.T, d *desk, m *waE2E.Message) []byte {
	t.Helper()

	return got(d.sim.Attachment(m))(t)
}

// The guided dialogue says that it can't hear a voice note, however many come, and
// counts none as not understood.
func TestAVoiceNoteIsNeverNotUnderstood(t *testing.T) {
	d := linked(t)
	d.Do("PATCH", d.company.RecordURL(d.channel), d.owner.Token, map[string]any{"settings": map[string]any{"answer": "everyone"}}).Must(t, http.StatusOK)
	for range 4 {
		before := d.maria.Received().Len()
		got(d.maria.Attach(d.shop, "voice", []byte("OggS, or so"), "audio/ogg; codecs=opus", ""))(t)
		d.eventually("it is answered", func() bool {
			for _, r := range d.maria.Received().All()[before:] {
				if strings.Contains(r.Text(), "áudio") || strings.Contains(r.Text(), "audio") {
					return true
				}
			}

			return false
		})
	}
	if conversation := d.conversation(); conversation.GetString("answerer") != "bot" || strings.Contains(conversation.GetString("dialogue"), `"misses":`) {
		t.Errorf("the conversation is %v", conversation.PublicExport())
	}
}

// A picture is shown small in a conversation, and to the phone before it has it.
func TestPicturesAreShownSmallFirst(t *testing.T) {
	d := linked(t)
	noise := image.NewGray(image.Rect(0, 0, 1600, 1200))
	state := uint32(1)
	for i := range noise.Pix {
		state = state*1664525 + 1013904223
		noise.Pix[i] = byte(state >> 24)
	}
	var photo bytes.Buffer
	must(t, jpeg.Encode(&photo, noise, nil))
	in := d.says(d.maria, "manda a foto?")
	file := d.upload(in, "foto.jpg", photo.Bytes())
	d.reply(in, map[string]any{"kind": "image", "attachments": []string{file}})
	arrived := got(d.maria.Received().Wait(within(t), func(r wasim.Received) bool { return r.Message.GetImageMessage() != nil }))(t)
	small := got(jpeg.DecodeConfig(bytes.NewReader(arrived.Message.GetImageMessage().GetJPEGThumbnail())))(t)
	if small.Width != 96 || small.Height != 72 {
		t.Errorf("the phone is shown %d × %d", small.Width, small.Height)
	}

	url := d.company.URL("/api/recado/files/" + file)
	for range 2 { // made, then kept
		down := d.Do("GET", url+"&size=small", d.owner.Token, nil).Must(t, http.StatusOK)
		if c := got(jpeg.DecodeConfig(bytes.NewReader(down.Raw)))(t); c.Width != 640 || len(down.Raw) >= photo.Len()/2 {
			t.Errorf("%d pixels wide, %d bytes of %d", c.Width, len(down.Raw), photo.Len())
		}
	}
	if whole := d.Do("GET", url, d.owner.Token, nil).Must(t, http.StatusOK); !bytes.Equal(whole.Raw, photo.Bytes()) {
		t.Error("the picture itself is another one")
	}
	d.Do("GET", url+"&size=small", d.Company().Member("owner").Token, nil).Must(t, http.StatusNotFound)
	tiny := d.upload(in, "p.png", picture())
	if down := d.Do("GET", d.company.URL("/api/recado/files/"+tiny)+"&size=small", d.owner.Token, nil).Must(t, http.StatusOK); !bytes.Equal(down.Raw, picture()) {
		t.Error("a small picture was made smaller")
	}
}
