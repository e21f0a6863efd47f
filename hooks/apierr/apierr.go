// Package apierr is the one constructor for errors a client sees.
//
// In: a status, a stable machine code, a sentence for a person, optional
// machine-readable extras. Out: PocketBase's own ApiError, which the router
// writes as {"status", "message", "data": {"code", …extras}}.
package apierr

import (
	"errors"
	"maps"
	"net/http"

	"github.com/pocketbase/pocketbase/tools/router"
)

// New builds the error as a literal, because PocketBase's helpers
// (e.BadRequestError and friends) rewrite the values of a data map.
// The message is English; the UI translates by code.
func New(status int, code, message string, extra map[string]any) *router.ApiError {
	data := make(map[string]any, len(extra)+1)
	maps.Copy(data, extra)
	data["code"] = code

	return &router.ApiError{Status: status, Message: message, Data: data}
}

// Forbidden says that the caller lacks the named permission.
func Forbidden(permission string) *router.ApiError {
	return New(http.StatusForbidden, "forbidden", "You are not allowed to do this. Ask an administrator for the permission "+permission+".",
		map[string]any{"permission": permission})
}

// NotFound is also the answer for what exists in another company: its
// existence is nobody's business.
func NotFound(noun string) *router.ApiError {
	return New(http.StatusNotFound, "not_found", "This "+noun+" does not exist, or you may not see it.", nil)
}

// Invalid names the field that is wrong and what is allowed.
func Invalid(field, message string) *router.ApiError {
	return New(http.StatusBadRequest, "invalid", message, map[string]any{"field": field})
}

// Code returns the code of an ApiError anywhere in err's chain, or "".
func Code(err error) string {
	var api *router.ApiError
	if !errors.As(err, &api) {
		return ""
	}
	code, _ := api.Data["code"].(string)

	return code
}
