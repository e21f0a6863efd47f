// Package totp makes and checks the six digits of authenticator apps: RFC 6238
// with SHA-1 and steps of 30 seconds, which is what all of them speak.
//
// In: a secret and a moment. Out: a code, or the step that one is of. Pure.
package totp

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // what the apps speak; HMAC does not need more
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"time"
)

const (
	digits = 6
	period = 30 // seconds

	// SecretLength is the length of a secret in bytes, as RFC 4226 advises.
	SecretLength = 20
)

// Step is the number of the step that a moment is in.
func Step(t time.Time) int64 { return t.Unix() / period }

// Code is what an app shows in a step.
func Code(secret []byte, step int64) string {
	mac := hmac.New(sha1.New, secret)
	_ = binary.Write(mac, binary.BigEndian, step)
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0x0f
	number := binary.BigEndian.Uint32(sum[offset:]) & 0x7fffffff

	return fmt.Sprintf("%0*d", digits, number%1_000_000)
}

// Match finds the step that a code is of: this one or one beside it, for clocks
// that differ, but none up to the one used last.
func Match(secret []byte, code string, now time.Time, last int64) (step int64, ok bool) {
	for _, step := range []int64{Step(now), Step(now) - 1, Step(now) + 1} {
		if step > last && subtle.ConstantTimeCompare([]byte(Code(secret, step)), []byte(code)) == 1 {
			return step, true
		}
	}

	return 0, false
}

// Text is a secret as people type it.
func Text(secret []byte) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
}

// Address is what the QR code of a secret says: who issued it, and for which account.
func Address(secret []byte, issuer, account string) string {
	// apps read a plus as one, so blanks are written as %20
	label := url.PathEscape(issuer) + ":" + url.PathEscape(account)

	return "otpauth://totp/" + label + "?secret=" + Text(secret) + "&issuer=" + url.PathEscape(issuer)
}
