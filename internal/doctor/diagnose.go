package doctor

import "slices"

// Diagnose judges the facts, the config first, since most else follows from it.
func Diagnose(f Facts) []Finding {
	return slices.Concat(
		checkConfig(f),
		checkGo(f.Go, needsGo(f)),
		checkBin(f.Go),
		checkCommands(f.Commands),
		checkAddresses(f),
		checkInotify(f),
		checkFileSystems(f.Trees),
		checkControl(f),
		checkDaemons(f),
		checkStatus(f),
		checkSockets(f.Kernel),
		checkSignals(f.Kernel),
		checkUnits(f.Units),
		checkTrial(f.Trial),
		checkLate(f.Late),
	)
}

func checkLate(looks int) []Finding {
	if looks == 0 {
		return nil
	}
	return []Finding{warn("doctor", "%d checks did not end in time", looks).
		because("a file system or a program that they ask does not answer").mended("supervisor doctor")}
}
