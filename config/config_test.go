package config

import (
	"bytes"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestLoadDefaults(t *testing.T) {
	c, err := Load(nil, []string{"serve"})
	if err != nil {
		t.Fatal(err)
	}

	if c.HTTP != "127.0.0.1:8090" || c.Dir != "./pb_data" || c.SignupOpen || c.UploadMaxBytes() != 10<<20 ||
		c.RealtimeMaxConnections != 100 || c.LogLevel != slog.LevelWarn || c.DBReaders != 12 || len(c.Origins) != 0 {
		t.Fatalf("unexpected defaults: %+v", c)
	}
	for _, s := range c.Settings() {
		if s.Source != SourceDefault {
			t.Errorf("%s comes from %s", s.Name, s.Source)
		}
	}
}

func TestLoadPrecedence(t *testing.T) {
	env := []string{"RECADO_HTTP=127.0.0.1:1111", "RECADO_DIR=/data", "RECADO_SIGNUP=open", "RECADO_MDNS=", "PATH=/bin"}
	// flags of PocketBase and of commands stand between ours
	c, err := Load(env, []string{"serve", "--dev", "--http=127.0.0.1:2222", "--queryTimeout", "30", "--email", "a@b.c", "--upload-max-mb", "25", "example.com"})
	if err != nil {
		t.Fatal(err)
	}

	if c.HTTP != "127.0.0.1:2222" || c.Dir != "/data" || !c.SignupOpen || c.UploadMaxMB != 25 || c.MDNS != "auto" {
		t.Fatalf("unexpected: %+v", c)
	}
	source := map[string]string{}
	for _, s := range c.Settings() {
		source[s.Name] = s.Source
	}
	if source["RECADO_HTTP"] != SourceFlag || source["RECADO_DIR"] != SourceEnv || source["RECADO_MDNS"] != SourceDefault {
		t.Fatalf("unexpected sources: %v", source)
	}
}

func TestLoadRefusesWrongValues(t *testing.T) {
	for _, tc := range []struct {
		env, flag string
		want      []string
	}{
		{env: "RECADO_HTTP=8090", want: []string{"RECADO_HTTP", `"8090"`, "host:port"}},
		{env: "RECADO_HTTP=127.0.0.1:99999", want: []string{"RECADO_HTTP", "99999"}},
		{env: "RECADO_SIGNUP=yes", want: []string{"RECADO_SIGNUP", `"yes"`, "closed or open"}},
		{env: "RECADO_ORIGINS=https://a.b,c.d", want: []string{"RECADO_ORIGINS", "c.d", "origins separated by commas"}},
		{env: "RECADO_URL=https://a.b/path", want: []string{"RECADO_URL", "/path", "without a path"}},
		{env: "RECADO_DOMAIN=https://desk.example.com", want: []string{"RECADO_DOMAIN", "host names"}},
		{env: "RECADO_DOMAIN=192.168.0.9", want: []string{"RECADO_DOMAIN", "192.168.0.9"}},
		{env: "RECADO_TRUSTED_PROXY=127.0.0.1,proxy", want: []string{"RECADO_TRUSTED_PROXY", "proxy", "addresses or networks"}},
		{env: "RECADO_LOG_LEVEL=loud", want: []string{"RECADO_LOG_LEVEL", "loud", "debug, info, warn or error"}},
		{env: "RECADO_MDNS=maybe", want: []string{"RECADO_MDNS", "maybe", "auto, on or off"}},
		{env: "RECADO_UPLOAD_MAX_MB=0", want: []string{"RECADO_UPLOAD_MAX_MB", `"0"`, "from 1 to 100"}},
		{env: "RECADO_REALTIME_MAX_CONNECTIONS=many", want: []string{"RECADO_REALTIME_MAX_CONNECTIONS", "many"}},
		{env: "RECADO_DB_READERS=1", want: []string{"RECADO_DB_READERS", `"1"`, "from 2 to 64"}},
		{flag: "--upload-max-mb=x", want: []string{"--upload-max-mb (RECADO_UPLOAD_MAX_MB)", `"x"`}},
		{flag: "--dir=", want: []string{"--dir (RECADO_DIR)", `""`}},
	} {
		_, err := Load([]string{tc.env}, []string{"serve", tc.flag})
		if err == nil {
			t.Errorf("%s%s is accepted", tc.env, tc.flag)
			continue
		}
		for _, want := range tc.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s%s: %q lacks %q", tc.env, tc.flag, err, want)
			}
		}
	}
}

func TestDomainIsTheAddress(t *testing.T) {
	c, err := Load([]string{"RECADO_DOMAIN=Desk.Example.com, www.example.org"}, nil)
	if err != nil || c.URL != "https://desk.example.com" || !slices.Equal(c.Domains, []string{"desk.example.com", "www.example.org"}) {
		t.Errorf("%+v, %v", c, err)
	}
	if c, err = Load([]string{"RECADO_DOMAIN=a.example.com", "RECADO_URL=https://b.example.com"}, nil); err != nil || c.URL != "https://b.example.com" {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestLoadNamesEveryWrongValueAtOnce(t *testing.T) {
	_, err := Load([]string{"RECADO_HTTP=x", "RECADO_SIGNUP=x"}, nil)
	if err == nil || !strings.Contains(err.Error(), "RECADO_HTTP") || !strings.Contains(err.Error(), "RECADO_SIGNUP") {
		t.Fatalf("got %v", err)
	}
}

func TestSecretsAreNeverShown(t *testing.T) {
	const canary = "canary-of-a-secret"
	for _, name := range []string{"SECRET_KEY", "INSTANCE_KEY"} { // too short for either
		if _, err := Load([]string{"RECADO_" + name + "=" + canary}, nil); err == nil || strings.Contains(err.Error(), canary) {
			t.Fatalf("got %v", err)
		}
	}
	if _, err := Load([]string{"RECADO_INSTANCE_KEY=" + canary + " " + canary}, nil); err == nil {
		t.Fatal("a key with a space in it is taken")
	}

	c, err := Load([]string{"RECADO_PASSWORD=" + canary, "RECADO_INSTANCE_KEY=" + canary + canary}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := c.Print(&out); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), canary) || !strings.Contains(out.String(), masked) {
		t.Fatalf("printed:\n%s", &out)
	}
	if c.Password != canary || c.InstanceKey != canary+canary {
		t.Fatal("the secrets themselves must be there")
	}
}

func TestUnknownVariables(t *testing.T) {
	c, err := Load([]string{"RECADO_SINGUP=open", "RECADO_HTTP=127.0.0.1:0"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Unknown(); len(got) != 1 || got[0] != "RECADO_SINGUP" {
		t.Fatalf("got %v", got)
	}
}

func TestAnnounce(t *testing.T) {
	for _, tc := range []struct {
		http, mdns string
		want       bool
	}{
		{"127.0.0.1:8090", "auto", false},
		{"localhost:8090", "auto", false},
		{"[::1]:8090", "auto", false},
		{"127.0.0.1:8090", "on", true},
		{"0.0.0.0:8090", "auto", true},
		{":8090", "auto", true},
		{"192.168.1.5:8090", "auto", true},
		{"0.0.0.0:8090", "off", false},
	} {
		c, err := Load([]string{"RECADO_HTTP=" + tc.http, "RECADO_MDNS=" + tc.mdns}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Announce(); got != tc.want {
			t.Errorf("%s, %s: %v", tc.http, tc.mdns, got)
		}
	}
}

func TestConfigurationPageIsCurrent(t *testing.T) {
	var want bytes.Buffer
	if err := Markdown(&want); err != nil {
		t.Fatal(err)
	}
	have, err := os.ReadFile("../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, want.Bytes()) {
		t.Fatal("docs/configuration.md is stale; run: go generate ./config")
	}
}

// X-config: every variable of the systems before has a place, and every setting
// it is sent to exists.
func TestEveryOldVariableHasItsPlace(t *testing.T) {
	var names []string
	for _, line := range elsewhere {
		if len(line.now) < 10 {
			t.Errorf("%s: %q says too little", line.names, line.now)
		}
		for _, part := range regexp.MustCompile("`([A-Z_*]+)`").FindAllStringSubmatch(line.names, -1) {
			names = append(names, part[1])
		}
		for _, setting := range regexp.MustCompile(Prefix+"[A-Z_]+").FindAllString(line.now, -1) {
			if !slices.ContainsFunc(options, func(o option) bool { return Prefix+o.name == setting }) {
				t.Errorf("%s: there is no %s", line.names, setting)
			}
		}
	}

	for _, want := range strings.Fields(`DATABASE_URL DB_* REDIS_* PORT NODE_ENV LOG_LEVEL JWT_SECRET JWT_REFRESH_SECRET
		JWT_EXPIRES_IN ENV_TOKEN META_ACCESS_TOKEN META_PHONE_NUMBER_ID SMTP_* UPLOAD_DIR STRIPE_SECRET_KEY TWILIO_*
		SENDGRID_API_KEY AWS_* GOOGLE_CLOUD_PROJECT_ID FIREBASE_ADMIN_SDK_JSON FRONTEND_URL`) {
		if !slices.Contains(names, want) {
			t.Errorf("nothing is said about %s", want)
		}
	}
}
