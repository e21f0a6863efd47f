package inbox

import (
	"net/http"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/texts"
)

// bindQuickReplies keeps what a quick reply is called and whose it is.
func (r *Room) bindQuickReplies() {
	r.app.OnRecordCreateRequest(collections.QuickReplies).BindFunc(r.quickReplyWritten)
	r.app.OnRecordUpdateRequest(collections.QuickReplies).BindFunc(r.quickReplyWritten)
}

// quickReplyWritten spells the shortcut as it is looked for, and bounds the files.
func (r *Room) quickReplyWritten(e *core.RecordRequestEvent) error {
	reply := e.Record
	if !reply.IsNew() {
		reply.Set("owner", reply.Original().GetString("owner")) // shared or personal from the start
	}
	reply.Set("shortcut", strings.ToLower(strings.TrimPrefix(strings.TrimSpace(reply.GetString("shortcut")), "/")))
	reply.Set("text", strings.TrimSpace(reply.GetString("text")))

	uploads := reply.GetUnsavedFiles("files")
	for _, upload := range uploads {
		if upload.Size > r.deps.UploadMaxBytes {
			return r.errFileTooLarge()
		}
	}
	if reply.GetString("text") == "" && len(uploads) == 0 && len(reply.GetStringSlice("files")) == 0 {
		return apierr.Invalid("text", "Write what the quick reply says, or give it a file.")
	}

	err := e.App.DB().Select("id").From(collections.QuickReplies).Where(dbx.HashExp{
		"company": reply.GetString("company"), "owner": reply.GetString("owner"), "shortcut": reply.GetString("shortcut"),
	}).AndWhere(dbx.Not(dbx.HashExp{"id": reply.Id})).Limit(1).Row(new(string))
	if err == nil {
		return apierr.New(http.StatusConflict, "shortcut_taken", "There is a quick reply of this name already. Choose another one.", map[string]any{"field": "shortcut"})
	}
	if !isNotFound(err) {
		return err
	}

	return e.Next()
}

// useQuickReply answers a quick reply as it reads in a conversation: its text
// with the variables filled in, in the contact's language, and copies of its
// files that can be sent there.
func (r *Room) useQuickReply(e *core.RequestEvent) error {
	var form struct {
		Conversation string `json:"conversation"`
	}
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("conversation", "Name the conversation the quick reply is for.")
	}
	info, err := e.RequestInfo()
	if err != nil {
		return err
	}
	reply, err := visible(e.App, info, collections.QuickReplies, e.Request.PathValue("id"), "quick reply")
	if err != nil {
		return err
	}
	conversation, err := visible(e.App, info, collections.Conversations, form.Conversation, "conversation")
	if err != nil {
		return err
	}
	if ok, err := e.App.CanAccessRecord(conversation, info, conversation.Collection().UpdateRule); err != nil || !ok {
		return apierr.Forbidden("inbox.reply")
	}

	values, err := r.variables(e.App, conversation, e.Auth)
	if err != nil {
		return err
	}
	files, err := r.quickReplyFiles(e.App, reply, conversation)
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, map[string]any{"text": fillVariables(reply.GetString("text"), values), "files": files})
}

// quickReplyFiles are copies of a quick reply's files, ready to be attached.
func (r *Room) quickReplyFiles(app core.App, reply, conversation *core.Record) ([]*core.Record, error) {
	names := reply.GetStringSlice("files")
	files := make([]*core.Record, 0, len(names))
	if len(names) == 0 {
		return files, nil
	}
	storage, err := app.NewFilesystem()
	if err != nil {
		return nil, err
	}
	defer storage.Close()

	for _, name := range names {
		id, err := storeFile(app, storage, reply.BaseFilesPath()+"/"+name, plainName(name), conversation)
		if err != nil {
			return nil, err
		}
		file, err := lookup(app, collections.Files, id)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}

	return files, nil
}

// plainName takes the random part off a stored file's name: plan_k3j5h6g7f8.pdf
// was plan.pdf.
func plainName(stored string) string {
	base, extension := stored, ""
	if dot := strings.LastIndexByte(stored, '.'); dot > 0 {
		base, extension = stored[:dot], stored[dot:]
	}
	if cut := strings.LastIndexByte(base, '_'); cut > 0 && len(base)-cut == 11 {
		base = base[:cut]
	}

	return base + extension
}

// variables are what a text may speak of, as it is said to this contact.
func (r *Room) variables(app core.App, conversation, auth *core.Record) (map[string]string, error) {
	turn, err := r.turn(app, conversation, nil)
	if err != nil {
		return nil, err
	}
	locale := localeOf(conversation, turn.Contact, turn.Channel, turn.Company)
	values := map[string]string{
		"contact.name":       turn.Contact.GetString("name"),
		"contact.first_name": firstName(turn.Contact.GetString("name")),
		"contact.phone":      turn.Contact.GetString("phone"),
		"contact.email":      turn.Contact.GetString("email"),
		"company.name":       turn.Company.GetString("name"),
		"company.phone":      turn.Company.GetString("phone"),
		"company.website":    turn.Company.GetString("website"),
		"me.name":            "", "me.first_name": "",
		"appointment.when": "", "appointment.date": "", "appointment.time": "", "appointment.service": "", "appointment.agenda": "",
	}

	id, err := memberOf(app, auth, conversation.GetString("company"))
	if err != nil {
		return nil, err
	}
	if id != "" {
		member, err := lookup(app, collections.Members, id)
		if err != nil {
			return nil, err
		}
		values["me.name"] = member.GetString("name")
		values["me.first_name"] = firstName(member.GetString("name"))
	}

	return values, r.appointmentVariables(app, conversation, locale, values)
}

// appointmentVariables speak of the contact's next appointment, in the time zone
// it takes place in. Without one they stay empty.
func (r *Room) appointmentVariables(app core.App, conversation *core.Record, locale string, values map[string]string) error {
	now := r.deps.Now()
	appointment := &core.Record{}
	err := app.RecordQuery(collections.Appointments).
		AndWhere(dbx.HashExp{"company": conversation.GetString("company"), "contact": conversation.GetString("contact")}).
		AndWhere(dbx.In("status", "pending", "confirmed")).
		AndWhere(dbx.NewExp("start > {:now}", dbx.Params{"now": stamp(now)})).
		OrderBy("start", "id").Limit(1).One(appointment)
	if isNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	agenda, err := lookup(app, collections.Agendas, appointment.GetString("agenda"))
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(agenda.GetString("timezone"))
	if err != nil {
		return err
	}
	start := appointment.GetDateTime("start").Time().In(zone)
	values["appointment.when"] = texts.When(locale, start, now)
	values["appointment.date"] = texts.Date(locale, start, now)
	values["appointment.time"] = texts.Clock(locale, start)
	values["appointment.agenda"] = agenda.GetString("name")
	if service, err := lookup(app, collections.Services, appointment.GetString("service")); err == nil {
		values["appointment.service"] = service.GetString("name")
	}

	return nil
}

func firstName(name string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(name), " ")

	return first
}

// fillVariables replaces every {{name}} that values has. An empty value takes the
// space before it along: "Hello {{contact.first_name}}!" to someone without a
// name is "Hello!". What values doesn't have stays in sight, to be mended.
func fillVariables(text string, values map[string]string) string {
	var out strings.Builder
	for {
		open := strings.Index(text, "{{")
		if open < 0 {
			break
		}
		width := strings.Index(text[open:], "}}")
		if width < 0 {
			break
		}
		before, name := text[:open], strings.TrimSpace(text[open+2:open+width])
		value, known := values[strings.ToLower(name)]
		switch {
		case !known:
			// its own braces only: another variable may begin within
			out.WriteString(text[:open+2])
			text = text[open+2:]

			continue
		case value == "":
			before = strings.TrimSuffix(before, " ")
		}
		out.WriteString(before)
		out.WriteString(value)
		text = text[open+width+2:]
	}
	out.WriteString(text)

	return out.String()
}
