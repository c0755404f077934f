package watch

import "time"

// poller knows nothing and asks for a survey at every tick.
type poller struct{ ticker *time.Ticker }

func (p poller) add(string) error        { return nil }
func (p poller) remove(string)           {}
func (p poller) events() <-chan event    { return nil }
func (p poller) ticks() <-chan time.Time { return p.ticker.C }

func (p poller) close() error {
	p.ticker.Stop()
	return nil
}
