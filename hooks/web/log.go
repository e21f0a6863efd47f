package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/router"
	"github.com/pocketbase/pocketbase/tools/routine"
)

// logRequests writes one structured entry per request: an error where Recado
// failed, else information. It names the route, never the URL: paths and
// queries hold invite tokens, searched names and phone numbers.
func logRequests() *hook.Handler[*core.RequestEvent] {
	return &hook.Handler[*core.RequestEvent]{
		Id:       "recadoRequestLog",
		Priority: apis.DefaultActivityLoggerMiddlewarePriority,
		Func: func(e *core.RequestEvent) error {
			started := time.Now()
			err := e.Next()

			level, attrs := describe(e, err, time.Since(started))
			logger := e.App.Logger()
			if logger.Enabled(e.Request.Context(), level) {
				// a full batch is written by whoever adds the last entry: not the caller's business
				message := e.Request.Method + " " + e.Request.Pattern
				routine.FireAndForget(func() { logger.LogAttrs(context.Background(), level, message, attrs...) })
			}

			return err
		},
	}
}

func describe(e *core.RequestEvent, err error, took time.Duration) (slog.Level, []slog.Attr) {
	status := e.Status()
	failed := false
	var cause string
	if err != nil {
		var api *router.ApiError
		meant := errors.As(err, &api)
		if !meant {
			api = router.ToApiError(err)
		}
		if status == 0 {
			status = api.Status
		}
		// PocketBase answers 400 to an error nobody made an answer of
		failed = status >= http.StatusInternalServerError || !meant && status == http.StatusBadRequest
		if failed {
			cause = err.Error()
			if raw := api.RawData(); raw != nil {
				cause = fmt.Sprint(raw)
			}
		}
	}

	level := slog.LevelInfo
	if failed {
		level = slog.LevelError
	}

	attrs := []slog.Attr{
		slog.String("type", "request"),
		slog.String("method", e.Request.Method),
		slog.String("route", e.Request.Pattern),
		slog.Int("status", status),
		slog.Float64("execTime", float64(took)/float64(time.Millisecond)),
	}
	if cause != "" {
		attrs = append(attrs, slog.String("error", cause))
	}
	if e.Auth != nil {
		attrs = append(attrs, slog.String("auth", e.Auth.Collection().Name))
		if e.App.Settings().Logs.LogAuthId {
			attrs = append(attrs, slog.String("authId", e.Auth.Id))
		}
	}
	if e.App.Settings().Logs.LogIP {
		attrs = append(attrs, slog.String("userIP", e.RealIP()))
	}

	return level, attrs
}

// BindLogLevel makes level the least important entry that is kept, whatever
// the stored settings say: it comes from the environment.
func BindLogLevel(app core.App, level slog.Level) {
	app.OnSettingsReload().Bind(&hook.Handler[*core.SettingsReloadEvent]{
		Id:       "recadoLogLevel",
		Priority: 1000, // inside PocketBase's own handler, which hands the level to the logger
		Func: func(e *core.SettingsReloadEvent) error {
			if err := e.Next(); err != nil {
				return err
			}
			e.App.Settings().Logs.MinLevel = int(level)

			return nil
		},
	})
}
