package air

func corpusSecond() map[string]translated {
	return map[string]translated{
		"dmitrymomot__go-app-template.toml": {
			build: `first mkdir -p tmp; first task view; task build:air → tmp/app`,
			run:   `project: it | drain INT`,
			watch: `web/templates/views web/src | *.templ *.css | not .*/ /tmp/ /testdata/ /assets/ /vendor/ *_templ.go`,
			warnings: []string{
				`:19: build.send_interrupt without build.kill_delay gives the program no time in air; here it has 30s (drain.timeout)`,
				`: of no meaning here (docs/from-air.md says why): log.time`,
			},
		},
		"ekkinox__fx-template.toml": {
			build: `package . -gcflags=all=-N -l; debug`,
			run:   `server: it`,
			watch: `. | *.go *.tpl *.tmpl *.html *.yaml go.mod go.sum go.work | not .*/ /build/ /testdata/ /assets/ /vendor/ *_test.go`,
			warnings: []string{
				`: of no meaning here (docs/from-air.md says why): log.time, log.main_only`,
			},
		},
		"emarifer__goCMS.toml": {
			build: `first mkdir -p tmp; make build → tmp/gocms`,
			run:   `gocms: it --config settings/gocms_config.toml`,
			watch: `. | *.go *.tpl *.tmpl *.templ *.html go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /assets/ /vendor/ /media/ *_test.go *_templ.go`,
		},
		"emergent-company__runlog.toml": {
			build: `package ./cmd/runlog`,
			run:   `runlog-air: it daemon | drain INT 500ms`,
			watch: `. | *.go *.templ go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /vendor/ /node_modules/ /test-results/ *_test.go *_templ.go *tests-result*`,
			warnings: []string{
				`: of no meaning here (docs/from-air.md says why): log.time`,
			},
		},
		"emergent-company__runlog__air-memory-toml.toml": {
			build: `first templ generate; package ./cmd/runlog`,
			run:   `runlog-air-memory: it --daemon --dev --db /root/emergent.memory.e2e/.runlog/runs.db --port 17432 | drain INT 2s`,
			watch: `. | *.go *.templ go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /vendor/ /node_modules/ /test-results/ *_test.go *_templ.go *tests-result*`,
			warnings: []string{
				`: of no meaning here (docs/from-air.md says why): log.time`,
			},
		},
		"fikrimohammad__ficree-api.toml": {
			sources: "main.go",
			build:   `package .`,
			run:     `ficree-api: it`,
			watch:   `. | *.go *.tpl *.tmpl *.html *.mustache *.hbs *.pug go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /vendor/ /node_modules/ /public/ /resources/assets/ *_test.go`,
			warnings: []string{
				`:32: build.kill_delay means nothing without build.send_interrupt, as in air: drain.timeout is how long an old version may take to end`,
				`: of no meaning here (docs/from-air.md says why): build.log`,
			},
		},
		"flohoss__godash.toml": {
			sources: "main.go",
			build:   `package .`,
			run:     `project: it`,
			watch:   `. | *.go *.tpl *.tmpl *.html go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /node_modules/ /assets/ /storage/ *_test.go`,
		},
		"galexy__ox.toml": {
			build: `package ./cmd/ox`,
			run:   `ox: it`,
			watch: `cmd internal go.mod go.sum | *.go *.tpl *.tmpl *.html go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /vendor/ *_test.go`,
		},
		"garnizeh__secretarius__air-debug-toml.toml": {
			build: `package ./cmd/api -race -gcflags=-N -l -ldflags=-X main.version=dev-debug; debug`,
			run:   `api-debug: it -env .env.dev | drain INT 3s`,
			watch: `internal cmd/api proto api go.mod go.sum .env.dev .env.api-dev | *.go *.proto *.sql *.yaml *.toml *.json go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /vendor/ /logs/ /bin/ /deployments/ /bruno-collection/ /docs/ /test_reports/ /tests/ /certs/ *_test.go *.test *.sarif`,
			dev:   `clear=true`,
			warnings: []string{
				`: of no meaning here (docs/from-air.md says why): build.log, log.time, color.app, screen.keep_scroll`,
			},
		},
		"gojangframework__gojang.toml": {
			build: `package ./gojang/cmd/web`,
			run:   `project: it`,
			watch: `. | *.go *.tpl *.tmpl *.html *.css go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /assets/ /vendor/ /bin/ /gojang/models/migrations/ *_test.go`,
		},
		"haierkeys__fast-note-sync-service.toml": {
			sources: "main.go",
			build:   `first mkdir -p build; first ps aux | grep -E 'build/fns_server|go build.*fns_server' | grep -v grep | awk '{print $2}' | xargs -r kill -9; package .`,
			run:     `fns_server: it run | drain INT 500ms`,
			watch:   `. | *.go *.tpl *.tmpl *.html go.mod go.sum go.work | not .*/ /build/ /testdata/ /assets/ /tmp/ /storage/ /vendor/ /scripts/ /docker/ *_test.go | poll 1.5s`,
			warnings: []string{
				`: of no meaning here (docs/from-air.md says why): build.log`,
			},
		},
		"hutamafs__gopay-clone__air-windows-toml.toml": {
			build: `package .`,
			run:   `project: it`,
			watch: `. | *.go *.tpl *.tmpl *.html go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /assets/ /vendor/ *_test.go`,
			warnings: []string{
				`:41: log.shell is no key of air`,
			},
		},
		"ktnyt__GoWebStack.toml": {
			build: `mise x -- templ generate`,
			run:   `project: true | restart | drain TERM 2s`,
			watch: `. | *.templ | not .*/ /tmp/ /testdata/ /assets/ /vendor/ *_test.go`,
			warnings: []string{
				`:3: nothing runs but build.cmd: what runs is stopped before the next starts (handoff.by = "restart")`,
			},
		},
		"ktnyt__GoWebStack__air-tailwind-toml.toml": {
			run:   `project: mise x -- bunx tailwindcss -i src/input.css -o assets/styles.css --watch | stdin | restart | drain TERM 2s`,
			watch: `.air.toml |  | not `,
			warnings: []string{
				`:2: build.cmd does not end by itself and is run as the service, without a build: what runs is stopped before the next starts (handoff.by = "restart")`,
			},
		},
		"maraichr__GateHouse-ui__air-docker-toml.toml": {
			build: `go build -o ./tmp/serve ./cmd/serve`,
			run:   `serve: /bin/sh -c exec ./tmp/serve --compose ${COMPOSE_FILE:-examples/b2b-payments/compose.yaml} --watch --port ${PORT:-3000}`,
			watch: `. | *.go go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /runtime/ /flutter_runtime/ /node_modules/ /docs/ *_test.go`,
		},
		"marcantoinegodde__msn_server__air-debug-toml.toml": {
			build: `go build -gcflags="all=-N -l" -o ./tmp/msnserver main.go`,
			run:   `project: dlv exec --headless --listen=127.0.0.1:2345 --log --accept-multiclient ./tmp/msnserver | restart | drain TERM 2s`,
			watch: `. | *.go *.tpl *.tmpl *.html go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /assets/ /vendor/ /ui/ *_test.go`,
			warnings: []string{
				`:15: dlv holds its port and its program: what runs is stopped before the next starts (handoff.by = "restart")`,
			},
		},
		"marchellll__golang-service-template__air-worker-toml.toml": {
			build: `package ./cmd/temporal_worker`,
			run:   `worker: it | drain INT`,
			watch: `. | *.go *.tpl *.tmpl *.html go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /assets/ /vendor/ /mysql_data/ /postgres_data/ *_test.go`,
			dev:   `clear=true`,
			warnings: []string{
				`:27: build.send_interrupt without build.kill_delay gives the program no time in air; here it has 30s (drain.timeout)`,
			},
		},
		"matheusgomes28__urchin__docker-air-toml.toml": {
			build: `first mkdir -p tmp; make build → tmp/urchin`,
			run:   `urchin: it --config ./docker/urchin_config.toml`,
			watch: `. | *.go *.tpl *.tmpl *.templ *.html go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /assets/ /vendor/ *_templ.go`,
		},
		"nenjotsu__go-fiber-api-template__air-windows-toml.toml": {
			build: `package .`,
			run:   `go-fiber-api-template: it`,
			watch: `. | *.go *.tpl *.tmpl *.html go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /assets/ /vendor/ *_test.go`,
		},
		"phishingclub__templates.toml": {
			build: `CGO_ENABLED=1 go build -tags dev -mod vendor -o ./.dev-air/templates main.go`,
			run:   `templates: /app/.dev-air/templates -port 8005 | drain INT`,
			watch: `. | *.go *.tpl *.tmpl *.html go.mod go.sum go.work | not .*/ /testdata/ /out/ /vendor/ /phishing-templates/ *_test.go`,
			warnings: []string{
				`:30: build.send_interrupt without build.kill_delay gives the program no time in air; here it has 30s (drain.timeout)`,
			},
		},
		"ribGSilva__people-api__air-debug-toml.toml": {
			build: `go build -gcflags='-N -l' -o ./tmp/main ./app/api/main.go`,
			run:   `project: dlv exec --accept-multiclient --headless --continue --listen :2345 --api-version 2 ./tmp/main | restart | drain TERM 2s`,
			watch: `. | *.go *.tpl *.tmpl *.html go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /assets/ /vendor/ *_test.go`,
			warnings: []string{
				`:14: dlv holds its port and its program: what runs is stopped before the next starts (handoff.by = "restart")`,
				`:17: build.kill_delay means nothing without build.send_interrupt, as in air: drain.timeout is how long an old version may take to end`,
			},
		},
		"sasalatart__battles-and-commanders.toml": {
			build: `go build -o ./tmp/api cmd/api/main.go → tmp/api`,
			run:   `api: it`,
			watch: `. | *.go *.yml *.yaml go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /assets/ /vendor/ *_test.go`,
			warnings: []string{
				`:23: build.kill_delay means nothing without build.send_interrupt, as in air: drain.timeout is how long an old version may take to end`,
				`: of no meaning here (docs/from-air.md says why): build.log`,
			},
		},
		"superlinkx__HomeList.toml": {
			build: `package .`,
			run:   `project: it`,
			watch: `. | *.go *.tpl *.tmpl *.html go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /assets/ /vendor/ *_test.go`,
		},
		"w896736588__ai-dtool.toml": {
			build: `package ./cmd/dtool`,
			run:   `dtool: it --ConfigFile=company`,
			watch: `. | *.go *.tpl *.tmpl *.html *.yaml *.yml *.json *.toml *.ini go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /build/ /logs/ /upload/ /web/ *_test.go`,
			warnings: []string{
				`: of no meaning here (docs/from-air.md says why): log.time`,
			},
		},
		"wesm__middleman.toml": {
			build: `first mkdir -p tmp; ./scripts/dev-backend-build.sh → tmp/middleman`,
			run:   `middleman: it | drain INT 2s`,
			watch: `. | *.go *.tpl *.tmpl *.html go.mod go.sum go.work | not .*/ /tmp/ /testdata/ /frontend/ /internal/web/dist/ /internal/apiclient/generated/ /node_modules/ /target/ /vendor/ *_test.go`,
		},
		"yumenaka__comigo.toml": {
			sources: "cmd/comigo/main.go",
			build:   `first bun run dev; first go run github.com/a-h/templ/cmd/templ@latest fmt ./templ; first go run github.com/a-h/templ/cmd/templ@latest generate; package ./cmd/comigo`,
			run:     `comi: it ./test --debug | again | restart | drain TERM 2s`,
			watch:   `. | *.go *.templ *.html *.json *.js *.ts *.css *.scss go.mod go.sum go.work | not .*/ /test/.temp/ /testdata/ /app/ /test/ /node_modules/ /tmp/ /bin/ *_test.go *node_modules* *_templ.go *tar.gz *zip* *tgz* *exe* *app*`,
			dev:     `app=localhost:1234 browser=:7777`,
			warnings: []string{
				`:44: build.rerun starts the program again whenever it ends: what runs is stopped before the next starts (handoff.by = "restart")`,
				`:45: build.rerun_delay is not known here: a program that ended starts again at once, then after 100 ms, doubling up to 30 s`,
				`:40: build.kill_delay means nothing without build.send_interrupt, as in air: drain.timeout is how long an old version may take to end`,
				`:33: build.delay is not waited for: a build starts as soon as the files are quiet, and starts anew if they change meanwhile`,
				`: of no meaning here (docs/from-air.md says why): build.log`,
			},
		},
	}
}
