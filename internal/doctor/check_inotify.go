package doctor

func checkInotify(f Facts) []Finding {
	n := f.Inotify
	if n == nil {
		return nil
	}
	needWatches, needInstances := n.Directories, n.Watchers
	if f.Status != nil && f.Status.Mode == "dev" {
		needWatches, needInstances = 0, 0 // what is needed is in use already
	}
	all := []Finding{
		checkLimit("max_user_watches", n.MaxWatches, n.Watches, needWatches),
		checkLimit("max_user_instances", n.MaxInstances, n.Instances, needInstances),
	}
	if all[0].Outcome == OK && all[1].Outcome == OK {
		return []Finding{fine("inotify", "%d of %d watches and %d of %d instances are in use, dev needs %d and %d more here",
			n.Watches, n.MaxWatches, n.Instances, n.MaxInstances, needWatches, needInstances)}
	}
	return all
}

// checkLimit warns before the limit is reached: other programs watch, too.
func checkLimit(name string, most, used, needed int) Finding {
	if most == 0 || used+needed <= most-most/20 {
		return fine("inotify", "fs.inotify.%s is %d: %d in use, %d more needed", name, most, used, needed)
	}
	roomy := max(4*(used+needed), 2*most)
	return warn("inotify", "fs.inotify.%s is %d: %d are in use, dev needs up to %d more here", name, most, used, needed).
		because("without a watch for each directory dev has to poll, and notices a save later").
		mended("echo fs.inotify.%s=%d | sudo tee -a /etc/sysctl.d/60-inotify.conf && sudo sysctl --system", name, roomy)
}
