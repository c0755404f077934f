package handoff

// Nginx has nginx take its sockets from NGINX, as after its own upgrade of the
// program (ngx_add_inherited_sockets in nginx.c). It finds the socket of a listen
// directive by getsockname(2), closes the others, and stays in the foreground.
type Nginx struct{}

// Name is the value of handoff.by.
func (Nginx) Name() string { return "nginx" }

// Facts are for its table.
func (Nginx) Facts() Facts {
	return Facts{
		For:     "nginx",
		Sockets: "`NGINX`; a `listen` with the same address finds its socket",
		Notes:   "the pid file disappears with the old generation",
		Stop:    "QUIT",
	}
}

// Grant ends each descriptor with a semicolon.
func (Nginx) Grant(o Offer) (g Grant, err error) {
	if err := g.place(o); err != nil {
		return Grant{}, err
	}
	if len(o.Sockets) > 0 {
		g.setNginx(len(o.Sockets))
	}
	g.addMessages(o)
	return g, nil
}

func (g *Grant) setNginx(sockets int) {
	g.set("NGINX", list(sockets, func(number string, _ int) string { return number + ";" }))
}
