package air

import (
	"fmt"
	"strings"
	"testing"
)

// told is a line as ENV… | WORD… with what only a shell can say.
func told(l line) string {
	var parts []string
	for _, w := range l.env {
		parts = append(parts, fmt.Sprintf("%q", w.text))
	}
	parts = append(parts, "|")
	for _, w := range l.words {
		mark := ""
		if w.open {
			mark = "?"
		}
		parts = append(parts, fmt.Sprintf("%q%s", w.text, mark))
	}
	if l.compound {
		parts = append(parts, "compound")
	}
	return strings.Join(parts, " ")
}

func TestParseLine(t *testing.T) {
	for text, want := range map[string]string{
		``:                     `|`,
		`  ./x  -a `:           `| "./x" "-a"`,
		`A=1 B='2 3' ./x C=4`:  `"A=1" "B=2 3" | "./x" "C=4"`,
		`./x "a b" 'c d' e\ f`: `| "./x" "a b" "c d" "e f"`,
		`./x a"b"'c'`:          `| "./x" "abc"`,
		`./x ''`:               `| "./x" ""`,
		`./x "\$a \x \" '"`:    `| "./x" "$a \\x \" '"`,
		`./x $A "$B" '$C' \$D`: `| "./x" "$A"? "$B"? "$C" "$D"`,
		`./x ${A:-b c} y`:      `| "./x" "${A:-b c}"? "y"`,
		`./x *.go [a] ~ a~`:    `| "./x" "*.go"? "[a]"? "~"? "a~"`,
		"./x # y":              `| "./x"`,
		"./x a#b":              `| "./x" "a#b"`,
		"./x \\\n y":           `| "./x" "y"`,
		"./x\n":                `| "./x"`,
		"./x\n./y":             `| "./x" "./y" compound`,
		`./x | y`:              `| "./x" "y" compound`,
		`./x && y`:             `| "./x" "y" compound`,
		`./x > y`:              `| "./x" "y" compound`,
		`./x &`:                `| "./x" compound`,
		`./x $(y)`:             "| \"./x\" \"$\"? \"y\" compound",
		"./x `y`":              "| \"./x\" \"`y`\"? compound",
		`./x 'y`:               `| "./x" "y" compound`,
		`./x "y`:               `| "./x" "y" compound`,
		`./x ${y`:              `| "./x" "${y"? compound`,
		`if true`:              `| "if" "true" compound`,
		`{ x`:                  `| "{" "x" compound`,
		`=x y`:                 `| "=x" "y"`,
		`1=x y`:                `| "1=x" "y"`,
		`x\`:                   `| "x\\"`,
	} {
		if got := told(parseLine(text)); got != want {
			t.Errorf("%q\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestSplitAnd(t *testing.T) {
	for text, want := range map[string]string{
		`a`:                          `a`,
		`a && b  &&c`:                `a; b; c`,
		`a 'x && y' && b "&& \" &&"`: `a 'x && y'; b "&& \" &&"`,
		`a | b && c > d`:             `a | b; c > d`,
		`a || b && c`:                `a || b; c`,
		`a \&& b`:                    ``,
		`cd x && b`:                  ``,
		`export A=1 && b`:            ``,
		`A=1 && b`:                   ``,
		`a & b && c`:                 ``,
		`(a && b) && c`:              ``,
		`a && `:                      ``,
		`a '`:                        ``,
		"a\nb && c":                  ``,
		`if a && b; then c; fi`:      ``,
		`a # && b`:                   ``,
		"a `b && c`":                 ``,
	} {
		parts, ok := splitAnd(text)
		if got := strings.Join(parts, "; "); ok && got != want || ok != (want != "") {
			t.Errorf("%q becomes %q, %v, want %q", text, got, ok, want)
		}
	}
}

func TestExecuted(t *testing.T) {
	for text, want := range map[string]string{
		`./x $A`:           `exec ./x $A`,
		` A=1 B="$C" ./x `: `A=1 B="$C" exec ./x`,
	} {
		if got := parseLine(text).executed(); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func TestGoBuild(t *testing.T) {
	goes := func(s string) bool { return s == "go" }
	for text, want := range map[string]string{
		`go build -o ./tmp/main .`:                     `[.] ./tmp/main []`,
		`go build`:                                     `[.]  []`,
		`go build -o=x --race -v ./cmd/x`:              `[./cmd/x] x [--race -v]`,
		`go build -tags dev -mod=vendor -o x main.go`:  `[main.go] x [-tags=dev -mod=vendor]`,
		`go build -ldflags '-X a=b -s' -o x a.go b.go`: `[a.go b.go] x [-ldflags=-X a=b -s]`,
		`CGO_ENABLED=0 go build -o x .`:                `[.] x [] 0`,
		`GOOS=linux go build -o x .`:                   ``,
		`go build -o x . && y`:                         ``,
		`go build -o x ./...`:                          ``,
		`go build -o x ./a ./b`:                        ``,
		`go build -o x a.go ./b`:                       ``,
		`go build -C dir -o x .`:                       ``,
		`go build -n .`:                                ``,
		`go build -toolexec=x .`:                       ``,
		`go build -buildmode=plugin -o x .`:            ``,
		`go build -o`:                                  ``,
		`go build -o x . $FLAGS`:                       ``,
		`go install .`:                                 ``,
		`go`:                                           ``,
		`gotip build .`:                                ``,
	} {
		b, ok := parseGoBuild(parseLine(text), goes)
		got := strings.TrimSpace(fmt.Sprint(b.packages, " ", b.output, " ", b.flags, " ", b.cgo))
		if ok && got != want || ok != (want != "") {
			t.Errorf("%q is %q, %v, want %q", text, got, ok, want)
		}
	}
}

func TestMakes(t *testing.T) {
	for text, want := range map[string]string{
		`go build -o ./tmp/main .`:      `tmp/main tmp/main.exe`,
		`go build -o tmp\x.exe .`:       `tmp/x tmp/x.exe`,
		`go build -o ./bin/ ./cmd/x`:    `bin/x`,
		`go build ./cmd/x`:              `x x.exe`,
		`go build cmd/x/main.go`:        `main`,
		`go build`:                      `anything`,
		`go build -o /abs/x ./cmd/main`: `/abs/x`,
	} {
		b, ok := parseGoBuild(parseLine(strings.ReplaceAll(text, `\`, `\\`)), func(string) bool { return true })
		for _, p := range strings.Fields(want) {
			if !ok || !b.makes(p) {
				t.Errorf("%q does not make %s", text, p)
			}
		}
		if b.makes("other/x") || b.makes("bin/y") {
			t.Errorf("%q makes anything", text)
		}
	}
}
