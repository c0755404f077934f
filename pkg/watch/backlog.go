package watch

// backlog is how many events are kept for the keeper; beyond that it is told that some are lost.
const backlog = 1 << 16

// push appends an event, unless it repeats the last one. A loss takes the place of all that was there, and what there is no
// room for is one.
func push(queue []event, e event) []event {
	if n := len(queue); n > 0 && queue[n-1] == e {
		return queue
	}
	if e.lost || len(queue) >= backlog {
		return []event{{lost: true}}
	}
	return append(queue, e)
}
