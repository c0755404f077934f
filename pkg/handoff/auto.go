package handoff

import "strconv"

// Auto is for a service of which nothing is known. It offers the variables of
// systemd, and beside them those of protocols that have the descriptors in the same
// places, and that only their own servers look at: nginx's and Server::Starter's.
//
// Not offered unasked: UNICORN_FD and PUMA_INHERIT_0, because both servers look at
// LISTEN_FDS, too, and would hold one descriptor twice; FPM_SOCKETS, because what
// php-fpm does not use it unlinks; and all that makes a service report to us.
type Auto struct{}

// Name is the value of handoff.by.
func (Auto) Name() string { return "auto" }

// Facts are empty: it is none of the protocols.
func (Auto) Facts() Facts { return Facts{} }

// Grant is Systemd's and more.
func (Auto) Grant(o Offer) (Grant, error) {
	g, err := Systemd{}.Grant(o)
	if err != nil || len(o.Sockets) == 0 {
		return g, err
	}
	g.setServerStarter(o)
	g.setNginx(len(o.Sockets))
	return g, nil
}

// list writes the numbers of n sockets that begin at the first descriptor.
func list(n int, each func(number string, i int) string) (text string) {
	for i := range n {
		text += each(strconv.Itoa(firstFD+i), i)
	}
	return text
}
