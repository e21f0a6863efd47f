package totp_test

import (
	"strings"
	"testing"
	"time"

	"recado/hooks/access/totp"
)

// The vectors of RFC 6238, appendix B, for SHA-1; their last six digits.
func TestVectorsOfTheRFC(t *testing.T) {
	secret := []byte("12345678901234567890")
	for seconds, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		if got := totp.Code(secret, totp.Step(time.Unix(seconds, 0))); got != want {
			t.Errorf("at %d: %s, want %s", seconds, got, want)
		}
	}
}

func TestACodeIsGoodAroundItsStepAndOnce(t *testing.T) {
	secret := []byte("12345678901234567890")
	now := time.Unix(1234567890, 0)
	code := totp.Code(secret, totp.Step(now))

	for seconds, want := range map[int]bool{-60: false, -30: true, 0: true, 30: true, 60: false} {
		if _, ok := totp.Match(secret, code, now.Add(time.Duration(seconds)*time.Second), 0); ok != want {
			t.Errorf("%d seconds later: %v", seconds, ok)
		}
	}
	step, _ := totp.Match(secret, code, now, 0)
	if _, ok := totp.Match(secret, code, now, step); ok {
		t.Error("a code is good twice")
	}
	for _, wrong := range []string{"", "12345", code + "0", "abcdef"} {
		if _, ok := totp.Match(secret, wrong, now, 0); ok {
			t.Errorf("%q is taken", wrong)
		}
	}
}

func TestTheAddressOfASecret(t *testing.T) {
	got := totp.Address([]byte("12345678901234567890"), "Clínica Ana", "ana@example.com")
	if !strings.HasPrefix(got, "otpauth://totp/Cl%C3%ADnica%20Ana:ana@example.com?secret=GEZDGNBVGY3TQOJQ") || !strings.Contains(got, "&issuer=Cl%C3%ADnica%20Ana") {
		t.Error(got)
	}
}
