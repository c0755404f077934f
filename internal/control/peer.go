package control

import (
	"context"
	"fmt"
	"net"
	"net/http"
)

// uidOf tells which user is at the other end of a connection. On Linux it is
// SO_PEERCRED (unix(7)), on the BSDs LOCAL_PEERCRED (unix(4)): who connected, as
// the kernel saw it then.
type uidOf func(*net.UnixConn) (int, error)

type strangerKey struct{}

// greet remembers in the context of a connection whether a stranger is on it.
// Only the owner of the socket, uid own, and root may ask.
func greet(ctx context.Context, c net.Conn, who uidOf, own int) context.Context {
	if who == nil {
		return ctx
	}
	uid, err := who(c.(*net.UnixConn))
	switch {
	case err != nil:
		return context.WithValue(ctx, strangerKey{}, forbidden(fmt.Sprintf("cannot tell who asks: %v", err)))
	case uid != own && uid != 0:
		return context.WithValue(ctx, strangerKey{}, forbidden(fmt.Sprintf("cannot answer user %d: this supervisor is another user's", uid)))
	}
	return ctx
}

func forbidden(text string) *failure {
	return &failure{
		Text: text,
		Hint: "ask as the user who runs the supervisor, or as root",
		Kind: kindForbidden, status: http.StatusForbidden,
	}
}

// strangerOf returns what to tell a stranger, or nil to those who may ask.
func strangerOf(ctx context.Context) error {
	if f, ok := ctx.Value(strangerKey{}).(*failure); ok {
		return f
	}
	return nil
}
