package handoff

// Numbered has a service find its sockets by their numbers, which its command line
// or its environment names: {{fd "http"}}.
type Numbered struct {
	name  string
	facts Facts
	// variables: the service looks at those of systemd, too.
	variables bool
}

var (
	gunicorn = Numbered{variables: true, name: "gunicorn", facts: Facts{
		For:     "gunicorn",
		Sockets: "`LISTEN_FDS`; or `--bind fd://{{fd \"http\"}}`, which also works below a wrapper",
		Ready:   "`READY=1`",
	}}
	haproxy = Numbered{name: "haproxy", facts: Facts{
		For:     "haproxy",
		Sockets: "`bind \"fd@${HTTP}\"` with `env = { HTTP = '{{fd \"http\"}}' }`",
		Ready:   "`READY=1`, with `-Ws`",
		Stop:    "USR1",
	}}
	uvicorn = Numbered{name: "uvicorn", facts: Facts{
		For:     "uvicorn",
		Sockets: "`--fd {{fd \"http\"}}`",
		Notes:   "when it stops, it resets connections that it has accepted a moment ago; adopted, without `listen` and `--fd`, it loses none",
	}}
	hypercorn = Numbered{name: "hypercorn", facts: Facts{
		For:     "hypercorn",
		Sockets: "`--bind fd://{{fd \"http\"}}`",
	}}
	caddy = Numbered{name: "caddy", facts: Facts{
		For:     "caddy",
		Sockets: "`bind fd/{$HTTP}` with `env = { HTTP = '{{fd \"http\"}}' }`; `fdgram/` for UDP",
		Ready:   "`READY=1`",
	}}
)

// Name is the value of handoff.by.
func (n Numbered) Name() string { return n.name }

// Facts are for its table.
func (n Numbered) Facts() Facts { return n.facts }

// Grant places the sockets.
func (n Numbered) Grant(o Offer) (g Grant, err error) {
	if n.variables {
		return Systemd{}.Grant(o)
	}
	if err := g.place(o); err != nil {
		return Grant{}, err
	}
	g.addMessages(o)
	return g, nil
}
