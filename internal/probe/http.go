package probe

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

const (
	maxBody   = 64 << 10 // bytes
	bodyTime  = 250 * time.Millisecond
	maxHeader = 64 << 10 // bytes
)

// HTTP makes one attempt to GET rawURL, http or https. It returns nil if a process
// of the generation accepted the connection and answered with a status from 200 to
// 399; redirects are not followed. The request goes out only once it is known who
// accepted.
//
// The status decides. The body is read for politeness, as far as 64 KiB and 250 ms
// go. Certificates are not verified: a service is asked about itself, mostly at an
// address that its certificate does not name.
func HTTP(ctx context.Context, rawURL string, mine Belongs) error {
	u, err := url.Parse(rawURL)
	if err != nil {
		return &UnsupportedError{fmt.Sprintf("cannot probe: %v", err)}
	}
	if err := get(ctx, u, mine); err != nil {
		return fmt.Errorf("cannot probe %s: %w", u.Redacted(), err)
	}
	return nil
}

// HTTPOn is HTTP on a connection that dial makes, to whomever.
func HTTPOn(ctx context.Context, rawURL string, dial func(context.Context) (net.Conn, error)) error {
	u, err := url.Parse(rawURL)
	if err != nil {
		return &UnsupportedError{fmt.Sprintf("cannot probe: %v", err)}
	}
	conn, err := dial(ctx)
	if err == nil {
		err = ask(ctx, u, conn)
	}
	if err != nil {
		return fmt.Errorf("cannot probe %s: %w", u.Redacted(), err)
	}
	return nil
}

func get(ctx context.Context, u *url.URL, mine Belongs) error {
	addr, err := hostPort(u)
	if err != nil {
		return err
	}
	conn, err := dial(ctx, addr, mine)
	if err != nil {
		return err
	}
	return ask(ctx, u, conn)
}

// ask closes the connection.
func ask(ctx context.Context, u *url.URL, conn net.Conn) error {
	defer conn.Close()
	response, err := exchange(ctx, u, conn)
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return fmt.Errorf("accepted, but no answer: %w", err)
	}
	conn.SetReadDeadline(time.Now().Add(bodyTime))
	io.CopyN(io.Discard, response.Body, maxBody)
	response.Body.Close()
	if response.StatusCode < 200 || response.StatusCode >= 400 {
		return fmt.Errorf("answered %s", response.Status)
	}
	return nil
}

func hostPort(u *url.URL) (string, error) {
	port := map[string]string{"http": "80", "https": "443"}[u.Scheme]
	if port == "" || u.Hostname() == "" {
		return "", &UnsupportedError{"only http://host:port/path and https:// can be probed, by TCP"}
	}
	if u.Port() != "" {
		port = u.Port()
	}
	return net.JoinHostPort(u.Hostname(), port), nil
}

// exchange sends the request on the connection. The transport dials once: it
// repeats only what failed on a connection that it had used before.
func exchange(ctx context.Context, u *url.URL, conn net.Conn) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", "supervisor")
	if u.User != nil {
		password, _ := u.User.Password()
		request.SetBasicAuth(u.User.Username(), password)
	}
	transport := &http.Transport{
		DialContext:            func(context.Context, string, string) (net.Conn, error) { return conn, nil },
		DisableKeepAlives:      true,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHeader,
		TLSClientConfig:        &tls.Config{InsecureSkipVerify: true},
	}
	return transport.RoundTrip(request)
}
