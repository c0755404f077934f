package supervise

import (
	"errors"

	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
)

// Artifacts are those in the service's store.
func (y *System) Artifacts(s Service) ([]rebuild.Artifact, error) {
	b, err := y.builders.of(s, y.Guardian)
	if err != nil {
		return nil, err
	}
	return b.Artifacts()
}

// Artifact is an earlier one.
func (y *System) Artifact(s Service, hash string) (rebuild.Artifact, error) {
	b, err := y.builders.of(s, y.Guardian)
	if err != nil {
		return rebuild.Artifact{}, err
	}
	return b.Artifact(hash)
}

// Record goes into the service's store.
func (y *System) Record(s Service, r Record) error {
	b, err := y.builders.of(s, y.Guardian)
	if err != nil {
		return err
	}
	err = errors.Join(b.Served(r.Served, r.At), b.GoBack(r.Back))
	if r.Withdrawn != "" {
		err = errors.Join(err, b.Withdraw(r.Withdrawn))
	}
	return err
}

// Back is what the store has on record.
func (y *System) Back(s Service) string {
	b, err := y.builders.of(s, y.Guardian)
	if err != nil {
		return ""
	}
	return b.Back()
}
