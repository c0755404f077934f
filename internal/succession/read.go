package succession

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/seed-27ba25bb/supervisor/internal/proc"
)

// Read returns the record at path if the supervisor that wrote it is gone, and the
// machine was not started anew since; else nil. A record that is damaged, of another
// version or of another user is an error.
func Read(path string) (*Record, error) {
	r, err := read(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("cannot take over what a former supervisor left: %s: %w", path, err)
	}
	boot, err := proc.Boot()
	if err != nil || boot != r.Boot {
		return nil, nil
	}
	if r.Supervisor.Lives() {
		return nil, fmt.Errorf("cannot take over what a former supervisor left: it runs as process %d, without its control socket", r.Supervisor.PID)
	}
	return r, nil
}

func read(path string) (*Record, error) {
	f, err := openOwn(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxRecord+1))
	if err != nil {
		return nil, err
	}
	return parse(text)
}

func parse(text []byte) (*Record, error) {
	if len(text) > maxRecord {
		return nil, fmt.Errorf("it has more than %d bytes", maxRecord)
	}
	// Of another version nothing but that is known.
	var head struct{ Version int }
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, fmt.Errorf("it is damaged: %w", err)
	}
	r := &Record{}
	if head.Version == version {
		d := json.NewDecoder(bytes.NewReader(text))
		d.DisallowUnknownFields()
		if err := d.Decode(r); err != nil {
			return nil, fmt.Errorf("it is damaged: %w", err)
		}
	}
	r.Version = head.Version
	if err := r.check(); err != nil {
		return nil, err
	}
	return r, nil
}
