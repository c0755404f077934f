package air

func corpusFirst() map[string]translated {
	return map[string]translated{
		"0187773933__FireC2Server.toml": {
			build: `go build -o ./tmp/main . && codesign --sign "636 597" --timestamp --options runtime --deep ./tmp/main → tmp/main`,
			run:   `project: it`,
			watch: `. | *.go *.tpl *.tmpl *.html go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /assets/ /vendor/ /v1/server/html/login.html *login.html *_test.go`,
			warnings: []string{
				`:12: build.exclude_file: air does not know "./v1/server/html/login.html" for v1/server/html/login.html and watches it; here it is left out`,
				`:4: ignore is no key of air`,
			},
		},
		"0ceanSlim__nostr-hero.toml": {
			build: `first mkdir -p tmp; cmd /c "npm run build && go build -o tmp/main.exe ./cmd/server" → tmp/main.exe`,
			run:   `project: it`,
			watch: `cmd types go.mod go.sum | *.go go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /assets/ /vendor/ /docs/ /data/ /node_modules/ /game-data/ /www/ /src/ *_test.go`,
			dev:   `clear=true`,
			warnings: []string{
				`: of no meaning here (docs/from-air.md says why): screen.keep_scroll`,
				`:43: watcher is no key of air`,
			},
		},
		"0n1shi__redis-honeypot.toml": {
			build: `package ./cmd/server`,
			run:   `project: it run --config conf.yaml`,
			watch: `. | *.go *.tpl *.tmpl *.html go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /assets/ /vendor/ *_test.go`,
		},
		"0p5dev__controller.toml": {
			sources: "cmd/main.go",
			build:   `package ./cmd`,
			run:     `project: it`,
			watch:   `. | *.go *.tpl *.tmpl *.html go.mod go.sum go.work | not .*/ /testdata/ /assets/ /vendor/ *_test.go`,
		},
		"0x30c4__GhostBin.toml": {
			sources: "cmd/webapp/main.go cmd/webapp/main_test.go",
			build:   `package ./cmd/webapp`,
			run:     `ghostbin: it`,
			watch:   `. | *.go *.tpl *.tmpl *.html go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /assets/ /vendor/ /bin/ /logs/ *_test.go`,
		},
		"0xmanhnv__go-startkit.toml": {
			build: `package ./cmd/api -trimpath -buildvcs=false`,
			run:   `project: it | drain INT 500ms`,
			watch: `. | *.go *.sql *.yaml *.yml *.toml *.env *.tpl *.tmpl *.html *.sh go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /vendor/ /build/ /docs/ /dist/ /internal/tests/ /scripts/ *_test.go`,
			dev:   `clear=true`,
			warnings: []string{
				`: of no meaning here (docs/from-air.md says why): build.log, log.time, build.follow_symlink`,
				`:30: hooks is no key of air`,
			},
		},
		"1001api__sentinel.toml": {
			build: `first templ generate; package .`,
			run:   `project: it | drain INT 2s`,
			watch: `. | *.go *.tpl *.tmpl *.templ *.html *.ts go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /assets/ /vendor/ /node_modules/ *_templ.go`,
		},
		"14790897__my-one-api.toml": {
			build: `package .`,
			run:   `project: it`,
			watch: `. | *.go *.tpl *.tmpl *.html go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /web/ *_test.go`,
			warnings: []string{
				`:10: build.bin is not set, and build.cmd makes tmp/main.exe: running that, where air would look for tmp/main`,
				`:12: build.include is no key of air`,
				`:18: build.post_cmds is no key of air: did you mean build.post_cmd?`,
				`:16: build.pre_cmds is no key of air: did you mean build.pre_cmd?`,
				`:22: log.time_format is no key of air`,
				`:31: serve is no key of air`,
			},
		},
		"Alfex4936__chulbong-kr.toml": {
			build: `package .`,
			run:   `project: it`,
			watch: `. | *.go *.tpl *.tmpl *.html go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /assets/ /vendor/ *_test.go`,
		},
		"AltairaLabs__CodeGen-MCP__air-coordinator-toml.toml": {
			build: `package ./cmd/coordinator`,
			run:   `coordinator: it -http`,
			watch: `. | *.go *.tpl *.tmpl *.html go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /assets/ /vendor/ /tests/ /bin/ /docker/ /api/proto/ /docs/ /scripts/ *_test.go *.pb.go`,
		},
		"Annany2002__nebula-backend__INVALID-1.toml": {
			fault: `cannot load config: .air.toml:33: invalid escaped character U+0078 'x' (TOML knows \n, \t, \" and \u001b; write paths with / or in single quotes)`,
		},
		"Beacon-Stack__pilot.toml": {
			build: `package ./cmd/pilot`,
			run:   `pilot: it`,
			watch: `. | *.go *.sql *.yaml go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /bin/ /web/ui/node_modules/ /web/ui/dist/ /vendor/ *_test.go`,
			warnings: []string{
				`:15: build.kill_delay means nothing without build.send_interrupt, as in air: drain.timeout is how long an old version may take to end`,
			},
		},
		"CDCgov__forecasttools.toml": {
			fault: `cannot load config: .air.toml: this configures Air, the formatter of R code, and not air, the live reloader (leave it out, or name another file with -c)`,
		},
		"HeyaMedia__Heya.toml": {
			build: `first mkdir -p tmp; ./scripts/air-build.sh → tmp/heya`,
			run:   `heya: HEYA_PORT=3050 it serve --dev-backend | drain INT 5s`,
			watch: `. | *.go *.sql *.yaml go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /web/ /node_modules/ /fulldata/ /data/ /bin/ *_test.go /heya.yaml heya.yaml`,
		},
		"Paca-AI__paca.toml": {
			build: `package ./cmd/api -p=1`,
			run:   `project: it | drain INT`,
			watch: `. | *.go *.tpl *.tmpl *.html go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /vendor/ /test/ *_test.go | poll 500ms`,
			warnings: []string{
				`:32: build.send_interrupt without build.kill_delay gives the program no time in air; here it has 30s (drain.timeout)`,
			},
		},
		"Prawirdani__golang-restapi__air-worker-toml.toml": {
			sources: "cmd/worker/main.go cmd/worker/tasks.go",
			build:   `go build -o ./tmp/worker/main ./cmd/worker/main.go → tmp/worker/main`,
			run:     `project: it`,
			watch:   `. | *.go *.tpl *.tmpl *.html go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /assets/ /vendor/ /docker/ *_test.go`,
		},
		"SmilyOrg__photofield.toml": {
			build: `package . -buildmode=exe`,
			run:   `photofield: it`,
			watch: `. | *.go go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /photos/ /static/ /ui/ *_test.go`,
		},
		"Topvennie__fragtape.toml": {
			build: `make build-server → dist/server`,
			run:   `server: it`,
			watch: `. | *.go go.mod go.sum go.work | not .*/ /tmp_server/ /testdata/ /cmd/worker/ /internal/worker/ /cmd/recorder/ /internal/recorder/ /ui/ /tmp_worker/ /tmp_recorder/ /screenshots/ /dist/ *_test.go`,
			warnings: []string{
				`: of no meaning here (docs/from-air.md says why): build.log, color.main, color.watcher, color.runner`,
			},
		},
		"Topvennie__fragtape__air-recorder-toml.toml": {
			build: `make build-recorder-win`,
			run:   `project: true | restart | drain TERM 2s`,
			watch: `. | *.go go.mod go.sum go.work | not .*/ /tmp_recorder/ /testdata/ /cmd/server/ /internal/server/ /cmd/worker/ /internal/worker/ /ui/ /tmp_worker/ /tmp_server/ /screenshots/ /dist/ *_test.go`,
			warnings: []string{
				`:5: nothing runs but build.cmd: what runs is stopped before the next starts (handoff.by = "restart")`,
				`: of no meaning here (docs/from-air.md says why): build.log, color.main, color.build, color.runner`,
			},
		},
		"autocrawlerHQ__browsergrid.toml": {
			build: `package ./cmd/api`,
			run:   `api: it`,
			watch: `browsergrid | *.go *.tpl *.tmpl *.html *.yaml *.yml *.sql go.mod go.sum go.work | not .*/ /browsergrid/tmp/ /browsergrid/testdata/ /browsergrid/assets/ /browsergrid/vendor/ /browsergrid/docs/ /browsergrid/migrations/ /browsergrid/internal/provider/docker/testdata/ *_test.go`,
		},
		"benc-uk__nanomon.toml": {
			build: `go build -o ./tmp/api -ldflags "-X main.version=$VERSION -X 'main.buildInfo=$BUILD_INFO'" nanomon/services/api → tmp/api`,
			run:   `api: it`,
			watch: `services/api services/common/database services/common/monitor services/common/result go.mod go.sum | *.go go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /assets/ /vendor/ *_test.go`,
		},
		"benc-uk__nanomon__services-frontend-air-toml.toml": {
			build: `package nanomon/services/frontend`,
			run:   `project: it`,
			watch: `services/frontend go.mod go.sum | *.go go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /assets/ /vendor/ *_test.go`,
		},
		"branchd-dev__branchd__air-worker-toml.toml": {
			build: `package ./cmd/worker`,
			run:   `worker: it | drain INT 30s`,
			watch: `internal cmd go.mod go.sum | *.go *.tpl *.tmpl *.html *.yaml *.yml *.sh go.mod go.sum go.work | not .*/ /tmp/ /testdata/ *_test.go`,
			warnings: []string{
				`: of no meaning here (docs/from-air.md says why): build.log, log.silent`,
			},
		},
		"broady__netsy.toml": {
			build: `package ./cmd/netsy`,
			run:   `netsy: it | again | restart | drain INT 500ms`,
			watch: `cmd internal go.mod go.sum | *.go *.tpl *.tmpl *.html go.mod go.sum go.work | not .*/ /temp/air/ /testdata/ /bin/ /assets/ /temp/ /vendor/ *_test.go`,
			warnings: []string{
				`:31: build.rerun starts the program again whenever it ends: what runs is stopped before the next starts (handoff.by = "restart")`,
				`:32: build.rerun_delay is not known here: a program that ended starts again at once, then after 100 ms, doubling up to 30 s`,
			},
		},
		"brokle-ai__brokle__air-worker-toml.toml": {
			sources: "cmd/worker/main.go",
			build:   `package ./cmd/worker`,
			run:     `worker: APP_ENV=development it | drain INT 3s`,
			watch:   `cmd/worker internal pkg go.mod go.sum | *.go *.tpl *.tmpl *.html go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /competitors/ /sdk/ /brokle-website/ /realtests/ /bin/ /build/ /vendor/ /web/ /node_modules/ /venv/ /docs/ /claudedocs/ /internal-docs/ /assets/ /logs/ /monitoring/ /deployments/ /prompts/ /examples/ /tests/ /test/ /seeders/ /seeds/ /migrations/ /scripts/ /configs/ /cmd/server/ /cmd/migrate/ *_test.go`,
			warnings: []string{
				`: of no meaning here (docs/from-air.md says why): log.time, color.main`,
			},
		},
		"brumhard__NoA__air-debug-toml.toml": {
			build: `first mkdir -p tmp; go mod download && go build -gcflags='all=-N -l' -o ./tmp/main ./cmd/noa/main.go`,
			run:   `project: dlv exec --continue --accept-multiclient --listen=:40000 --headless=true --api-version=2 --log ./tmp/main | restart | drain INT 1s`,
			watch: `. | *.go *.tpl *.tmpl *.html go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /deploy/ /setup/ *_test.go`,
			warnings: []string{
				`:14: dlv holds its port and its program: what runs is stopped before the next starts (handoff.by = "restart")`,
				`:18: build.exclude_dir: air does not know "./tmp" for tmp and watches it; here it is left out`,
				`: of no meaning here (docs/from-air.md says why): build.log`,
			},
		},
	}
}
