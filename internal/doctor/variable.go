package doctor

import "strings"

// variable is what the environment calls a key of a service, as in
// SUPERVISOR_SERVICES__WEB__READY__BY.
func variable(service, key string) string {
	key = strings.ReplaceAll(key, ".", "__")
	return "SUPERVISOR_SERVICES__" + strings.ToUpper(strings.ReplaceAll(service, "-", "_")+"__"+key)
}
