package doctor

func checkFileSystems(trees []FileSystem) (all []Finding) {
	for _, t := range trees {
		all = append(all, t.check())
	}
	return all
}

func (t FileSystem) check() Finding {
	poll := variable(t.Service, "watch.poll")
	switch {
	case t.Silent == "":
		return fine("files", "%s reports changes", t.Dir)
	case t.Poll.Every > 0:
		return fine("files", "%s (%s) does not report changes, and is looked at every %v", t.Dir, t.Silent, t.Poll.Every)
	case t.Poll.Never:
		return problem("files", "%s (%s) does not report changes, and %s may not poll", t.Dir, t.Silent, t.Service).
			because("a save is never noticed").mended("export %s=500ms", poll)
	}
	return warn("files", "%s (%s) does not report changes made elsewhere", t.Dir, t.Silent).
		because("dev has to poll, and notices a save later than on a local disk").mended("export %s=500ms", poll)
}
