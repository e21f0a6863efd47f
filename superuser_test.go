package main

import (
	"path/filepath"
	"regexp"
	"testing"
)

// A superuser whom no e-mail reaches gets in by a code that the command makes, beside
// the running Recado, or by the setting; and is kept to addresses by another command.
//
// Parity: DC-ops.
func TestASuperuserWithoutTheMail(t *testing.T) {
	data := filepath.Join(t.TempDir(), "pb_data")
	out, errs, code := recado(t, []string{"RECADO_PASSWORD=a-good-password"}, "setup", "--dir", data, "--email", "owner@example.com", "--name", "Owner",
		"--company", "Clinic", "--timezone", "America/Sao_Paulo", "--locale", "en")
	shown := regexp.MustCompile(`with the password (\S+),`).FindStringSubmatch(out)
	if code != 0 || shown == nil {
		t.Fatalf("%d %s%s", code, out, errs)
	}
	nobody := []string{"RECADO_SMTP_HOST=127.0.0.1", "RECADO_SMTP_PORT=1", "RECADO_SMTP_SENDER=desk@example.com"}
	p := serve(t, data, nobody...)
	c := &client{t: t, address: p.address}
	enter := func() map[string]any {
		return c.call("POST", "/api/collections/_superusers/auth-with-password", "", map[string]any{"identity": "owner@example.com", "password": shown[1]})
	}

	mfa, _ := enter()["mfaId"].(string)
	if mfa == "" {
		t.Fatal("the password is enough")
	}
	out, errs, code = recado(t, nil, "superuser", "otp", "owner@example.com", "--dir", data)
	made := regexp.MustCompile(`(?s)Id:\s+(\w+).*Pass:\s+(\d+)`).FindStringSubmatch(out)
	if code != 0 || made == nil {
		t.Fatalf("%d %s%s", code, out, errs)
	}
	c.must("POST", "/api/collections/_superusers/auth-with-otp", "", map[string]any{"otpId": made[1], "password": made[2], "mfaId": mfa})
	p.stop(t)

	p = serve(t, data, append(nobody, "RECADO_SUPERUSER_MFA=off")...)
	c.address = p.address
	if token, _ := enter()["token"].(string); token == "" {
		t.Error("switched off, the password is not enough")
	}
	p.stop(t)

	if out, errs, code := recado(t, nil, "superuser", "ips", "203.0.113.7", "--dir", data); code != 0 {
		t.Fatalf("%s%s", out, errs)
	}
	p = serve(t, data)
	c.address = p.address
	if got := enter(); got["status"] != float64(403) && got["status"] != 403 {
		t.Errorf("from another address: %v", got)
	}
	p.stop(t)
	if out, errs, code := recado(t, nil, "superuser", "ips", "--dir", data); code != 0 {
		t.Fatalf("%s%s", out, errs)
	}
	p = serve(t, data)
	c.address = p.address
	if token, _ := enter()["token"].(string); token == "" {
		t.Error("from anywhere again, it is refused")
	}
	p.stop(t)
}
