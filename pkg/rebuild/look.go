package rebuild

// look is what was found at the places.
type look struct {
	// shape is a hash of all that decides which steps a build has: which files
	// there are, the headers of the sources, the whole of the other files. If
	// it is the same, nothing but the contents has changed.
	shape string
	// contents are hashes of the sources and of what is embedded, by path.
	contents map[string]string
	// stamp is a hash of when all these files were changed. It tells whether a
	// file was other for a moment between two looks.
	stamp string
}

func (l look) same(other look) bool {
	if l.shape != other.shape || l.stamp != other.stamp || len(l.contents) != len(other.contents) {
		return false
	}
	for name, content := range l.contents {
		if other.contents[name] != content {
			return false
		}
	}
	return true
}
