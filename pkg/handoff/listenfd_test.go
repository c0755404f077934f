package handoff

import (
	"errors"
	"regexp"
	"strings"
	"testing"
)

func TestParseListenfd(t *testing.T) {
	secret := newUUID()
	if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(secret) || secret == newUUID() {
		t.Errorf("the secret is %s", secret)
	}
	for _, s := range []string{secret, strings.ToUpper(secret), strings.ReplaceAll(secret, "-", "")} {
		if pid, err := parseListenfd([]byte(s+"|4711"), secret); err != nil || pid != 4711 {
			t.Errorf("%s: got %d, %v", s, pid, err)
		}
	}
	for asked, want := range map[string]string{
		"": "not asked as", secret: "not asked as", "|1": "secret is wrong", newUUID() + "|1": "secret is wrong",
		secret + "|": "no PID", secret + "|0": "no PID", secret + "|-1": "no PID", secret + "|1|2": "no PID",
		secret + "|99999999999": "no PID", secret + "|" + strings.Repeat("1", 200): "not asked as",
	} {
		if pid, err := parseListenfd([]byte(asked), secret); !errors.Is(err, errListenfd) || !strings.Contains(err.Error(), want) || pid != 0 {
			t.Errorf("%q: got %d, %v; want %q", asked, pid, err, want)
		}
	}
}

func FuzzParseListenfd(f *testing.F) {
	const secret = "f2b5b1c0-0000-4000-8000-000000000001"
	for _, s := range []string{secret + "|1", secret, "|", "x|1", strings.ToUpper(secret) + "|4711"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		pid, err := parseListenfd(b, secret)
		if err == nil && (pid <= 0 || !strings.HasPrefix(plainUUID(string(b)), plainUUID(secret)+"|")) || err != nil && pid != 0 {
			t.Errorf("%q: got %d, %v", b, pid, err)
		}
	})
}
