package notify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"regexp"
)

// A link to an appointment carries a token: the appointment's id and a code that
// only this Recado can make. Nothing is stored. It is good until the appointment
// begins, also after it was moved, and opens nothing else.
const (
	idLength  = 15
	macLength = 16 // bytes: nobody guesses 128 bits
)

var idPattern = regexp.MustCompile(`^[a-z0-9]{15}$`)

// Link is the address of an appointment's page for its customer. Whoever has it
// may confirm, move and cancel the appointment.
func (r *Room) Link(appointment string) (string, error) {
	token, err := r.token(appointment)

	return r.deps.Base() + "/a/" + token, err
}

func (r *Room) token(appointment string) (string, error) {
	key, err := r.deps.Key()
	if err != nil {
		return "", err
	}

	return sign(key, appointment), nil
}

func sign(key []byte, appointment string) string {
	return appointment + base64.RawURLEncoding.EncodeToString(code(key, appointment))
}

// read returns the appointment a token is for; ok is false for one that was not
// made with this key.
func read(key []byte, token string) (appointment string, ok bool) {
	if len(token) != idLength+base64.RawURLEncoding.EncodedLen(macLength) {
		return "", false
	}
	appointment = token[:idLength]
	given, err := base64.RawURLEncoding.Strict().DecodeString(token[idLength:])
	if err != nil || !idPattern.MatchString(appointment) {
		return "", false
	}

	return appointment, hmac.Equal(given, code(key, appointment))
}

func code(key []byte, appointment string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("appointment\x00" + appointment))

	return mac.Sum(nil)[:macLength]
}
