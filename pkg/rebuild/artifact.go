package rebuild

import "time"

// Artifact is an executable that a build made.
type Artifact struct {
	Path  string        // absolute: Store/Hash/Name
	Hash  string        // SHA-256 of the content, in hexadecimal
	Built time.Time     // when a build last made this content
	Took  time.Duration // how long that build took; 0 from Artifacts, which does not know

	// Served is when it was last put in service, as Served recorded; zero: it was not,
	// or was gone back from.
	Served time.Time
}
