package main

// mutant is one load-bearing line that is broken: what stands in the file, exactly once,
// and what takes its place. The tests of the package have to notice.
type mutant struct {
	name     string
	file     string
	old, new string
	pkg      string // whose tests are run
	run      string // of them, as go test takes it; "": all
	long     bool   // those that start real processes as well
}

var mutants = []mutant{
	{
		name: "drains the old generation before the new one is ready",
		file: "internal/lifecycle/handoff.go",
		old:  "\tif !g.Ready() {\n\t\treturn\n\t}\n",
		new:  "",
		pkg:  "./internal/lifecycle",
	},
	{
		name: "takes an answer about another generation",
		file: "internal/lifecycle/confirm.go",
		old:  "if e.Generation != g.Number || !g.Checking {",
		new:  "if !g.Checking {",
		pkg:  "./internal/lifecycle",
	},
	{
		name: "gives up a generation by a deadline that is over",
		file: "internal/lifecycle/exit.go",
		old:  "if t.Proc == 0 && g.Phase == Starting {",
		new:  "if t.Proc == 0 {",
		pkg:  "./internal/lifecycle",
	},
	{
		name: "kills before the deadline of the drain",
		file: "internal/lifecycle/drain.go",
		old:  "SetTimer{Timer{DrainDeadline, g.Number, 0}, g.Request.Policy.DrainTimeout}",
		new:  "SetTimer{Timer{DrainDeadline, g.Number, 0}, 0}",
		pkg:  "./internal/lifecycle",
	},
	{
		name: "leaves nothing in service after a handoff that stopped the old one first",
		file: "internal/lifecycle/handoff.go",
		old:  "\tif m.Fallback.Number != 0 {\n\t\tm.restore(g, askers, o, reason)\n\t\treturn\n\t}\n",
		new:  "",
		pkg:  "./internal/lifecycle",
	},
	{
		name: "closes a socket that an older generation still has",
		file: "internal/supervise/apply.go",
		old:  "\t\tfor _, g := range v.gens {\n\t\t\tneedSockets(needed, g.spec)\n\t\t}\n",
		new:  "",
		pkg:  "./internal/supervise",
	},
	{
		name: "believes a message of a stranger",
		file: "internal/supervise/notice.go",
		old:  "if m.Err == nil && m.PID != 0 && !child.Contains(m.PID) {",
		new:  "if m.Err == nil && m.PID != 0 && child == nil {",
		pkg:  "./internal/supervise",
	},
	{
		name: "signals a process that was given the PID of another",
		file: "internal/proc/survivor_linux.go",
		old:  "\tif !id.Lives() {\n\t\tunix.Close(fd)\n\t\treturn nil, ErrGone\n\t}\n",
		new:  "",
		pkg:  "./internal/proc",
		run:  "Survivor|Adopt",
	},
	{
		name: "kills what a leader left that still drains",
		file: "internal/proc/tree_linux.go",
		old:  "\tp.ending.await(p.PID(), p.mark)\n",
		new:  "",
		pkg:  "./internal/proc",
	},
	{
		name: "gives a process descriptors that close when it begins",
		file: "internal/proc/plan_linux.go",
		old:  "p.add(what, unix.SYS_DUP3, uintptr(fd), uintptr(i), 0)",
		new:  "p.add(what, unix.SYS_DUP3, uintptr(fd), uintptr(i), unix.O_CLOEXEC)",
		pkg:  "./internal/proc",
	},
	{
		name: "overwrites the record of a supervisor that lives",
		file: "internal/succession/keeper.go",
		old:  "\tif err == nil && !lost {",
		new:  "\tif err == nil || lost {",
		pkg:  "./internal/succession",
	},
	{
		name: "takes over what ran before the machine was started anew",
		file: "internal/succession/read.go",
		old:  "if err != nil || boot != r.Boot {",
		new:  "if err != nil || boot == \"\" {",
		pkg:  "./internal/succession",
	},
	{
		name: "lets a generation wait in accept for all of them",
		file: "pkg/handoff/inherit_unix.go",
		old:  "if err := syscall.SetNonblock(fd, true); err != nil {",
		new:  "if err := error(nil); err != nil {",
		pkg:  "./pkg/handoff",
	},
	{
		name: "closes a stored descriptor with which a process is being started",
		file: "pkg/handoff/store.go",
		old:  "if k.gone && k.users == 0 {",
		new:  "if k.gone {",
		pkg:  "./pkg/handoff",
	},
	{
		name: "removes the socket of somebody else",
		file: "pkg/listener/path_unix.go",
		old:  "if err != nil || !os.SameFile(s.file, now) {",
		new:  "if err != nil || now == nil {",
		pkg:  "./pkg/listener",
	},
	{
		name: "does not say that an answer is the last on its connection",
		file: "pkg/handoff/serve_closing.go",
		old:  "w.Header().Set(\"Connection\", \"close\")",
		new:  "w.Header().Del(\"Connection\")",
		pkg:  "./pkg/handoff",
	},
	{
		name: "does not send new connections back to the old generation",
		file: "internal/supervise/adopt.go",
		old:  "if to.at == 0 || to == v.aimed {",
		new:  "if to.at == 0 || to.at <= v.aimed.at {",
		pkg:  "./internal/supervise",
	},
	{
		name: "sends new connections to a generation that is not ready",
		file: "internal/supervise/adopt.go",
		old:  "\tcase lifecycle.Confirming:\n\t\tto.at = in.Number\n",
		new:  "\tcase lifecycle.Starting, lifecycle.Confirming:\n\t\tto.at = in.Number\n",
		pkg:  "./internal/supervise",
	},
	{
		name: "does not ask again what a signal to drain did not reach",
		file: "internal/supervise/spawn.go",
		old:  "\tif p.refuses {\n",
		new:  "\tif p.refuses && p.asked {\n",
		pkg:  "./internal/supervise",
	},
	{
		name: "reads what the kernel says of a connection two bytes off",
		file: "internal/adopt/diag_linux.go",
		old:  "unsafe.Sizeof(s.info)), value)",
		new:  "unsafe.Sizeof(s.info)), value[min(2, len(value)):])",
		pkg:  "./internal/adopt",
	},
	{
		name: "closes a socket at which clients wait for the next process",
		file: "internal/adopt/group.go",
		old:  "return m.dead && !m.kept && m.Generation != generation }",
		new:  "return m.dead && !m.kept }",
		pkg:  "./internal/adopt",
	},
	{
		name: "takes for deserted what processes of another supervisor have",
		file: "internal/adopt/bequeath_linux.go",
		old:  "m.dead = pid == 0",
		new:  "m.dead = pid >= 0",
		pkg:  "./internal/adopt",
	},
	{
		name: "holds no connection that no process can take",
		file: "internal/relay/conn.go",
		old:  "\t\tif p != nil {\n\t\t\tagain = time.After(pause)\n\t\t}\n",
		new:  "\t\tif p == nil {\n\t\t\treturn nil\n\t\t}\n\t\tagain = time.After(pause)\n",
		pkg:  "./internal/relay",
	},
	{
		name: "has the old supervisor drain although the new one's versions are bad",
		file: "cmd/supervisor/serve.go",
		old:  "\tif worst == exitFine {\n",
		new:  "\tif worst >= exitFine {\n",
		pkg:  "./cmd/supervisor",
		run:  "Upgrade",
	},
	{
		name: "has the old supervisor drain before connections come to the new one",
		file: "cmd/supervisor/upgrade_heir.go",
		old:  "\tif d.line.succeeds() {\n\t\tif err := d.Supervisor.Steer(ctx); err != nil {",
		new:  "\tif d.line.succeeds() && ctx.Err() != nil {\n\t\tif err := d.Supervisor.Steer(ctx); err != nil {",
		pkg:  "./test/e2e",
		run:  "TestUpgradeAdopted$",
		long: true,
	},
}
