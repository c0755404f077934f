package config

import "testing"

func TestDistance(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "a", 0}, {"", "abc", 3}, {"abc", "", 3}, {"kitten", "sitting", 3},
		{"pakcage", "package", 1}, {"ab", "ba", 1}, {"ca", "abc", 3}, {"wokers", "workers", 1},
	}
	for _, tt := range tests {
		if got := distance(tt.a, tt.b, 10); got != tt.want {
			t.Errorf("distance(%q, %q): got %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"args", "build", "by", "command", "dir", "env", "env_files", "listen", "package"}
	for word, want := range map[string]string{
		"pacakge": "package", "Listen": "listen", "envfiles": "env_files", "evn": "env", "b": "by", "commmand": "command",
		"zzz": "", "": "", "timeout": "", "x": "",
	} {
		got, ok := nearest(word, known)
		if got != want || ok != (want != "") {
			t.Errorf("nearest(%q): got %q, want %q", word, got, want)
		}
	}
}
