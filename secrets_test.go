package main

import (
	"bytes"
	"encoding/base32"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"recado/config"
	"recado/hooks/access/totp"
)

// What was sealed before a rotation opens after it, and after another one. A rotation
// that can't be done changes nothing, and says what to do.
//
// Parity: DC-ops.
func TestTheKeyIsRotated(t *testing.T) {
	const password = "a-good-password"
	data := filepath.Join(t.TempDir(), "pb_data")
	if out, errs, code := recado(t, []string{"RECADO_PASSWORD=" + password}, "setup", "--dir", data, "--email", "owner@example.com", "--name", "Owner",
		"--company", "Clinic", "--timezone", "America/Sao_Paulo", "--locale", "en"); code != 0 {
		t.Fatalf("%s%s", out, errs)
	}
	p := serve(t, data)
	c := &client{t: t, address: p.address}
	signIn := func() map[string]any {
		return c.call("POST", "/api/collections/users/auth-with-password", "", map[string]any{"identity": "owner@example.com", "password": password})
	}
	owner := signIn()["token"].(string)
	made := c.must("POST", "/api/recado/me/totp", owner, map[string]any{"password": password})
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(made["secret"].(string))
	if err != nil {
		t.Fatal(err)
	}
	c.must("POST", "/api/recado/me/totp/confirm", owner, map[string]any{"code": totp.Code(secret, totp.Step(time.Now())-1)}) // each is good once

	file := filepath.Join(data, config.KeyFile)
	key := func() []byte {
		t.Helper()
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}

		return content
	}
	first := key()
	refused := func(env []string, words ...string) {
		t.Helper()
		before := key()
		_, errs, code := recado(t, env, "secrets", "rotate", "--dir", data)
		for _, word := range words {
			if code == 0 || !strings.Contains(errs, word) {
				t.Errorf("%d: %q lacks %q", code, errs, word)
			}
		}
		if names, _ := filepath.Glob(filepath.Join(data, ".*next")); !bytes.Equal(key(), before) || len(names) > 0 {
			t.Errorf("it was refused, and left %v behind or changed the key", names)
		}
	}
	refused(nil, "Recado is running", "stop it first")
	p.stop(t)

	for ahead := range int64(2) {
		before := key()
		out, errs, code := recado(t, nil, "secrets", "rotate", "--dir", data)
		if code != 0 || !strings.Contains(out, "sealed with the new key: 1.") {
			t.Fatalf("%d %s%s", code, out, errs)
		}
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 || bytes.Equal(key(), before) {
			t.Errorf("the key is the old one, or %v, %v", info, err)
		}
		p = serve(t, data)
		c.address = p.address
		half := signIn()["data"].(map[string]any)
		c.must("POST", "/api/recado/sessions/factor", "", map[string]any{"challenge": half["challenge"], "code": totp.Code(secret, totp.Step(time.Now())+ahead)})
		p.stop(t)
	}

	last := key()
	if err := os.WriteFile(file, first, 0o600); err != nil { // of an old backup
		t.Fatal(err)
	}
	refused(nil, "opens none of the stored secrets", "nothing was changed", "restore the former", config.KeyFile)
	if err := os.WriteFile(file, last, 0o600); err != nil {
		t.Fatal(err)
	}
	refused([]string{"RECADO_SECRET_KEY=" + strings.TrimSpace(string(last))}, "RECADO_NEXT_SECRET_KEY")
	refused([]string{"RECADO_NEXT_SECRET_KEY=" + strings.TrimSpace(string(first))}, "RECADO_NEXT_SECRET_KEY", "RECADO_SECRET_KEY")
	refused([]string{"RECADO_SECRET_KEY=short"}, "RECADO_SECRET_KEY", "64 hexadecimal digits")
	if out, errs, code := recado(t, nil, "secrets", "rotate", "--dir", data); code != 0 {
		t.Errorf("%d %s%s", code, out, errs)
	}
}
